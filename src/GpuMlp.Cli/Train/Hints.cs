using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Metrics;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>What may save a run: notes about settings that seldom do well.</summary>
static class Hints
{
    // standardized features seldom reach 10; the program's own data sets stay below 20
    const double LargeFeature = 30, LargeRatio = 30;

    // from this share of the largest class on, accuracy hides what becomes of the others
    const double LargeClass = 0.8;

    // far above the rate that Adam's authors give, 0.001
    const float LargeAdamRate = 0.02f;

    /// <summary>Notes before a training.</summary>
    public static IEnumerable<string> Before(TrainConfig config, TrainInput input)
    {
        if (!config.Standardize && Scale(input.Raw) is string scale) yield return $"{scale}; --standardize brings features to one scale";
        if (config.Optimizer is OptimizerKind.Adam or OptimizerKind.AdamW && config.Lr > LargeAdamRate)
            yield return Invariant($"--lr {config.Lr} suits sgd; the usual rate of {UpdateRules.Names.Of(config.Optimizer)} is 0.001");
    }

    /// <summary>Notes after a training.</summary>
    public static IEnumerable<string> After(TrainConfig config, TrainInput input, Judgements judged)
    {
        (string part, _, Score score) = judged.Last;
        bool isAsWanted = config.ClassWeight is not null || config.Steps == 0 || input.Raw.Labels.Distinct().Count() == 1;
        if (isAsWanted || !score.IsNoBetterThanBaseline) yield break;
        string than = score.Accuracy is null ? "the mean" : "the largest class";
        bool isOfScale = !config.Standardize && Scale(input.Raw) is not null;
        string advice = isOfScale ? "--standardize"
            : score.BaselineAccuracy > LargeClass ? "--class-weight balanced, by which rare classes count as much,"
            : "another --lr, more --steps or another --net";
        yield return $"on the {part} rows the network is no better than always predicting {than}; {advice} may help";
    }

    // what is wrong with the scale of the features; null if nothing is
    static string? Scale(DataSet data)
    {
        (double largest, double widest, double narrowest) = (0, 0, double.PositiveInfinity);
        for (int feature = 0; feature < data.Features; feature++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int row = 0; row < data.Count; row++)
            {
                low = Math.Min(low, data.Value(row, feature));
                high = Math.Max(high, data.Value(row, feature));
            }
            largest = Math.Max(largest, Math.Max(Math.Abs(low), Math.Abs(high)));
            if (high > low) (widest, narrowest) = (Math.Max(widest, high - low), Math.Min(narrowest, high - low));
        }
        return largest > LargeFeature ? Invariant($"the features reach {largest:G4}")
            : widest > LargeRatio * narrowest ? Invariant($"the features' ranges go from {narrowest:G3} to {widest:G3}") : null;
    }
}
