using System.Globalization;
using System.Text.Json.Serialization;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>Where a run's random numbers come from.</summary>
public enum RandomSource
{
    /// <summary>Philox, with a stream of the seed for each purpose.</summary>
    Philox,

    /// <summary>NumPy's Mersenne Twister, with one stream for everything, as in the Python notebook.</summary>
    Numpy,
}

/// <summary>Which half of the tutorial trains.</summary>
public enum TutorialHalf
{
    /// <summary>Layers whose backward is written by hand.</summary>
    Layers,

    /// <summary>Modules that define forward only.</summary>
    Modules,
}

/// <summary>How pictures look.</summary>
public enum PictureStyle
{
    /// <summary>The program's own style.</summary>
    Plain,

    /// <summary>The style of the Python notebook.</summary>
    Notebook,
}

/// <summary>How files hold pictures.</summary>
public enum PictureFormat
{
    /// <summary>Pixels.</summary>
    Png,

    /// <summary>Lines, markers and texts; painted regions are pixels within.</summary>
    Svg,
}

/// <summary>
/// The settings of a training run: its <see cref="Recipe"/>, and the choice of data, device and pictures. Each has the name of its option.
/// </summary>
/// <remarks>A null means that the data or the optimizer decides: it has no such setting, or its own value is used.</remarks>
[JsonConverter(typeof(TrainConfigJson))]
public sealed record TrainConfig
{
    Recipe recipe = new();

    /// <summary>The sources of random numbers by name.</summary>
    public static Names<RandomSource> Sources { get; } = new(("philox", RandomSource.Philox), ("numpy", RandomSource.Numpy));

    /// <summary>The halves of the tutorial by name.</summary>
    public static Names<TutorialHalf> Halves { get; } = new(("layers", TutorialHalf.Layers), ("modules", TutorialHalf.Modules));

    /// <summary>The formats of pictures by name.</summary>
    public static Names<PictureFormat> Formats { get; } = new(("png", PictureFormat.Png), ("svg", PictureFormat.Svg));

    /// <summary>The styles by name.</summary>
    public static Names<PictureStyle> Styles { get; } = new(("plain", PictureStyle.Plain), ("notebook", PictureStyle.Notebook));

    /// <summary>
    /// Everything that decides the training except the data: the settings here, with the optimizer's own value for each null.
    /// </summary>
    public Recipe Recipe => recipe with
    {
        Optimizer = recipe.Optimizer with
        {
            Momentum = Momentum ?? OptimizerSpec.Default.Momentum,
            WeightDecay = WeightDecay ?? UpdateRules.Of(Optimizer).DefaultWeightDecay,
            Schedule = Schedule.Over(Steps - Warmup).After(Warmup),
        },
    };

    /// <summary>A generated data set, a file, or csv: and a file.</summary>
    public string Data { get; set; } = "moons";

    /// <summary>The number of rows to generate; null for a file.</summary>
    public int? Samples { get; set; }

    /// <summary>The standard deviation of the noise on each coordinate; null for data without noise.</summary>
    public double? Noise { get; set; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get => recipe.Seed; set => recipe = recipe with { Seed = value }; }

    /// <summary>The seed of the data and of how it is shared out; null for the seed of everything else.</summary>
    public ulong? DataSeed { get; set; }

    /// <summary>Where random numbers come from.</summary>
    public RandomSource Rng { get; set; }

    /// <summary>The label column of a file, by name or position, or several with commas between them; null for the last.</summary>
    public string? Label { get; set; }

    /// <summary>The character between fields of a file; null if it is guessed.</summary>
    public char? Separator { get; set; }

    /// <summary>The character before decimals in a file; null if it is guessed.</summary>
    public char? Decimal { get; set; }

    /// <summary>The character between groups of digits in a file; null for none.</summary>
    public char? Thousands { get; set; }

    /// <summary>Whether the first row of a file names the columns; null if it is guessed.</summary>
    public bool? Header { get; set; }

    /// <summary>The number of lines to skip at the start of a file.</summary>
    public int SkipRows { get; set; }

    /// <inheritdoc cref="ColumnOptions.Features"/>
    public string? Features { get; set; }

    /// <inheritdoc cref="ColumnOptions.Ignore"/>
    public string? Ignore { get; set; }

    /// <inheritdoc cref="ColumnOptions.Missing"/>
    public MissingRule Missing { get; set; }

    /// <inheritdoc cref="ColumnOptions.Derive"/>
    public string? Derive { get; set; }

    /// <summary>Whether features, and targets of a regression, are shifted and scaled to mean 0 and deviation 1.</summary>
    public bool Standardize { get; set; }

    /// <summary>The share of the rows that is kept back, or the file, to judge on while training; null for none.</summary>
    public string? Validation { get; set; }

    /// <summary>Steps from one look at the validation loss to the next; null for one pass over the training rows, at least 100.</summary>
    public int? ValidateEvery { get; set; }

    /// <summary>Looks without an improvement after which the run ends, and the best look's weights are kept; null to go on.</summary>
    public int? Patience { get; set; }

    /// <summary>By how much the validation loss has to fall to count as an improvement.</summary>
    public double MinDelta { get; set; }

    /// <summary>The file of rows to judge on at the end; null for none.</summary>
    public string? Test { get; set; }

    /// <summary>balanced, or a weight for some classes as name:weight,…; null if all rows count alike.</summary>
    public string? ClassWeight { get; set; }

    /// <summary>The number of parts of a cross-validation; null for none.</summary>
    public int? Folds { get; set; }

    /// <summary>The widths of the network, with the activation of <see cref="Activation"/>.</summary>
    public NetworkSpec Net { get => recipe.Net!; set => recipe = recipe with { Net = new NetworkSpec(value?.Widths!, Activation) }; }

    /// <summary>The activation between linear layers.</summary>
    public Activation Activation { get => Net.Activation; set => recipe = recipe with { Net = Net with { Activation = value } }; }

    /// <summary>How weights are initialized.</summary>
    public Initialization Init { get => recipe.Initialization; set => recipe = recipe with { Initialization = value }; }

    /// <summary>A factor on the initial weights and biases.</summary>
    public float InitScale { get => recipe.InitScale; set => recipe = recipe with { InitScale = value }; }

    /// <summary>The loss.</summary>
    public Loss Loss { get => recipe.Loss; set => recipe = recipe with { Loss = value }; }

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get => Spec.Kind; set => Spec = Spec with { Kind = value }; }

    /// <summary>The learning rate, before the schedule.</summary>
    public float Lr { get => Spec.LearningRate; set => Spec = Spec with { LearningRate = value }; }

    /// <summary>The share of the velocity that stays at each step; null for optimizers without momentum.</summary>
    public float? Momentum { get; set; }

    /// <summary>Weight decay; null for the optimizer's default.</summary>
    public float? WeightDecay { get; set; }

    /// <summary>The amount added to each gradient with the sign of its weight.</summary>
    public float L1 { get => Spec.L1; set => Spec = Spec with { L1 = value }; }

    /// <summary>How the learning rate changes over the run.</summary>
    public ScheduleOfRun Schedule { get; set; } = Optimizers.Schedule.Names.Parse("constant");

    /// <summary>The number of steps over which the learning rate grows to its full value.</summary>
    public int Warmup { get; set; }

    /// <summary>The largest norm of the gradients; larger ones are scaled down to it. Null for no limit.</summary>
    public float? Clip { get => Spec.ClipNorm; set => Spec = Spec with { ClipNorm = value }; }

    /// <summary>Number of steps.</summary>
    public int Steps { get => recipe.Steps; set => recipe = recipe with { Steps = value }; }

    /// <summary>Examples per step.</summary>
    public int Batch { get => recipe.Batch; set => recipe = recipe with { Batch = value }; }

    /// <summary>The engine.</summary>
    public EngineChoice Engine { get; set; }

    /// <summary>Which half of the tutorial trains.</summary>
    public TutorialHalf Api { get; set; }

    /// <summary>N: a picture is drawn after steps 0, N, 2N, …</summary>
    public int SnapshotEvery { get; set; } = 250;

    /// <summary>Whether the loss of each step is written in a run of more than <see cref="LossesCsv.MostRows"/> steps too.</summary>
    public bool AllLosses { get; set; }

    /// <summary>How often the run's state is saved: a number of steps, or of seconds with an s behind it; null for never.</summary>
    public string? CheckpointEvery { get; set; }

    /// <summary>How pictures look.</summary>
    public PictureStyle Style { get; set; }

    /// <summary>The format of pictures; frames, the animation and views are PNG and GIF always.</summary>
    public PictureFormat Format { get; set; }

    /// <summary>The size of pictures; the frames of the animation stay 480 by 360 pixels.</summary>
    public PictureSize Size { get; set; } = PictureSize.Default;

    /// <summary>The part of the plane that pictures show; null for one that suits the data.</summary>
    public Window? Window { get; set; }

    /// <summary>The two features that pictures show, by name or position from 1, as a,b; null for the first two.</summary>
    public string? Axes { get; set; }

    /// <summary>At what values pictures hold features that are no axes, as c=1.5,d=2; null for their means.</summary>
    public string? Fix { get; set; }

    /// <summary>Further pictures, of <see cref="ViewNames"/>, as a,b; null for none.</summary>
    public string? Views { get; set; }

    /// <summary>Whether pictures are left out.</summary>
    public bool NoPlots { get; set; }

    /// <summary>The device's name.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>
    /// The pictures of <see cref="Views"/>: what each hidden unit computes, histograms of the weights, the plane as a layer bends it.
    /// </summary>
    public static IReadOnlyList<string> ViewNames { get; } = ["units", "weights", "warp"];

    /// <summary>The pictures that <see cref="Views"/> asks for, each once.</summary>
    /// <exception cref="FormatException">A name is none of <see cref="ViewNames"/>.</exception>
    public static IReadOnlyList<string> ViewsOf(string views)
    {
        ArgumentNullException.ThrowIfNull(views);
        var known = new Names<string>([.. ViewNames.Select(name => (name, name))]);
        return [.. views.Split(',', StringSplitOptions.TrimEntries).Select(known.Parse).Distinct()];
    }

    /// <summary>What <see cref="CheckpointEvery"/> means.</summary>
    /// <exception cref="FormatException">The text is neither a number of steps nor one of seconds.</exception>
    public static (int? Steps, TimeSpan? Time) PeriodOf(string every)
    {
        ArgumentNullException.ThrowIfNull(every);
        bool isTime = every.EndsWith('s');
        if (isTime && double.TryParse(every[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and <= 1e6)
            return (null, TimeSpan.FromSeconds(seconds));
        if (!isTime && int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) && steps > 0)
            return (steps, null);
        throw new FormatException("allowed are a number of steps from 1, or of seconds as 30s");
    }

    /// <summary>The share of the rows that a validation keeps back.</summary>
    /// <returns>The share; null if the text is no number and so names a file.</returns>
    /// <exception cref="FormatException">The text is a number, but not above 0 and below 1.</exception>
    public static double? ShareOf(string validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        if (!double.TryParse(validation, NumberStyles.Float, CultureInfo.InvariantCulture, out double share)) return null;
        return share is > 0 and < 1 ? share
            : throw new FormatException("a share of the rows is a number above 0 and below 1; anything else names a file");
    }

    OptimizerSpec Spec { get => recipe.Optimizer; set => recipe = recipe with { Optimizer = value }; }
}
