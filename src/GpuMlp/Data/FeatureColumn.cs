namespace GpuMlp.Data;

/// <summary>A column that is learned from or predicted, and how its values become numbers.</summary>
/// <param name="Name">Its name; empty if it has none.</param>
/// <param name="Position">Its place in the file, from 1.</param>
/// <param name="Values">Its texts, each of which becomes an input of 0 and 1; null for numbers and for true and false.</param>
/// <param name="Boolean">Whether its values are true and false, which become 1 and 0.</param>
/// <param name="Fill">What stands for a missing value; null where it is an error.</param>
/// <param name="Untrained">Those of its texts that no row had that was trained on: all their inputs are 0. Null for none.</param>
public sealed record FeatureColumn(
    string Name, int Position, IReadOnlyList<string>? Values = null, bool Boolean = false, double? Fill = null,
    IReadOnlyList<string>? Untrained = null)
{
    /// <summary>The most texts that become inputs of 0 and 1.</summary>
    public const int MostValues = 50;

    /// <summary>The name for messages and labels: its own, or its position.</summary>
    public string Label => Name.Length > 0 ? Name : $"{Position}";

    /// <summary>The number of inputs that it becomes.</summary>
    public int Inputs => Values?.Count ?? 1;
}
