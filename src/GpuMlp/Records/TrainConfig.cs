using System.Text.Json.Serialization;
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
    /// <summary>Philox streams of the seed, one per purpose.</summary>
    Philox,

    /// <summary>NumPy's Mersenne Twister, one stream for all, as the Python notebook draws.</summary>
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
    /// <summary>The program's own.</summary>
    Plain,

    /// <summary>As in the Python notebook.</summary>
    Notebook,
}

/// <summary>What a training run was asked for: its <see cref="Recipe"/>, and the choice of data, device and pictures, each under its option's name.</summary>
/// <remarks>A null stands for what the data or the optimizer decides: it has no such setting, or the value follows from it.</remarks>
[JsonConverter(typeof(TrainConfigJson))]
public sealed record TrainConfig
{
    Recipe recipe = new();

    /// <summary>The sources of random numbers by name.</summary>
    public static Names<RandomSource> Sources { get; } = new(("philox", RandomSource.Philox), ("numpy", RandomSource.Numpy));

    /// <summary>The halves of the tutorial by name.</summary>
    public static Names<TutorialHalf> Halves { get; } = new(("layers", TutorialHalf.Layers), ("modules", TutorialHalf.Modules));

    /// <summary>The styles by name.</summary>
    public static Names<PictureStyle> Styles { get; } = new(("plain", PictureStyle.Plain), ("notebook", PictureStyle.Notebook));

    /// <summary>All that decides the training but the data: the settings here, with the optimizer's own where there is a null.</summary>
    public Recipe Recipe => recipe with
    {
        Optimizer = recipe.Optimizer with
        {
            Momentum = Momentum ?? OptimizerSpec.Default.Momentum,
            WeightDecay = WeightDecay ?? UpdateRules.Of(Optimizer).DefaultWeightDecay,
            Schedule = Schedule.Over(Steps - Warmup).After(Warmup),
        },
    };

    /// <summary>A generated data set, or csv:FILE.</summary>
    public string Data { get; set; } = "moons";

    /// <summary>Rows to generate; null for a file.</summary>
    public int? Samples { get; set; }

    /// <summary>Standard deviation of the noise on each coordinate; null for data without any.</summary>
    public double? Noise { get; set; }

    /// <summary>Seed of all that is random.</summary>
    public ulong Seed { get => recipe.Seed; set => recipe = recipe with { Seed = value }; }

    /// <summary>Where random numbers come from.</summary>
    public RandomSource Rng { get; set; }

    /// <summary>The label column of a file, by name or position; null for the last.</summary>
    public string? Label { get; set; }

    /// <summary>Whether features are shifted and scaled to mean 0 and deviation 1.</summary>
    public bool Standardize { get; set; }

    /// <summary>Widths of the network; what is between them is <see cref="Activation"/>.</summary>
    public NetworkSpec Net { get => recipe.Net!; set => recipe = recipe with { Net = new NetworkSpec(value?.Widths!, Activation) }; }

    /// <summary>The activation between linear layers.</summary>
    public Activation Activation { get => Net.Activation; set => recipe = recipe with { Net = Net with { Activation = value } }; }

    /// <summary>How weights begin.</summary>
    public Initialization Init { get => recipe.Initialization; set => recipe = recipe with { Initialization = value }; }

    /// <summary>What the drawn weights and biases are multiplied by.</summary>
    public float InitScale { get => recipe.InitScale; set => recipe = recipe with { InitScale = value }; }

    /// <summary>The loss.</summary>
    public Loss Loss { get => recipe.Loss; set => recipe = recipe with { Loss = value }; }

    /// <summary>The optimizer.</summary>
    public OptimizerKind Optimizer { get => Spec.Kind; set => Spec = Spec with { Kind = value }; }

    /// <summary>The learning rate, before the schedule.</summary>
    public float Lr { get => Spec.LearningRate; set => Spec = Spec with { LearningRate = value }; }

    /// <summary>Share of the velocity that stays; null for optimizers without momentum.</summary>
    public float? Momentum { get; set; }

    /// <summary>Weight decay; null for what the optimizer has of itself.</summary>
    public float? WeightDecay { get; set; }

    /// <summary>What is added to each gradient with the sign of its weight.</summary>
    public float L1 { get => Spec.L1; set => Spec = Spec with { L1 = value }; }

    /// <summary>How the learning rate changes over the run.</summary>
    public ScheduleOfRun Schedule { get; set; } = Optimizers.Schedule.Names.Parse("constant");

    /// <summary>Steps over which the learning rate grows to its full height.</summary>
    public int Warmup { get; set; }

    /// <summary>The norm that gradients are scaled down to; null leaves them.</summary>
    public float? Clip { get => Spec.ClipNorm; set => Spec = Spec with { ClipNorm = value }; }

    /// <summary>Number of steps.</summary>
    public int Steps { get => recipe.Steps; set => recipe = recipe with { Steps = value }; }

    /// <summary>Examples a step.</summary>
    public int Batch { get => recipe.Batch; set => recipe = recipe with { Batch = value }; }

    /// <summary>The engine.</summary>
    public EngineChoice Engine { get; set; }

    /// <summary>Which half of the tutorial trains.</summary>
    public TutorialHalf Api { get; set; }

    /// <summary>A picture after every such step.</summary>
    public int SnapshotEvery { get; set; } = 250;

    /// <summary>How pictures look.</summary>
    public PictureStyle Style { get; set; }

    /// <summary>What pictures show; null for what suits the data.</summary>
    public Window? Window { get; set; }

    /// <summary>Whether pictures are left out.</summary>
    public bool NoPlots { get; set; }

    /// <summary>The device's name.</summary>
    public string Device { get; set; } = "auto";

    OptimizerSpec Spec { get => recipe.Optimizer; set => recipe = recipe with { Optimizer = value }; }
}
