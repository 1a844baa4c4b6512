using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>
/// A network of many inputs as one of two of them, the others held at fixed values: all that grids and pictures take then takes it.
/// </summary>
/// <remarks>
/// The fixed inputs' share of each unit of the first layer goes into its bias, summed in float64. So values differ from the network's own
/// by that rounding.
/// </remarks>
public sealed class NetworkSlice : IDisposable
{
    readonly Sequential whole;
    readonly int x, y, outputs;
    readonly double[] at;

    /// <summary>Makes the network of two inputs, with the parameters that the whole network has now.</summary>
    /// <param name="network">The whole network; it has to stay.</param>
    /// <param name="x">The input along x, from 0.</param>
    /// <param name="y">The input along y, another one.</param>
    /// <param name="at">A value for each input, as the network takes it; those of x and y are not used.</param>
    /// <exception cref="ArgumentException">
    /// There is not a value per input, or no spec describes the network: it has to be linear layers with one activation between them.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis is no input of the network, or both are the same.</exception>
    public NetworkSlice(Sequential network, int x, int y, IReadOnlyList<double> at)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(at);
        if (network.Spec is not NetworkSpec spec)
            throw new ArgumentException($"no spec describes the network: {network.WhyNoSpec}", nameof(network));
        if (at.Count != spec.Widths[0])
            throw new ArgumentException($"{at.Count} values for {spec.Widths[0]} inputs; one per input is needed", nameof(at));
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, spec.Widths[0]);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, spec.Widths[0]);
        ArgumentOutOfRangeException.ThrowIfEqual(y, x);
        (whole, this.x, this.y, this.at, outputs) = (network, x, y, [.. at], spec.Widths[1]);
        Network = (spec with { Widths = [2, .. spec.Widths.Skip(1)] }).Build(network.Device, network.Loss);
        Update();
    }

    /// <summary>The network of two inputs.</summary>
    public Sequential Network { get; }

    /// <summary>Takes over the parameters that the whole network has now.</summary>
    public void Update()
    {
        var parameters = new float[whole.Arena.Length];
        whole.Device.CopyToHost(whole.Arena.Values, parameters);
        Load(parameters);
    }

    /// <summary>Takes over parameters of the whole network, in its arena's layout.</summary>
    /// <exception cref="ArgumentException">Their number is not that of the whole network.</exception>
    public void Load(ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != whole.Arena.Length)
            throw new ArgumentException($"{parameters.Length} parameters for {whole.Arena.Length} of the network", nameof(parameters));
        int inputs = at.Length;
        var sliced = new float[Network.Arena.Length];
        parameters.Slice(x * outputs, outputs).CopyTo(sliced);
        parameters.Slice(y * outputs, outputs).CopyTo(sliced.AsSpan(outputs));
        for (int o = 0; o < outputs; o++)
        {
            double bias = parameters[inputs * outputs + o];
            for (int i = 0; i < inputs; i++)
                if (i != x && i != y) bias += at[i] * parameters[i * outputs + o];
            sliced[2 * outputs + o] = (float)bias;
        }
        // what is behind the first layer is the same, behind the padding of either arena
        int behind = (int)ParameterArena.Align((inputs + 1L) * outputs), place = (int)ParameterArena.Align(3L * outputs);
        parameters[behind..].CopyTo(sliced.AsSpan(place));
        Network.LoadParameters(sliced);
    }

    /// <summary>Frees the network of two inputs; the whole network stays.</summary>
    public void Dispose() => Network.Dispose();
}
