using GpuMlp.Randomness;
using GpuMlp.Settings;

namespace GpuMlp.Data;

/// <summary>
/// Which rows of a data set are kept back to judge on. Each class is shared out by itself, so that all parts have about the shares of
/// classes that the whole has.
/// </summary>
public static class Splits
{
    /// <summary>
    /// Keeps back a share of the rows. One row at least of each class is left to train on, so a class of one row is not kept back.
    /// </summary>
    /// <param name="data">The data, of 2 or more rows.</param>
    /// <param name="fraction">The share of the rows that is kept back; the number is rounded, and is 1 at least.</param>
    /// <param name="random">The stream that decides which rows.</param>
    /// <returns>The numbers of the rows to train on, and of those kept back, both ascending.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">No row can be kept back: there is one row, or each class has one.</exception>
    public static (int[] Training, int[] KeptBack) Stratified(DataSet data, double fraction, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(random);
        if (fraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "a share is a number above 0 and below 1");
        int[][] groups = Groups(data, random);
        int most = groups.Sum(group => group.Length - 1);
        if (most == 0) throw new ArgumentException($"'{data.Name}' has no class of two rows or more; none can be kept back", nameof(data));
        int wanted = Math.Clamp((int)Math.Round(fraction * data.Count), 1, most);
        int[] taken = [.. groups.Select(group => Math.Min((int)(fraction * group.Length), group.Length - 1))];
        // what rounding down left over goes to the classes with the largest remainders, the first of equal ones
        while (taken.Sum() < wanted)
        {
            int neediest = Enumerable.Range(0, groups.Length).Where(k => taken[k] < groups[k].Length - 1)
                .MaxBy(k => fraction * groups[k].Length - taken[k]);
            taken[neediest]++;
        }
        int[] keptBack = [.. groups.SelectMany((group, k) => group.Take(taken[k])).Order()];
        return ([.. Enumerable.Range(0, data.Count).Except(keptBack)], keptBack);
    }

    /// <summary>Shares out all rows to folds, whose sizes differ by one row at most, and whose rows of a class do, too.</summary>
    /// <param name="data">The data, with as many rows as folds or more.</param>
    /// <param name="folds">The number of folds, 2 or more.</param>
    /// <param name="random">The stream that decides which rows.</param>
    /// <returns>The numbers of each fold's rows, ascending.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds, or more than rows.</exception>
    public static int[][] Folds(DataSet data, int folds, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(random);
        Ranges.Folds.Require(folds);
        if (folds > data.Count)
            throw new ArgumentOutOfRangeException(nameof(folds), folds, $"folds are 2 to the number of rows, {data.Count}");
        int[] order = [.. Groups(data, random).SelectMany(group => group)];
        return [.. Enumerable.Range(0, folds).Select(fold => order.Where((_, k) => k % folds == fold).Order().ToArray())];
    }

    // the rows of each class in random order; those of a regression are one group
    static int[][] Groups(DataSet data, RandomStream random)
    {
        int[][] groups = data.ClassCount == 0 ? [[.. Enumerable.Range(0, data.Count)]]
            : [.. Enumerable.Range(0, data.Count).GroupBy(row => data.Labels[row]).OrderBy(g => g.Key).Select(g => g.ToArray())];
        foreach (int[] group in groups) random.Shuffle<int>(group);
        return groups;
    }
}
