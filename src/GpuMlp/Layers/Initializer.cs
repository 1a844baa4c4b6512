using GpuMlp.Formats;
using GpuMlp.Randomness;

namespace GpuMlp.Layers;

/// <summary>How weights and biases are initialized.</summary>
public enum Initialization
{
    /// <summary>Normal for at most one hidden layer and a sigmoid at the end, else He or Xavier, whichever suits the activation.</summary>
    Auto,

    /// <summary>The tutorial's: weights and biases from N(0, 1), unscaled.</summary>
    Normal,

    /// <summary>Weights from N(0, 2/i), biases 0: He et al., "Delving deep into rectifiers", 2015.</summary>
    He,

    /// <summary>
    /// Weights from N(0, 2/(i + o)), biases 0: Glorot and Bengio, "Understanding the difficulty of training deep networks", 2010.
    /// </summary>
    Xavier,

    /// <summary>Weights and biases from U(-1/√i, 1/√i), PyTorch's default for a Linear.</summary>
    Uniform,
}

/// <summary>Draws initial weights from a stream that the caller hands in.</summary>
public static class Initializer
{
    /// <summary>The initializations by name.</summary>
    public static Names<Initialization> Names { get; } = new(("auto", Initialization.Auto), ("normal", Initialization.Normal),
        ("he", Initialization.He), ("xavier", Initialization.Xavier), ("uniform", Initialization.Uniform));

    /// <summary>
    /// The initialization that <see cref="Initialization.Auto"/> stands for in a network. N(0, 1) would saturate deeper networks, and would
    /// let a linear output start far too large.
    /// </summary>
    public static Initialization Resolve(Initialization initialization, NetworkSpec net)
    {
        ArgumentNullException.ThrowIfNull(net);
        return initialization != Initialization.Auto ? initialization
            : net.Depth <= 2 && !net.LinearOutput ? Initialization.Normal
            : Activations.Of(net.Activation).Initialization;
    }

    /// <summary>Initializes a layer: its weights row by row, then its bias.</summary>
    /// <exception cref="ArgumentException">The initialization is Auto, which depends on the whole network.</exception>
    public static void Fill(Linear layer, Initialization initialization, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(random);
        var weights = new float[layer.Weight.Length];
        var bias = new float[layer.Bias.Length];
        Draw(weights, bias, initialization, random);
        layer.Weight.Value.CopyFrom(weights);
        layer.Bias.Value.CopyFrom(bias);
    }

    /// <summary>Draws a layer's weights (i,o) row by row, then its bias (o), and multiplies each by <paramref name="scale"/>.</summary>
    internal static void Draw(Span<float> weights, Span<float> bias, Initialization initialization, RandomStream random, float scale = 1)
    {
        int o = bias.Length, i = weights.Length / o;
        Draw(weights, Weights(initialization, i, o, random), scale);
        Draw(bias, Biases(initialization, i, random), scale);
    }

    static Func<double> Weights(Initialization initialization, int i, int o, RandomStream random) => initialization switch
    {
        Initialization.Normal => random.NextNormal,
        Initialization.He => () => random.NextNormal() * Math.Sqrt(2.0 / i),
        Initialization.Xavier => () => random.NextNormal() * Math.Sqrt(2.0 / (i + o)),
        Initialization.Uniform => () => Uniform(i, random),
        _ => throw new ArgumentException($"{initialization} has to be resolved for a network first", nameof(initialization)),
    };

    static Func<double> Biases(Initialization initialization, int i, RandomStream random) => initialization switch
    {
        Initialization.Normal => random.NextNormal,
        Initialization.Uniform => () => Uniform(i, random),
        Initialization.He or Initialization.Xavier => () => 0,
        _ => throw new ArgumentException($"{initialization} has to be resolved for a network first", nameof(initialization)),
    };

    static double Uniform(int i, RandomStream random) => (2 * random.NextDouble() - 1) / Math.Sqrt(i);

    static void Draw(Span<float> values, Func<double> next, float scale)
    {
        foreach (ref float value in values) value = (float)next() * scale;
    }
}
