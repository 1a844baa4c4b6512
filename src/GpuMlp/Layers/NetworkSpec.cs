using System.Collections.ObjectModel;
using System.Globalization;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Settings;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>Describes a network: widths such as 2-50-1, the activation between them, and a sigmoid or nothing at the end.</summary>
/// <param name="Widths">Inputs, hidden widths, outputs.</param>
/// <param name="Activation">The activation after each linear layer but the last.</param>
/// <exception cref="ArgumentException">There are fewer than two widths, or one is below 1.</exception>
public sealed record NetworkSpec(IReadOnlyList<int> Widths, Activation Activation)
{
    /// <summary>Inputs, hidden widths, outputs.</summary>
    public IReadOnlyList<int> Widths { get; init => field = Checked(value); } = Checked(Widths);

    static ReadOnlyCollection<int> Checked(IReadOnlyList<int> widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        int[] copy = [.. widths];
        if (copy.Length < 2 || copy.Any(width => width < 1))
            throw new ArgumentException(
                $"a network has inputs and outputs, and every width is 1 or more; got {string.Join('-', copy)}", nameof(widths));
        return Array.AsReadOnly(copy);
    }

    /// <summary>Reads widths such as "2-50-1".</summary>
    /// <exception cref="FormatException">There are fewer than two widths, or one is no number from 1 to 100,000,000.</exception>
    public static NetworkSpec Parse(string net, Activation activation = Activation.ReLU)
    {
        ArgumentNullException.ThrowIfNull(net);
        string[] parts = net.Split('-');
        var widths = new int[parts.Length];
        for (int k = 0; k < parts.Length; k++)
        {
            if (!int.TryParse(parts[k], NumberStyles.None, CultureInfo.InvariantCulture, out widths[k])
                || widths[k] is < 1 or > 100_000_000)
                throw new FormatException($"{Quoted.Quote(parts[k])} is not a width: each is from 1 to 100,000,000, as in 2-50-1");
        }
        if (widths.Length < 2)
            throw new FormatException($"{Quoted.Quote(net)} is not a network: give inputs, hidden widths and outputs, as in 2-50-1");
        return new NetworkSpec(widths, activation);
    }

    /// <summary>Whether the last linear layer's result is the output; if not, a sigmoid follows it.</summary>
    public bool LinearOutput { get; init; }

    /// <summary>This network as a loss trains it: without a sigmoid at its end where the loss takes none.</summary>
    public NetworkSpec For(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return this with { LinearOutput = LinearOutput || loss.Sigmoid == false };
    }

    /// <summary>The spec of a chain of layers; null, with the reason, if no spec can describe them.</summary>
    internal static (NetworkSpec? Spec, string? WhyNot) Of(IReadOnlyList<Layer> layers)
    {
        if (layers.FirstOrDefault(layer => layer is HostLayer) is Layer own)
            return (null, $"{own.Name} is a layer of your own, which runs on the host");
        bool sigmoid = layers.Count % 2 == 0;
        for (int l = 0; l < layers.Count; l++)
        {
            bool isEnd = sigmoid && l == layers.Count - 1;
            if (layers[l] is Linear != (l % 2 == 0)) return (null, "it is no chain of linear layers with an activation between each two");
            if (isEnd && layers[l] is not Sigmoid) return (null, $"it ends in an activation other than Sigmoid, {layers[l].Name}");
            if (l > 1 && l % 2 == 1 && !isEnd && layers[l].GetType() != layers[1].GetType())
                return (null, $"its activations differ: {layers[1].Name} and {layers[l].Name}");
        }
        // without a hidden layer any activation will do
        Activation? hidden = layers.Count > 2 ? Activations.Of(layers[1])?.Activation : Activation.ReLU;
        if (hidden is null) return (null, $"no kernel knows its activation, {layers[1].Name}");
        var linear = layers.OfType<Linear>().ToArray();
        int[] widths = [linear[0].Inputs!.Value, .. linear.Select(layer => layer.OutputsFor(0))];
        return (new NetworkSpec(widths, hidden.Value) { LinearOutput = !sigmoid }, null);
    }

    /// <summary>Number of linear layers.</summary>
    public int Depth => Widths.Count - 1;

    /// <summary>Number of trained values.</summary>
    public long ParameterCount => Enumerable.Range(0, Depth).Sum(l => (Widths[l] + 1L) * Widths[l + 1]);

    /// <summary>
    /// Makes the network on a device and draws its parameters: per linear layer the weights row by row, then the bias, each times
    /// <paramref name="scale"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is not positive and finite.</exception>
    public Sequential Build(ComputeDevice device, Initialization initialization, RandomStream random, Loss loss, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        Ranges.InitScale.Require(scale);
        Sequential network = Build(device, loss);
        var values = new float[network.Arena.Length];
        Draw(values, initialization, random, scale);
        network.LoadParameters(values);
        return network;
    }

    /// <summary>Draws all parameters into an arena's layout; the padding stays as it is.</summary>
    internal void Draw(Span<float> arena, Initialization initialization, RandomStream random, float scale)
    {
        initialization = Initializer.Resolve(initialization, this);
        for (int l = 0, at = 0; l < Depth; l++)
        {
            int weights = Widths[l] * Widths[l + 1], bias = Widths[l + 1];
            Initializer.Draw(arena.Slice(at, weights), arena.Slice(at + weights, bias), initialization, random, scale);
            at += (int)ParameterArena.Align(weights + bias);
        }
    }

    /// <summary>Makes the network with all parameters 0, for the caller to fill.</summary>
    public Sequential Build(ComputeDevice device, Loss loss)
    {
        var layers = new List<Layer>();
        for (int l = 0; l < Depth; l++)
        {
            layers.Add(new Linear(device, Widths[l], Widths[l + 1], null));
            if (l + 1 < Depth) layers.Add(Activations.Of(Activation).NewLayer());
            else if (!For(loss).LinearOutput) layers.Add(new Sigmoid());
        }
        return new Sequential([.. layers]) { Loss = loss };
    }

    /// <summary>"2-50-1".</summary>
    public override string ToString() => string.Join('-', Widths);

    /// <inheritdoc/>
    public bool Equals(NetworkSpec? other) =>
        other is not null && (Depth == 1 || other.Activation == Activation)
        && other.LinearOutput == LinearOutput && other.Widths.SequenceEqual(Widths);

    /// <inheritdoc/>
    public override int GetHashCode() => Widths.Aggregate(0, HashCode.Combine);
}
