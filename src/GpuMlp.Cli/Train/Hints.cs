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

    // standardized values seldom reach 10, and losses grow with their square: no learning rate is low enough for these
    const double Diverging = 1000;

    // the initializations are made for a scale of 1
    const double LargeInitScale = 100;

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

    /// <summary>What may keep a training finite that diverged.</summary>
    public static string Remedy(TrainConfig config, DataSet raw)
    {
        if (config.InitScale > LargeInitScale) return Invariant($"a smaller --init-scale than {config.InitScale}");
        if (config.Lr * config.WeightDecay > 1) return Invariant($"a smaller --weight-decay than {config.WeightDecay}");
        if (config.Lr * config.L1 > 1) return Invariant($"a smaller --l1 than {config.L1}");
        float features = raw.Inputs.Cast<float>().Max(MathF.Abs), targets = raw.ClassCount > 0 ? 0 : raw.Labels.Max(MathF.Abs);
        if (!config.Standardize && features > Diverging) return Invariant($"the features reach {features:G4}: --standardize");
        if (!config.Standardize && targets > Diverging) return Invariant($"the targets reach {targets:G4}: --standardize");
        return Invariant($"a lower --lr than {config.Lr}");
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
