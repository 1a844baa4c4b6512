using GpuMlp.Records;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// Ranks the networks of a sweep as they come, row after row, and keeps the best alone. With validation rows a setting is ranked by the
/// mean over its seeds and stands for its best network, both on those rows; without them each network is ranked by itself, on the rows
/// that it was trained on.
/// </summary>
/// <param name="validated">Whether there are validation rows.</param>
/// <param name="seeds">How many networks in a row differ in their seed alone.</param>
/// <param name="top">How many are kept.</param>
/// <param name="first">The first row.</param>
sealed class SweepRanking(bool validated, int seeds, int top, int first = 0)
{
    readonly SortedSet<Ranked> best = new(Comparer<Ranked>.Create((a, b) => a!.Standing.CompareTo(b!.Standing)));
    readonly List<Ranked> cut = [];                                 // settings of which rows come before the first one or after the last
    Setting setting = new(first % seeds > 0);
    int next = first;

    /// <summary>A network, or a setting that it stands for, and what it is ranked by.</summary>
    /// <param name="Row">The network's row, from 0.</param>
    /// <param name="Result">What became of it.</param>
    /// <param name="IsWhole">Whether no network of its setting diverged.</param>
    /// <param name="Accuracy">By which it is ranked, the highest first.</param>
    /// <param name="Loss">By which those of equal accuracy are ranked, the lowest first.</param>
    /// <param name="OverSeeds">The mean of the setting's seeds: of the accuracy, or for numbers the loss; null without validation.</param>
    public sealed record Ranked(
        int Row, SweepResult Result, bool IsWhole, double? Accuracy, double? Loss, MeanAndDeviation? OverSeeds = null)
    {
        /// <summary>Where it stands.</summary>
        public Standing Standing => Standing.Of(Row, IsWhole, Accuracy, Loss);
    }

    /// <summary>Takes the settings, those that diverged as well; null where nobody asks for them.</summary>
    public Survivors? Survivors { get; init; }

    /// <summary>The best ones, the best first.</summary>
    public IEnumerable<Ranked> Best => best;

    /// <summary>The rows of networks that may be among the best, whatever comes.</summary>
    public IEnumerable<int> Candidates =>
        [.. best.Concat(cut).Select(ranked => ranked.Row), .. setting.Best is (int row, _) ? [row] : (int[])[]];

    /// <summary>Ranks the next row's network.</summary>
    public void Add(SweepResult result)
    {
        int row = next++;
        if (!validated)
        {
            if (result.IsTrained) Keep(new Ranked(row, result, true, result.Accuracy, result.MeanLoss));
            return;
        }
        setting.Add(row, result);
        if (next % seeds > 0) return;
        Ranked? ranked = setting.Ranked();
        Survivors?.Add(row / seeds, ranked?.Standing ?? Standing.Of(row, false, null, null));
        if (ranked is not null)
        {
            if (setting.IsCut) cut.Add(ranked);
            else Keep(ranked);
        }
        setting = new Setting(false);
    }

    void Keep(Ranked ranked)
    {
        best.Add(ranked);
        if (best.Count > top) best.Remove(best.Max!);
    }

    /// <summary>The networks of one setting, as they come.</summary>
    sealed class Setting(bool isCut)
    {
        readonly RunningMean accuracies = new(), losses = new();
        bool diverged;

        /// <summary>Whether its first networks are missing here.</summary>
        public bool IsCut => isCut;

        /// <summary>Its best network.</summary>
        public (int Row, SweepResult Result)? Best { get; private set; }

        public void Add(int row, SweepResult result)
        {
            if (result.Validation?.Accuracy is double accuracy) accuracies.Add(accuracy);
            if (result.Validation?.Loss is double loss) losses.Add(loss);
            diverged |= !result.IsTrained;
            if (!result.IsTrained) return;
            if (Best is not (int there, SweepResult best) || StandingOf(row, result).CompareTo(StandingOf(there, best)) < 0)
                Best = (row, result);
        }

        static Standing StandingOf(int row, SweepResult result) =>
            Standing.Of(row, true, result.Validation?.Accuracy, result.Validation?.Loss);

        public Ranked? Ranked() => Best is not (int row, SweepResult result) ? null : new Ranked(
            row, result, !diverged, accuracies.Mean, losses.Mean, (accuracies.Mean is null ? losses : accuracies).MeanAndDeviation);
    }

    /// <summary>The mean and the deviation of numbers that are not kept, by Welford's method.</summary>
    sealed class RunningMean
    {
        long count;
        double sum, mean, squares;

        public double? Mean => count == 0 ? null : sum / count;

        public MeanAndDeviation MeanAndDeviation => new(
            Mean is double known ? RunRecord.Finite(known) : null, count < 2 ? null : RunRecord.Finite(Math.Sqrt(squares / (count - 1))));

        public void Add(double number)
        {
            count++;
            sum += number;
            double off = number - mean;
            mean += off / count;
            squares += off * (number - mean);
        }
    }
}
