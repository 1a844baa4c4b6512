using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>A run's data and network widths, found to go together.</summary>
/// <param name="Spec">The network's widths and activation.</param>
/// <param name="Raw">The data in its own units, which the pictures show.</param>
/// <param name="Data">The data as the network takes it.</param>
/// <param name="Standardizer">What leads from the one to the other; null where they are the same.</param>
/// <param name="Window">What the data lies in; null where it has other than two features.</param>
sealed record TrainInput(NetworkSpec Spec, DataSet Raw, DataSet Data, Standardizer? Standardizer, Window? Window)
{
    /// <summary>Makes or reads the data of a config.</summary>
    /// <exception cref="UsageException">The data is not there or not fit, or an option does not go with it.</exception>
    public static TrainInput Load(TrainConfig config, RandomStream random)
    {
        (NetworkSpec spec, DataSet raw) = Fit(config, TrainData.Load(config, random));
        Standardizer? standardizer = config.Standardize ? Standardizer.Fit(raw) : null;
        var input = new TrainInput(spec, raw, standardizer?.Apply(raw) ?? raw, standardizer, Windows.Choose(config, raw));
        Windows.Check(config, raw, standardizer, PictureSize.GridWidth(spec), PictureSize.GridHeight(spec));
        return input;
    }

    /// <summary>A picture's grid over a window: points in the data's units, as the network takes them.</summary>
    public GridSpec Grid(Window window, int width, int height) => GridSpec.ForPicture(window, width, height, Windows.Scale(Standardizer));

    /// <summary>The network of a config, and the data as its loss takes it.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static (NetworkSpec Spec, DataSet Raw) Fit(TrainConfig config, DataSet raw)
    {
        NetworkSpec spec = NetworkSpec.Parse(config.Net, Named.Activations[config.Activation]);
        LabelKind labels = Named.Losses[config.Loss]().Labels;
        if (labels == LabelKind.Number && raw.ClassCount > 2) raw = AsNumbers(config, raw);
        Check(config, labels, spec, raw);
        return (spec with { LinearOutput = labels == LabelKind.Class || raw.ClassCount == 0 }, raw);
    }

    /// <summary>What pictures of the input plane show; null where there are none: of another number of features, or of labels without classes.</summary>
    public Window? Plane => Raw.ClassCount > 0 ? Window : null;

    // labels 0, 1, 2, … may be classes or counts: the loss decides
    static DataSet AsNumbers(TrainConfig config, DataSet raw) => raw.ClassNames.Select((name, k) => name == $"{k}").All(number => number)
        ? raw.AsNumbers()
        : throw UsageException.For("data", config.Data, $"--loss {config.Loss} takes labels that are numbers, or two classes; these are {raw.ClassCount} names, for which take --loss cross-entropy");

    static void Check(TrainConfig config, LabelKind labels, NetworkSpec spec, DataSet raw)
    {
        if (spec.Widths[0] != raw.Features)
            throw UsageException.For("net", config.Net, $"--data {config.Data} has {raw.Features} features, " +
                $"so the network begins with {raw.Features}, as in {string.Join('-', [raw.Features, .. spec.Widths.Skip(1)])}");
        if (labels == LabelKind.Class) CheckClasses(config, spec, raw);
        else if (spec.Widths[^1] != 1)
            throw UsageException.For("net", config.Net, $"--loss {config.Loss} needs one output: the last width is 1; --loss cross-entropy takes an output per class");
        else if (labels == LabelKind.Binary && raw.ClassCount != 2)
            throw UsageException.For("data", config.Data, $"--loss {config.Loss} needs two classes, " + (raw.ClassCount == 0
                ? "the labels are numbers other than classes, for which take --loss mse" : $"the labels have {raw.ClassCount}, for which take --loss cross-entropy"));
        if (spec.ParameterCount > int.MaxValue / 2)
            throw UsageException.For("net", config.Net, $"{spec.ParameterCount} parameters; at most {int.MaxValue / 2} are allowed");
    }

    static void CheckClasses(TrainConfig config, NetworkSpec spec, DataSet raw)
    {
        if (raw.ClassCount < 2)
            throw UsageException.For("data", config.Data, $"--loss {config.Loss} needs two classes or more, " + (raw.ClassCount == 0
                ? "the labels are numbers other than 0, 1, 2, …, for which take --loss mse" : "the labels have one"));
        if (raw.ClassCount > ClassEvaluator.MostClasses)
            throw UsageException.For("data", config.Data, $"the labels have {raw.ClassCount} classes; at most {ClassEvaluator.MostClasses} are allowed");
        if (spec.Widths[^1] != raw.ClassCount)
            throw UsageException.For("net", config.Net, $"--loss {config.Loss} needs an output per class, and --data {config.Data} has {raw.ClassCount}: " +
                $"the last width is {raw.ClassCount}, as in {string.Join('-', [.. spec.Widths.SkipLast(1), raw.ClassCount])}");
    }
}
