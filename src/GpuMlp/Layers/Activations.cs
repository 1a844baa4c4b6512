using GpuMlp.Formats;
using GpuMlp.Kernels.Activations;
using GpuMlp.Numerics;

namespace GpuMlp.Layers;

/// <summary>The activation between linear layers.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x, or x/100 where negative.</summary>
    LeakyReLU,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>x / (1 + e⁻ˣ).</summary>
    SiLU,

    /// <summary>x·Φ(x).</summary>
    GELU,

    /// <summary>x, or eˣ - 1 where negative.</summary>
    ELU,
}

/// <summary>The table of activations: all code that depends on the hidden activation asks its row.</summary>
public static class Activations
{
    /// <summary>All activations, in the order in which to list them.</summary>
    public static IReadOnlyList<ActivationFunction> All { get; } =
    [
        new Row<Relu, ReLU>(Activation.ReLU, "relu", Initialization.He, x => x < 0 ? 0 : x, ActivationBounds.Kinked(0)),
        new Row<LeakyRelu, LeakyReLU>(Activation.LeakyReLU, "leaky-relu", Initialization.He, x => x < 0 ? 0.01f * x : x,
            ActivationBounds.Kinked(0.01f)),
        new Row<Kernels.Activations.Tanh, Tanh>(Activation.Tanh, "tanh", Initialization.Xavier, Float64.Tanh,
            ActivationBounds.Sigmoidal(Float64.Tanh, x => 1 - Float64.Tanh(x) * Float64.Tanh(x))),
        new Row<Kernels.Activations.Sigmoid, Sigmoid>(Activation.Sigmoid, "sigmoid", Initialization.Xavier, Logistic,
            ActivationBounds.Sigmoidal(Logistic, x => Logistic(x) * Logistic(-x))),
        new Row<Silu, SiLU>(Activation.SiLU, "silu", Initialization.He, x => x * Logistic(x),
            ActivationBounds.Dipping(
                x => x * Logistic(x), x => Logistic(x) * (1 + x * Logistic(-x)), curvature: 0.5, least: -0.2784645428)),
        new Row<Gelu, GELU>(Activation.GELU, "gelu", Initialization.He, x => x * NormalDistribution.Cumulative(x), ActivationBounds.Dipping(
            x => x * NormalDistribution.Cumulative(x), x => NormalDistribution.Cumulative(x) + x * NormalDistribution.Density(x),
            curvature: 0.7978845609, least: -0.1699713, ulps: 6)),
        new Row<Elu, ELU>(Activation.ELU, "elu", Initialization.He, x => x < 0 ? Float64.Exp(x) - 1 : x,
            ActivationBounds.Convex(x => x < 0 ? Float64.Exp(x) - 1 : x, x => x < 0 ? Float64.Exp(x) : 1)),
    ];

    /// <summary>The activations by name.</summary>
    public static Names<Activation> Names { get; } = new([.. All.Select(row => (row.Name, row.Activation))]);

    /// <summary>The row of an activation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such activation.</exception>
    public static ActivationFunction Of(Activation activation) => All.FirstOrDefault(row => row.Activation == activation)
        ?? throw new ArgumentOutOfRangeException(nameof(activation), activation, "there is no such activation");

    /// <summary>The row of a layer; null if the layer is no activation of the table.</summary>
    internal static ActivationFunction? Of(Layer layer) => All.FirstOrDefault(row => row.IsOf(layer));

    static double Logistic(double x) => 1 / (1 + Float64.Exp(-x));

    sealed class Row<TKernel, TLayer>(
        Activation activation, string name, Initialization initialization, Func<double, double> value, ActivationBounds bounds)
        : ActivationFunction(activation, name, initialization, value, bounds)
        where TKernel : struct, IActivation where TLayer : ActivationLayer, new()
    {
        public override Layer NewLayer() => new TLayer();

        internal override bool IsOf(Layer layer) => layer is TLayer;

        internal override TResult Use<TResult>(IActivationUser<TResult> user) => user.Use<TKernel>();
    }
}

/// <summary>A row of the table of activations.</summary>
public abstract class ActivationFunction
{
    readonly Func<double, double> value;

    private protected ActivationFunction(
        Activation activation, string name, Initialization initialization, Func<double, double> value, ActivationBounds bounds) =>
        (Activation, Name, Initialization, this.value, Bounds) = (activation, name, initialization, value, bounds);

    /// <summary>Which activation this is.</summary>
    public Activation Activation { get; }

    /// <summary>Its name in options and files.</summary>
    public string Name { get; }

    /// <summary>The initialization of the weights before it in a deep network.</summary>
    public Initialization Initialization { get; }

    /// <summary>Encloses the activation between two lines.</summary>
    internal ActivationBounds Bounds { get; }

    /// <summary>The activation of x in float64.</summary>
    public double Value(double x) => value(x);

    /// <summary>Makes a layer of this activation.</summary>
    public abstract Layer NewLayer();

    internal abstract bool IsOf(Layer layer);

    /// <summary>Calls code that is generic over the activation's kernel.</summary>
    internal abstract TResult Use<TResult>(IActivationUser<TResult> user);
}

/// <summary>Code that is compiled once per activation.</summary>
interface IActivationUser<TResult>
{
    /// <summary>Makes a result with the kernel of one activation.</summary>
    TResult Use<TActivation>() where TActivation : struct, IActivation;
}
