using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Sweep;

/// <summary>The beginning of a shard's file: which part of which sweep it holds.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Request">What the sweep was asked for.</param>
/// <param name="Data">Identifies its data.</param>
/// <param name="Networks">The number of its networks, of all parts together.</param>
/// <param name="Number">Which part this is, from 0.</param>
/// <param name="Count">How many parts there are.</param>
/// <param name="Rung">Which rung of a sweep by halving it is of, from 1; null for other sweeps.</param>
/// <param name="Kept">Identifies the settings that the rung before has kept; null for a first rung.</param>
sealed record ShardHeader(
    string Version, SweepRequest Request, string Data, int Networks, int Number, int Count, int? Rung = null, string? Kept = null)
{
    public static ShardHeader Of(SweepGrid grid, SweepTrainer trainer, Shard shard) => new(ProgramVersion.Text, grid.Request,
        trainer.DataHash, grid.Count, shard.Number, shard.Count, grid.Rung?.Number, grid.Kept?.Hash);

    /// <summary>Which part this is.</summary>
    [JsonIgnore]
    public Shard Shard => new(Number, Count);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SweepJson.Default.ShardHeader);

    public static ShardHeader? Of(byte[] bytes)
    {
        try { return JsonSerializer.Deserialize(bytes, SweepJson.Default.ShardHeader); }
        catch (JsonException) { return null; }
    }

    /// <summary>How a file's sweep differs from this one; null if it is the same.</summary>
    public string? Difference(ShardHeader there)
    {
        if (there.Version != Version) return $"it is of version {there.Version}, this is {Version}";
        foreach (SweepOption option in there.Request.Options.Except(Request.Options).Concat(Request.Options.Except(there.Request.Options)))
            return $"--{SweepCommand.ListName(option.Name)} is {Text(there, option.Name)} there and {Text(this, option.Name)} here";
        (string Name, object? There, object? Here)[] rest =
        [
            ("--data-seeds", there.Request.DataSeeds, Request.DataSeeds), ("--random", there.Request.Random, Request.Random),
            ("--top", there.Request.Top, Request.Top), ("--block", there.Request.Block, Request.Block),
            ("--halving", there.Request.Halving, Request.Halving), ("--rung", there.Rung, Rung),
            ("the data's hash", there.Data, Data), ("the number of networks", there.Networks, Networks),
            ("the hash of what the rung before has kept", there.Kept, Kept),
        ];
        foreach ((string name, object? other, object? here) in rest)
            if (!Equals(other, here)) return $"{name} is {other ?? "not given"} there and {here ?? "not given"} here";
        return there.Count == Count ? null : $"it is one of {there.Count} parts there, and of {Count} here";

        static string Text(ShardHeader header, string name) => header.Request.Options.FirstOrDefault(option => option.Name == name) is
        { Text: string text } ? UsageException.Cut(text) : "not given";
    }
}
