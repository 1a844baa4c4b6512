namespace GpuMlp.Cli.Sweep;

/// <summary>Where a setting stands in a ranking: what is better comes first.</summary>
/// <param name="Row">The row of its best network; decides where all else is equal.</param>
/// <param name="IsWhole">Whether none of its networks diverged.</param>
/// <param name="Accuracy">The higher the better; below all others where there is none.</param>
/// <param name="Loss">Decides between equal accuracies, the lower the better.</param>
readonly record struct Standing(int Row, bool IsWhole, double Accuracy, double Loss) : IComparable<Standing>
{
    /// <summary>A standing by numbers that may be missing.</summary>
    public static Standing Of(int row, bool isWhole, double? accuracy, double? loss) => new(row, isWhole,
        accuracy ?? double.NegativeInfinity, loss is double known && !double.IsNaN(known) ? known : double.PositiveInfinity);

    public int CompareTo(Standing other)
    {
        int order = other.IsWhole.CompareTo(IsWhole);
        if (order == 0) order = other.Accuracy.CompareTo(Accuracy);
        if (order == 0) order = Loss.CompareTo(other.Loss);
        return order == 0 ? Row.CompareTo(other.Row) : order;
    }
}

/// <summary>Finds the best of many settings, in memory for the best alone.</summary>
/// <param name="most">How many are kept.</param>
sealed class Survivors(int most)
{
    static readonly Comparer<Standing> worstFirst = Comparer<Standing>.Create((a, b) => b.CompareTo(a));

    readonly PriorityQueue<int, Standing> best = new(worstFirst);

    /// <summary>Takes the next setting.</summary>
    public void Add(int setting, Standing standing)
    {
        if (best.Count < most) best.Enqueue(setting, standing);
        else best.EnqueueDequeue(setting, standing);
    }

    /// <summary>The best ones, in the order of their numbers.</summary>
    public int[] Settings => [.. best.UnorderedItems.Select(item => item.Element).Order()];
}
