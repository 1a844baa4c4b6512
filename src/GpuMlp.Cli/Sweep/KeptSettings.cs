using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Sweep;

/// <summary>The settings that go on after a rung, kept.json in the rung's folder.</summary>
/// <param name="Sweep">The rung and its sweep.</param>
/// <param name="Settings">Their numbers among all settings of the sweep, from 0, in order.</param>
sealed record KeptSettings(ShardHeader Sweep, int[] Settings)
{
    /// <summary>Identifies the settings.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(XxHash128.Hash(MemoryMarshal.AsBytes(Settings.AsSpan())));

    /// <summary>Reads what the rung before one left.</summary>
    /// <param name="rung">The rung.</param>
    /// <param name="all">All rungs.</param>
    /// <param name="sweep">The folder of the sweep.</param>
    /// <returns>Null for the first rung, which trains all settings.</returns>
    /// <exception cref="IOException">The rung before is not merged.</exception>
    /// <exception cref="UsageException">The file holds something else.</exception>
    public static KeptSettings? Before(SweepRung rung, IReadOnlyList<SweepRung> all, string sweep)
    {
        if (rung.Number == 1) return null;
        SweepRung before = all[rung.Number - 2];
        string path = Path.Combine(before.FolderIn(sweep), RunFiles.Kept);
        if (!File.Exists(path))
            throw new IOException($"{sweep}: {rung} trains what rung {before.Number} keeps, and rung {before.Number} is not merged yet: " +
                $"when its parts are done, gpumlp sweep --merge {sweep}");
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, SweepJson.Default.KeptSettings) is { Sweep: not null, Settings: not null } kept
                && kept.Settings.Length == rung.Settings && IsAscending(kept.Settings) && kept.Settings[0] >= 0
                && kept.Settings[^1] < all[0].Settings)
                return kept;
        }
        catch (JsonException) { }
        throw new UsageException($"{path} is no list of {rung.Settings} settings for rung {rung.Number}; merge rung {before.Number} again");
    }

    /// <summary>Checks that a rung of the same sweep has kept them.</summary>
    /// <param name="next">The rung that trains them.</param>
    /// <exception cref="UsageException">It was another sweep's.</exception>
    public void Require(ShardHeader next)
    {
        ShardHeader same = next with { Networks = Sweep.Networks, Count = Sweep.Count, Rung = next.Rung - 1, Kept = Sweep.Kept };
        if (same.Difference(Sweep) is string difference)
            throw new UsageException($"rung {Sweep.Rung} is another sweep's: {difference}; name another folder");
    }

    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, SweepJson.Default.KeptSettings));

    static bool IsAscending(int[] numbers)
    {
        for (int k = 1; k < numbers.Length; k++)
            if (numbers[k] <= numbers[k - 1]) return false;
        return true;
    }
}
