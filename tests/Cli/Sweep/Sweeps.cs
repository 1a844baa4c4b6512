using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>Sweeps, and parts of them, as processes.</summary>
static partial class Sweeps
{
    public static void Run(string options, string folder) => Ok(Gpumlp.Run($"sweep --quiet {options} --out", folder));

    public static Gpumlp.Outcome Shard(string options, string shard, string folder) =>
        Ok(Gpumlp.Run($"sweep {options} --shard {shard} --out", folder));

    public static Process StartShard(string options, string shard, string folder) =>
        Gpumlp.Start($"sweep {options} --shard {shard} --out", folder);

    public static void Merge(string folder, string more = "") => Ok(Gpumlp.Run($"sweep --quiet {more} --merge", folder));

    /// <summary>The outputs of two sweeps are the same bytes, but for the timings; the second one has its shards beside them.</summary>
    public static void AssertSame(string expected, string found)
    {
        string[] names = Outputs(expected);
        Assert.Equal(names, Outputs(found));
        foreach (string name in names)
        {
            if (name == "run.json") Assert.Equal(Record(expected), Record(found));
            else Assert.True(File.ReadAllBytes(Path.Combine(expected, name)).AsSpan().SequenceEqual(
                File.ReadAllBytes(Path.Combine(found, name))), $"{name} differs");
        }
    }

    /// <summary>The length of a file, 0 where there is none.</summary>
    public static long Bytes(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;

    /// <summary>A record without its timings.</summary>
    public static string Record(string folder) => Timings().Replace(File.ReadAllText(Path.Combine(folder, "run.json")), "");

    static string[] Outputs(string folder) => [.. Directory.GetFileSystemEntries(folder)
        .Where(path => !path.EndsWith(".rows", StringComparison.Ordinal)).Select(path => Path.GetFileName(path)!)
        .Where(name => !name.StartsWith("rung-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    static Gpumlp.Outcome Ok(Gpumlp.Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    [GeneratedRegex("\"timings\": \\{[^}]*\\}")]
    private static partial Regex Timings();
}
