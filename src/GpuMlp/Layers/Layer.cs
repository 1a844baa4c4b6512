using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>A part of a network whose backward is written by hand: Forward, Backward, Step.</summary>
/// <remarks>
/// A layer keeps what Backward needs of the last Forward, and owns the tensors it returns: they hold until its next call. Once shapes
/// repeat, nothing is allocated.
/// </remarks>
public abstract class Layer : IDisposable
{
    Tensor? input, output, inputGradient;

    /// <summary>The layer with its sizes, as messages name it: "Linear(2, 50)".</summary>
    public abstract string Name { get; }

    /// <summary>What is trained here: (weights, bias), or nothing.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>The number of columns that Forward takes, or null where any number goes.</summary>
    public virtual int? Inputs => null;

    /// <summary>The number of columns that Forward returns for inputs of that many columns.</summary>
    public virtual int OutputsFor(int inputs) => inputs;

    /// <summary>y (n,o) of x (n,i).</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the layer takes.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (Inputs is int inputs && x.Columns != inputs)
            throw new ArgumentException($"{Name} takes n × {inputs}, got {x.Shape}", nameof(x));
        input = x;
        output = Room(output, x.Device, x.Rows, OutputsFor(x.Columns));
        ComputeForward(x, output);
        return output;
    }

    /// <summary>dx (n,i) of dy (n,o); overwrites the gradients of the layer's parameters.</summary>
    /// <exception cref="InvalidOperationException">There was no Forward yet.</exception>
    /// <exception cref="ArgumentException">dy has another shape than the last Forward's result.</exception>
    public Tensor Backward(Tensor dy)
    {
        Tensor x = Saved(dy);
        inputGradient = Room(inputGradient, x.Device, x.Rows, x.Columns);
        ComputeBackward(x, dy, inputGradient);
        return inputGradient;
    }

    /// <summary>Backward for the first layer of a network: nobody asks for its dx.</summary>
    internal void BackwardParameters(Tensor dy) => ComputeBackward(Saved(dy), dy, null);

    /// <summary>One step of gradient descent on the layer's own parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not positive and finite.</exception>
    public void Step(float learningRate)
    {
        RequireRate(learningRate);
        foreach (Parameter parameter in Parameters)
            parameter.Value.Device.SgdStep(parameter.Value.Span, parameter.Gradient.Span, learningRate);
    }

    /// <summary>The x of the last Forward.</summary>
    internal Tensor? Input => input;

    private protected abstract void ComputeForward(Tensor x, Tensor y);

    // dx is null where nobody asks for it
    private protected abstract void ComputeBackward(Tensor x, Tensor dy, Tensor? dx);

    internal static void RequireRate(float learningRate)
    {
        if (!(learningRate > 0f && float.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "a learning rate is positive and finite");
    }

    internal static Tensor Room(Tensor? old, ComputeDevice device, int rows, int columns)
    {
        if (old is not null && old.Rows == rows && old.Columns == columns && old.Device == device) return old;
        old?.Dispose();
        return new Tensor(device, rows, columns);
    }

    Tensor Saved(Tensor dy)
    {
        ArgumentNullException.ThrowIfNull(dy);
        if (input is null || output is null) throw new InvalidOperationException($"{Name}: Backward before Forward");
        if (dy.Rows != output.Rows || dy.Columns != output.Columns)
            throw new ArgumentException($"{Name}: Backward takes {output.Shape}, the shape of the last Forward's result, got {dy.Shape}", nameof(dy));
        return input;
    }

    /// <summary>Frees the layer's tensors; parameters that an arena holds are its own.</summary>
    public virtual void Dispose()
    {
        output?.Dispose();
        inputGradient?.Dispose();
        (input, output, inputGradient) = (null, null, null);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
