using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>The data and the recipe of one training, which have been checked to go together.</summary>
/// <param name="Recipe">How to train; the network has the output (linear or not) that its loss and the data need.</param>
/// <param name="Raw">The rows to train on in their own units, which the pictures show.</param>
/// <param name="Data">The rows to train on as the network takes them.</param>
/// <param name="Standardizer">What turns Raw into Data; null where they are the same.</param>
/// <param name="Window">The window that the data lies in; null unless it has two features, beside those derived from them.</param>
sealed record TrainInput(Recipe Recipe, DataSet Raw, DataSet Data, Standardizer? Standardizer, Window? Window)
{
    /// <summary>Generates or reads the data of a config.</summary>
    /// <exception cref="UsageException">The data is not there or not fit, or an option does not go with it.</exception>
    public static TrainInput Load(TrainConfig config, RandomStream random) => Of(config, TrainData.Load(config, random));

    /// <summary>Takes data that was generated or read.</summary>
    /// <exception cref="UsageException">The data is not fit, or an option does not go with it.</exception>
    public static TrainInput Of(TrainConfig config, LoadedData loaded)
    {
        (Recipe recipe, loaded) = Fit(config, loaded);
        Parts parts = Input.HeldOut.Take(config, loaded);
        DataSet raw = parts.Training;
        recipe = recipe with { ClassWeights = ClassWeights.Of(config, raw) };
        Standardizer? standardizer = config.Standardize ? Standardizer.Fit(raw) : null;
        int derived = parts.Columns?.Derived.Count ?? 0;
        var axes = PictureAxes.Choose(config, raw, derived);
        bool isOfTwo = raw.Features - derived == 2, isPlane = axes is { X: 0, Y: 1 };
        Window? window = !isOfTwo ? null : isPlane ? axes.Window : raw.Features == 2 ? Windows.OfData(config, raw) : null;
        var input = new TrainInput(recipe, raw, raw, standardizer, window)
        {
            Axes = axes,
            Loaded = loaded,
            HeldOut = parts.HeldOut,
            Split = parts.Split,
            Columns = parts.Columns,
            Targets = config.Standardize && raw.ClassCount == 0 ? Standardizer.FitTargets(raw) : null,
            Notes = [.. loaded.Summary is string summary ? [summary] : (string[])[], .. loaded.Notes],
        };
        input = input with { Data = input.Prepare(raw) };
        if (axes.Y is not null)
            Windows.Check(config, axes.Points, axes.Scale(standardizer), config.Size.Width / CellSize, config.Size.Height / CellSize);
        return input;
    }

    /// <summary>All rows of the data, those that are kept back among them, and how they came from a table.</summary>
    public required LoadedData Loaded { get; init; }

    /// <summary>What the pictures show.</summary>
    public required PictureAxes Axes { get; init; }

    /// <summary>All rows of the data in their own units, those that are kept back among them.</summary>
    public DataSet All => Loaded.All;

    /// <summary>The data of the run as a record in a folder identifies it.</summary>
    public RunData Identify(TrainConfig config, string folder) =>
        RecordFiles.Identify(config, All, Split is null ? RowsOf("validation") : null, RowsOf("test"), folder);

    DataSet? RowsOf(string option) => HeldOut.FirstOrDefault(part => part.Option == option)?.Raw;

    /// <summary>What made the rows of a table; null for generated rows as they are.</summary>
    public TablePreprocessor? Columns { get; init; }

    /// <summary>What scales the targets of a regression; null where they stay in their own units.</summary>
    public Standardizer? Targets { get; init; }

    /// <summary>What the user should know: how the file was read, and what was done to it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The rows to judge on, which are not trained on.</summary>
    public IReadOnlyList<HeldOut> HeldOut { get; init; } = [];

    /// <summary>How the data's rows were shared out; null if all of them are trained on.</summary>
    public RunSplit? Split { get; init; }

    /// <summary>Rows in their own units as the network takes them.</summary>
    public DataSet Prepare(DataSet rows)
    {
        if (Targets is not null) rows = Targets.ApplyToTargets(rows);
        return Standardizer?.Apply(rows) ?? rows;
    }

    /// <summary>The model that a trained network makes of the input.</summary>
    public Model Model(Sequential network) =>
        new(network, Window, Standardizer, Raw.ClassNames) { Columns = Columns, Targets = Targets };

    /// <summary>The rows whose loss is looked at while training; null for none.</summary>
    public Validation? Validation(TrainConfig config) => HeldOut.FirstOrDefault(part => part.Option == "validation") is not HeldOut part
        ? null : new(Prepare(part.Raw)) { Every = config.ValidateEvery, Patience = config.Patience, MinDelta = config.MinDelta };

    /// <summary>The network's widths and activation.</summary>
    public NetworkSpec Spec => Recipe.Net!;

    /// <summary>A picture's grid over a window: its points are in the data's units and are scaled to what the network takes.</summary>
    public GridSpec Grid(Window window, PictureSize size) => Grid(window, size.Width / CellSize, size.Height / CellSize);

    /// <summary>The same with a number of points in each direction.</summary>
    public GridSpec Grid(Window window, int width, int height) => GridSpec.ForPicture(window, width, height, Axes.Scale(Standardizer));

    /// <summary>The plane of the pictures.</summary>
    public FeaturePlane FeaturePlane => new(Axes.X, Axes.Y, Axes.At, Columns?.Derived ?? [], Standardizer);

    /// <summary>The number of points of a picture's grid.</summary>
    public static double Cells(PictureSize size) => (double)(size.Width / CellSize) * (size.Height / CellSize);

    // pixels from point to point: what lies between is interpolated
    const int CellSize = 3;

    /// <summary>The recipe of a config, and the data as its loss takes it.</summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public static (Recipe Recipe, LoadedData Loaded) Fit(TrainConfig config, LoadedData loaded)
    {
        LabelKind labels = config.Loss.Labels;
        if (labels == LabelKind.Number && loaded.All.ClassCount > 2) loaded = loaded with { All = AsNumbers(config, loaded.All) };
        DataSet raw = loaded.All;
        Recipe recipe = config.Recipe with { Net = config.Net with { LinearOutput = labels == LabelKind.Class || raw.ClassCount == 0 } };
        Check(config, recipe, loaded);
        return (recipe, loaded);
    }

    /// <summary>The window of pictures of classes in a plane; null for one feature, and where the labels are numbers.</summary>
    public Window? Plane => Raw.ClassCount > 0 ? Axes.Window : null;

    /// <summary>Whether there is a picture of what the network does: not of several numbers.</summary>
    public bool HasPicture => Raw.ClassCount > 0 || Raw.Targets == 1;

    // labels 0, 1, 2, … may be classes or counts: the loss decides
    static DataSet AsNumbers(TrainConfig config, DataSet raw) => raw.ClassNames.Select((name, k) => name == $"{k}").All(number => number)
        ? raw.AsNumbers()
        : throw UsageException.For("data", config.Data,
            $"--loss {config.Loss.Name} takes labels that are numbers, or two classes; these are {raw.ClassCount} names, " +
            "for which take --loss cross-entropy");

    static void Check(TrainConfig config, Recipe recipe, LoadedData loaded)
    {
        DataSet raw = loaded.All;
        if (raw.ClassCount == 1 && config.Loss.Labels != LabelKind.Number)
            throw UsageException.For("data", config.Data, Invariant(
                $"the labels are one class ({raw.ClassNames[0]}, {raw.Count:N0} {(raw.Count == 1 ? "row" : "rows")}): ")
                + "there is nothing to learn" + Advice(loaded));
        if (recipe.WhyNot(raw) is (string setting, string why))
        {
            if (setting == "net" && raw.Features != config.Net.Widths[0] && loaded.Columns is { InputNames: { Count: > 0 } names })
                why += $": {string.Join(", ", names.Take(MostNames).Select(UsageException.Cut))}"
                    + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
            throw UsageException.For(setting, setting == "net" ? $"{config.Net}" : config.Data, why + Advice(loaded));
        }
        if (raw.ClassCount > ClassEvaluator.MostClasses && config.Loss.Labels == LabelKind.Class)
        {
            string tooMany = $"the labels have {raw.ClassCount} classes; at most {ClassEvaluator.MostClasses} are allowed{Advice(loaded)}";
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

    const int MostNames = 12;

    static string Advice(LoadedData loaded) =>
        loaded.Table is not null && LabelAdvice.Of(loaded.Table, loaded.Config) is string advice ? $"; {advice}" : "";
}
