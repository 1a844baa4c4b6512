using GpuMlp.Randomness;

namespace GpuMlp.Layers;

/// <summary>How weights and biases begin.</summary>
public enum Initialization
{
    /// <summary>Normal with one hidden layer at most, else He or Xavier by the activation.</summary>
    Auto,

    /// <summary>The tutorial's: weights and biases from N(0, 1), unscaled.</summary>
    Normal,

    /// <summary>Weights from N(0, 2/i), biases 0: He et al., "Delving deep into rectifiers", 2015.</summary>
    He,

    /// <summary>Weights from N(0, 2/(i + o)), biases 0: Glorot and Bengio, "Understanding the difficulty of training deep networks", 2010.</summary>
    Xavier,

    /// <summary>Weights and biases from U(-1/√i, 1/√i), PyTorch's default for a Linear.</summary>
    Uniform,
}

/// <summary>Draws initial weights from a stream that the caller hands in.</summary>
public static class Initializer
{
    /// <summary>What <see cref="Initialization.Auto"/> stands for in a network; N(0, 1) saturates deeper ones.</summary>
    public static Initialization Resolve(Initialization initialization, NetworkSpec net) => initialization != Initialization.Auto
        ? initialization
        : net.Depth <= 2 ? Initialization.Normal
        : net.Activation is Activation.Tanh or Activation.Sigmoid ? Initialization.Xavier : Initialization.He;

    /// <summary>Fills a layer: its weights row by row, then its bias.</summary>
    /// <exception cref="ArgumentException">Auto, which only a whole network can resolve.</exception>
    public static void Fill(Linear layer, Initialization initialization, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        int i = layer.Weight.Value.Rows, o = layer.Weight.Value.Columns;
        layer.Weight.Value.CopyFrom(Draw(i * o, Weights(initialization, i, o, random)));
        layer.Bias.Value.CopyFrom(Draw(o, Biases(initialization, i, random)));
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
        _ => () => 0,
    };

    static double Uniform(int i, RandomStream random) => (2 * random.NextDouble() - 1) / Math.Sqrt(i);

    static float[] Draw(int count, Func<double> next)
    {
        var values = new float[count];
        for (int k = 0; k < count; k++) values[k] = (float)next();
        return values;
    }
}
