using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Losses;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>A network of layers one after the other, driven by hand as the tutorial does: Forward, ComputeLoss, Backward, Step.</summary>
public sealed class Sequential : IDisposable
{
    readonly Layer[] layers;
    readonly Tensor loss;
    Tensor? output, values, gradient;
    bool lossComputed;

    /// <summary>Puts layers together and moves their parameters into one buffer.</summary>
    /// <exception cref="ArgumentException">No layers, one layer twice, sizes that do not fit each other, or parameters on two devices.</exception>
    public Sequential(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0) throw new ArgumentException("a network has at least one layer", nameof(layers));
        if (layers.Distinct().Count() != layers.Length) throw new ArgumentException("a layer stands in a network once: it keeps what its Backward needs", nameof(layers));
        Parameter[] parameters = [.. layers.SelectMany(l => l.Parameters)];
        if (parameters.Length == 0) throw new ArgumentException("a network has at least one layer with parameters", nameof(layers));
        Device = parameters[0].Value.Device;
        if (parameters.Any(p => p.Value.Device != Device)) throw new ArgumentException("all layers of a network are on one device", nameof(layers));
        CheckSizes(layers);
        this.layers = [.. layers];
        Arena = new ParameterArena(Device, [.. layers.Where(l => l.Parameters.Count > 0).Select(l => l.Parameters)]);
        loss = new Tensor(Device, 1, 1);
    }

    /// <summary>The device that holds the network.</summary>
    public ComputeDevice Device { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers => layers;

    /// <summary>All parameters in one buffer.</summary>
    public ParameterArena Arena { get; }

    /// <summary>What <see cref="ComputeLoss(Tensor, Tensor)"/> computes.</summary>
    public Loss Loss { get; init; } = new BceLoss();

    /// <summary>Number of trained values.</summary>
    public int ParameterCount => layers.Sum(l => l.Parameters.Sum(p => p.Length));

    /// <summary>Number of columns that the network takes.</summary>
    public int Inputs => layers.First(l => l.Inputs is not null).Inputs!.Value;

    /// <summary>The network's output (n,o) for x (n,i).</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the network takes.</exception>
    public Tensor Forward(Tensor x)
    {
        output = x;
        foreach (Layer layer in layers) output = layer.Forward(output);
        lossComputed = false;
        return output;
    }

    /// <summary>The mean loss (1,1) of an output (n,1), which the last Forward returned, against labels (n,1).</summary>
    /// <exception cref="InvalidOperationException">There was no Forward yet.</exception>
    /// <exception cref="ArgumentException">The output is not the last Forward's, or the shapes differ.</exception>
    public Tensor ComputeLoss(Tensor output, Tensor label)
    {
        ComputeLoss(output, label, loss.Span, 0);
        return loss;
    }

    internal void ComputeLoss(Tensor output, Tensor label, DeviceSpan means, int at)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (this.output is null) throw new InvalidOperationException("Sequential: ComputeLoss before Forward");
        if (output != this.output) throw new ArgumentException("ComputeLoss takes the output of the last Forward", nameof(output));
        if (label.Rows != output.Rows || label.Columns != 1 || output.Columns != 1)
            throw new ArgumentException($"{Loss.Name} takes an output n × 1 and labels n × 1, got {output.Shape} and {label.Shape}", nameof(label));
        int n = output.Rows;
        values = Layer.Room(values, Device, n, 1);
        gradient = Layer.Room(gradient, Device, n, 1);
        Tensor z = EndsInSigmoid ? layers[^1].Input! : output;
        Loss.Compute(Device, z.Span, label.Span, values.Span, gradient.Span, n, EndsInSigmoid);
        Device.Mean(values.Span, means, n, at);
        lossComputed = true;
    }

    /// <summary>Propagates the gradient of the last loss through all layers.</summary>
    /// <exception cref="InvalidOperationException">There was no ComputeLoss since the last Forward.</exception>
    public void Backward()
    {
        if (!lossComputed) throw new InvalidOperationException("Sequential: Backward before ComputeLoss");
        Tensor dy = gradient!;
        for (int l = layers.Length - (EndsInSigmoid ? 2 : 1); l > 0; l--) dy = layers[l].Backward(dy);
        layers[0].BackwardParameters(dy);
    }

    /// <summary>One step of gradient descent on all parameters, in one launch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not positive and finite.</exception>
    public void Step(float learningRate)
    {
        Layer.RequireRate(learningRate);
        Device.SgdStep(Arena.Values, Arena.Gradients, learningRate);
    }

    /// <summary>Puts back parameters in the arena's layout, as a training snapshot holds them.</summary>
    /// <exception cref="ArgumentException">There are not Arena.Length values.</exception>
    public void LoadParameters(ReadOnlySpan<float> values)
    {
        if (values.Length != Arena.Length) throw new ArgumentException($"the arena holds {Arena.Length} values, got {values.Length}", nameof(values));
        Device.CopyToDevice(values, Arena.Values);
    }

    /// <summary>The network's outputs for any number of points (row-major, Inputs values each), evaluated in batches on the device.</summary>
    /// <exception cref="ArgumentException">The values are not whole points.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A batch below 1.</exception>
    public float[] Predict(ReadOnlySpan<float> points, int batch = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (points.Length % Inputs != 0)
            throw new ArgumentException($"{points.Length} values are not whole points of {Inputs} inputs", nameof(points));
        int count = points.Length / Inputs, columns = layers.Aggregate(Inputs, (width, layer) => layer.OutputsFor(width));
        var results = new float[count * columns];
        for (int start = 0; start < count; start += batch)
        {
            int n = Math.Min(batch, count - start);
            using Tensor x = Tensor.From(Device, points.Slice(start * Inputs, n * Inputs), n, Inputs);
            Forward(x).CopyTo(results.AsSpan(start * columns, n * columns));
        }
        return results;
    }

    bool EndsInSigmoid => layers[^1] is Sigmoid && layers.Length > 1;

    static void CheckSizes(Layer[] layers)
    {
        int? width = null;
        for (int l = 0; l < layers.Length; l++)
        {
            if (width is int got && layers[l].Inputs is int wanted && got != wanted)
                throw new ArgumentException($"layer {l}, {layers[l].Name}, takes {wanted} columns, the layers before it give {got}", nameof(layers));
            width = layers[l].Inputs is not null || width is not null ? layers[l].OutputsFor(width ?? layers[l].Inputs!.Value) : null;
        }
    }

    /// <summary>Frees the layers' tensors and the parameters.</summary>
    public void Dispose()
    {
        foreach (Layer layer in layers) layer.Dispose();
        loss.Dispose();
        values?.Dispose();
        gradient?.Dispose();
        Arena.Dispose();
    }

    /// <summary>The architecture and the parameter count.</summary>
    public override string ToString() =>
        $"Sequential(\n{string.Concat(layers.Select((l, i) => $"  ({i}): {l.Name}\n"))})  # {ParameterCount:N0} parameters";
}
