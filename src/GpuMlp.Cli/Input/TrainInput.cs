using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Input;

/// <summary>The data and the recipe of one training, which have been checked to go together.</summary>
/// <param name="Recipe">How to train; the network has the output (linear or not) that its loss and the data need.</param>
/// <param name="Raw">The rows to train on in their own units, which the pictures show.</param>
/// <param name="Data">The rows to train on as the network takes them.</param>
/// <param name="Standardizer">What turns Raw into Data; null where they are the same.</param>
/// <param name="Window">The window that the data lies in; null unless it has two features.</param>
sealed record TrainInput(Recipe Recipe, DataSet Raw, DataSet Data, Standardizer? Standardizer, Window? Window)
{
    /// <summary>Generates or reads the data of a config.</summary>
    /// <exception cref="UsageException">The data is not there or not fit, or an option does not go with it.</exception>
    public static TrainInput Load(TrainConfig config, RandomStream random)
    {
        (Recipe recipe, DataSet all) = Fit(config, TrainData.Load(config, random));
        (DataSet raw, IReadOnlyList<HeldOut> heldOut) = Input.HeldOut.Take(config, all, out RunSplit? split);
        recipe = recipe with { ClassWeights = ClassWeights.Of(config, raw) };
        Standardizer? standardizer = config.Standardize ? Standardizer.Fit(raw) : null;
        var input = new TrainInput(recipe, raw, standardizer?.Apply(raw) ?? raw, standardizer, Windows.Choose(config, raw))
        {
            All = all,
            HeldOut = heldOut,
            Split = split,
        };
        Windows.Check(config, raw, standardizer, PictureSize.GridWidth(input.Spec), PictureSize.GridHeight(input.Spec));
        return input;
    }

    /// <summary>All rows of the data in their own units, those that are kept back among them.</summary>
    public required DataSet All { get; init; }

    /// <summary>The rows to judge on, which are not trained on.</summary>
    public IReadOnlyList<HeldOut> HeldOut { get; init; } = [];

    /// <summary>How the data's rows were shared out; null if all of them are trained on.</summary>
    public RunSplit? Split { get; init; }

    /// <summary>Rows in their own units as the network takes them.</summary>
    public DataSet Prepare(DataSet rows) => Standardizer?.Apply(rows) ?? rows;

    /// <summary>The rows whose loss is looked at while training; null for none.</summary>
    public Validation? Validation(TrainConfig config) => HeldOut.FirstOrDefault(part => part.Option == "validation") is not HeldOut part
        ? null : new(Prepare(part.Raw)) { Every = config.ValidateEvery, Patience = config.Patience, MinDelta = config.MinDelta };

    /// <summary>The network's widths and activation.</summary>
    public NetworkSpec Spec => Recipe.Net!;

    /// <summary>A picture's grid over a window: its points are in the data's units and are scaled to what the network takes.</summary>
    public GridSpec Grid(Window window, int width, int height) => GridSpec.ForPicture(window, width, height, Windows.Scale(Standardizer));

    /// <summary>The recipe of a config, and the data as its loss takes it.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static (Recipe Recipe, DataSet Raw) Fit(TrainConfig config, DataSet raw)
    {
        LabelKind labels = config.Loss.Labels;
        if (labels == LabelKind.Number && raw.ClassCount > 2) raw = AsNumbers(config, raw);
        Recipe recipe = config.Recipe with { Net = config.Net with { LinearOutput = labels == LabelKind.Class || raw.ClassCount == 0 } };
        Check(config, recipe, raw);
        return (recipe, raw);
    }

    /// <summary>The window of pictures of the input plane; null unless the data has two features and labels that are classes.</summary>
    public Window? Plane => Raw.ClassCount > 0 ? Window : null;

    // labels 0, 1, 2, … may be classes or counts: the loss decides
    static DataSet AsNumbers(TrainConfig config, DataSet raw) => raw.ClassNames.Select((name, k) => name == $"{k}").All(number => number)
        ? raw.AsNumbers()
        : throw UsageException.For("data", config.Data,
            $"--loss {config.Loss.Name} takes labels that are numbers, or two classes; these are {raw.ClassCount} names, " +
            "for which take --loss cross-entropy");

    static void Check(TrainConfig config, Recipe recipe, DataSet raw)
    {
        if (recipe.WhyNot(raw) is (string setting, string why))
            throw UsageException.For(setting, setting == "net" ? $"{config.Net}" : config.Data, why);
        if (raw.ClassCount > ClassEvaluator.MostClasses && config.Loss.Labels == LabelKind.Class)
        {
            string tooMany = $"the labels have {raw.ClassCount} classes; at most {ClassEvaluator.MostClasses} are allowed";
            throw UsageException.For("data", config.Data, tooMany);
        }
        // parameters, gradients and a copy on the host are the least that training takes
        HostMemory.Require($"--net {config.Net}", 3d * sizeof(float) * config.Net.ParameterCount);
        if (config.Net.ParameterCount > int.MaxValue / 2)
        {
            string tooMany = $"{config.Net.ParameterCount} parameters; at most {int.MaxValue / 2} are allowed";
            throw UsageException.For("net", $"{config.Net}", tooMany);
        }
    }
}
