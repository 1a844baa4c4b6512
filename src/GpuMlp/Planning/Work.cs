using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Planning;

/// <summary>An amount of work of one kind, as a planner needs to know it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Items">How many items: steps of a network, steps of all networks of a population, points of a grid.</param>
/// <param name="Stages">Stages of an item that wait for each other: linear layers.</param>
/// <param name="Operations">Float operations of an item.</param>
/// <param name="Networks">How many networks the items belong to; those of different networks do not wait for each other.</param>
/// <exception cref="ArgumentOutOfRangeException">No such kind, or a number that no work has.</exception>
public sealed record Work(WorkKind Kind, double Items, double Stages, double Operations, int Networks = 1)
{
    /// <summary>Its kind.</summary>
    public WorkKind Kind { get; } = Enum.IsDefined(Kind) ? Kind
        : throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "there is no such kind of work");

    /// <summary>Its kind on a GPU, where another engine may suit a network.</summary>
    internal WorkKind KindOnGpus { get; init; } = Kind;

    /// <summary>The work as a device does it.</summary>
    internal Work On(DeviceDescription device) =>
        device.IsGpu ? new Work(KindOnGpus, Items, Stages, Operations, Networks) : this;

    /// <summary>How many items.</summary>
    public double Items { get; init => field = AtLeast(0, value, nameof(Items)); } = AtLeast(0, Items, nameof(Items));

    /// <summary>Stages of an item: at least 1.</summary>
    public double Stages { get; init => field = AtLeast(1, value, nameof(Stages)); } = AtLeast(1, Stages, nameof(Stages));

    /// <summary>Float operations of an item.</summary>
    public double Operations { get; init => field = AtLeast(0, value, nameof(Operations)); } = AtLeast(0, Operations, nameof(Operations));

    /// <summary>How many networks: at least 1.</summary>
    public int Networks { get; } = (int)AtLeast(1, Networks, nameof(Networks));

    static double AtLeast(double least, double value, string name) => value >= least && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"is a number of {least} or more");

    /// <summary>The steps of one network.</summary>
    /// <param name="recipe">How it is trained.</param>
    /// <param name="engine">Which engine trains it.</param>
    /// <exception cref="ArgumentException">The recipe has no Net, or a number in it is out of its range.</exception>
    public static Work OfTraining(Recipe recipe, EngineChoice engine = EngineChoice.Auto)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Validate();
        WorkKind Kind(bool onGpu) => engine == EngineChoice.Fused || (engine == EngineChoice.Auto && FusedEngine.Suits(recipe, onGpu))
            ? WorkKind.Fused : WorkKind.Layers;
        return new Work(Kind(onGpu: false), recipe.Steps, recipe.Spec.Depth, OperationsOfStep(recipe)) { KindOnGpus = Kind(onGpu: true) };
    }

    /// <summary>The steps of many networks that train at once.</summary>
    /// <exception cref="ArgumentException">A recipe is null, has no Net, or has a number that is out of its range.</exception>
    public static Work OfPopulation(IReadOnlyList<Recipe> recipes)
    {
        ArgumentNullException.ThrowIfNull(recipes);
        foreach (Recipe recipe in recipes)
            (recipe ?? throw new ArgumentException("a recipe is null", nameof(recipes))).Validate();
        double steps = recipes.Sum(recipe => (double)recipe.Steps);
        double Mean(Func<Recipe, double> ofStep) => recipes.Sum(recipe => recipe.Steps * ofStep(recipe)) / Math.Max(1, steps);
        double stages = Math.Max(1, Mean(recipe => recipe.Spec.Depth));
        return new Work(WorkKind.Population, steps, stages, Mean(OperationsOfStep), Math.Max(1, recipes.Count));
    }

    /// <summary>The points of a dense grid.</summary>
    public static Work OfGrid(NetworkSpec net, double points)
    {
        ArgumentNullException.ThrowIfNull(net);
        return new Work(WorkKind.Grid, points, net.Depth, 2d * net.ParameterCount);
    }

    // a product forward and two backward, each a multiplication and an addition per weight and example
    static double OperationsOfStep(Recipe recipe) => recipe.WorkOfStep(recipe.Spec.ParameterCount);
}
