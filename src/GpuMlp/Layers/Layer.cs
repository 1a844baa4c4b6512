using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Settings;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>
/// A module whose backward is written by hand: it has Forward, Backward and Step on tensors, and Forward alone on variables. One of your
/// own derives from <see cref="HostLayer"/>.
/// </summary>
/// <remarks>
/// On tensors a layer keeps what Backward needs of the last Forward, and owns the tensors that it returns: each is valid until its next
/// call. Once shapes repeat, it allocates nothing. Backward on tensors overwrites the gradients. On variables the same code runs, but adds
/// to the gradients.
/// </remarks>
public abstract class Layer : Module
{
    Tensor? input, output, inputGradient;
    int inputVersion;
    DeviceSpan[]? gradients;

    /// <summary>The number of columns that Forward takes, or null for any number.</summary>
    public virtual int? Inputs => null;

    /// <summary>The number of columns that Forward returns for inputs of that many columns.</summary>
    public virtual int OutputsFor(int inputs) => inputs;

    /// <summary>y (n,o) of x (n,i).</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the layer takes, or lies on another device.</exception>
    /// <exception cref="ObjectDisposedException">The layer or x was disposed.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using DeviceUse use = x.Device.Use();
        return ForwardWithin(x);
    }

    /// <summary><see cref="Forward(Tensor)"/> for callers that are already using the device.</summary>
    internal Tensor ForwardWithin(Tensor x)
    {
        Tensor y = Result(x);
        ComputeForward(x.Span, y.Span, x.Rows, x.Columns);
        return y;
    }

    /// <summary>The tensor for the result of a Forward of x, which the layer keeps for Backward.</summary>
    private protected Tensor Result(Tensor x)
    {
        Check(x.Device, x.Rows, x.Columns);
        _ = x.Span;                                                // throws if x was disposed
        output = EnsureTensor(output, x.Device, x.Rows, OutputsOf(x.Columns));
        (input, inputVersion) = (x, x.Version);
        return output;
    }

    /// <summary>y (n,o) of x (n,i).</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the layer takes, or lies on another device.</exception>
    /// <exception cref="ObjectDisposedException">The layer or x was disposed.</exception>
    public sealed override Variable Forward(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using DeviceUse use = x.Device.Use();
        Check(x.Device, x.Rows, x.Columns);
        int outputs = OutputsOf(x.Columns);
        DeviceSpan y = x.Device.Pool.Take(x.Rows, outputs, Name);
        ComputeForward(x.Span, y, x.Rows, x.Columns);
        bool needed = x.NeedsGradient || Own.Count > 0;
        return new Variable(y, x.Rows, outputs, needed ? new LayerOperation(this, x) : null) { Logit = this is Sigmoid ? x : null };
    }

    // asked of a layer that may be the user's
    int OutputsOf(int columns) => OutputsFor(columns) is >= 0 and int outputs ? outputs
        : throw new InvalidOperationException(
            $"{Name}.OutputsFor({columns}) is {OutputsFor(columns)}; it is a number of columns, 0 or more");

    void Check(ComputeDevice device, int rows, int columns)
    {
        RequireAlive();
        if ((Inputs is int inputs && columns != inputs) || (Own.Count > 0 && Own[0].Parameter.Device != device))
            throw WrongInput(device, rows, columns);
    }

    ArgumentException WrongInput(ComputeDevice device, int rows, int columns) => new(Inputs is int inputs && columns != inputs
        ? $"{Name} takes n × {inputs}, got {rows} × {columns}"
        : $"{Name} is on {Own[0].Parameter.Device.Description.Id}, x on {device.Description.Id}; make both on one device", "x");

    /// <summary>dx (n,i) from dy (n,o); overwrites the gradients of the layer's parameters.</summary>
    /// <exception cref="InvalidOperationException">There was no Forward yet, or its x was changed since.</exception>
    /// <exception cref="ArgumentException">dy has another shape than the last Forward's result, or lies on another device.</exception>
    /// <exception cref="ObjectDisposedException">The layer, dy or the last Forward's x was disposed.</exception>
    public Tensor Backward(Tensor dy)
    {
        ArgumentNullException.ThrowIfNull(dy);
        using DeviceUse use = dy.Device.Use();
        return BackwardWithin(dy);
    }

    /// <summary><see cref="Backward"/> for callers that are already using the device.</summary>
    internal Tensor BackwardWithin(Tensor dy)
    {
        Tensor x = Saved(dy), dx = InputGradient(x);
        ComputeBackward(x.Span, dy.Span, dx.Span, x.Rows, x.Columns, Gradients());
        return dx;
    }

    /// <summary>The tensor for dx.</summary>
    private protected Tensor InputGradient(Tensor x) => inputGradient = EnsureTensor(inputGradient, x.Device, x.Rows, x.Columns);

    /// <summary><see cref="Backward"/> for the first layer of a network, whose dx nobody needs.</summary>
    internal void BackwardParameters(Tensor dy)
    {
        Tensor x = Saved(dy);
        ComputeBackward(x.Span, dy.Span, null, x.Rows, x.Columns, Gradients());
    }

    /// <summary>One step of gradient descent on the layer's own parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not positive and finite.</exception>
    /// <exception cref="ObjectDisposedException">The layer was disposed.</exception>
    public void Step(float learningRate)
    {
        Ranges.LearningRate.Require(learningRate);
        RequireAlive();
        if (Own.Count == 0) return;
        using DeviceUse use = Own[0].Parameter.Device.Use();
        foreach ((_, Parameter parameter) in Own) parameter.Device.SgdStep(parameter.Value.Span, parameter.Gradient.Span, learningRate);
    }

    /// <summary>The x of the last Forward.</summary>
    internal Tensor? Input => input;

    /// <summary>The layer's parameters.</summary>
    internal List<(string Name, Parameter Parameter)> Own => OwnParameters;

    // x is rows × columns
    private protected abstract void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns);

    /// <summary>
    /// Computes the gradients of the layer's parameters, and dx unless it is null, from x (rows × columns) and dy.
    /// </summary>
    internal abstract void ComputeBackward(DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients);

    // looked up for every call, since a network may have moved the parameters into its buffer
    private protected DeviceSpan[] Gradients()
    {
        gradients ??= new DeviceSpan[Own.Count];
        for (int k = 0; k < gradients.Length; k++) gradients[k] = Own[k].Parameter.Gradient.Span;
        return gradients;
    }

    /// <summary>The old tensor if it fits, else a new one in its place.</summary>
    internal static Tensor EnsureTensor(Tensor? old, ComputeDevice device, int rows, int columns)
    {
        if (old is { Disposed: false } && old.Rows == rows && old.Columns == columns && old.Device == device) return old;
        var tensor = new Tensor(device, rows, columns);
        old?.Dispose();
        return tensor;
    }

    /// <summary>The x of the last Forward, to whose result dy belongs.</summary>
    private protected Tensor Saved(Tensor dy)
    {
        RequireAlive();
        if (input is null || output is null || dy.Rows != output.Rows || dy.Columns != output.Columns
            || input.Version != inputVersion || dy.Device != input.Device)
            throw WhyNotBackward(dy);
        return input;
    }

    Exception WhyNotBackward(Tensor dy)
    {
        if (input is null || output is null) return new InvalidOperationException($"{Name}: Backward before Forward");
        if (dy.Rows != output.Rows || dy.Columns != output.Columns)
            return new ArgumentException(
                $"{Name}: Backward takes {output.Shape}, the shape of the last Forward's result, got {dy.Shape}", nameof(dy));
        return input.Version != inputVersion
            ? new InvalidOperationException($"{Name}: the last Forward's x was changed since; run Forward again before Backward")
            : new ArgumentException(
                $"{Name}: the last Forward was on {input.Device.Description.Id}, dy is on {dy.Device.Description.Id}", nameof(dy));
    }

    /// <summary>Frees the layer's tensors. Parameters that lie in an arena are freed with it.</summary>
    public override void Dispose()
    {
        output?.Dispose();
        inputGradient?.Dispose();
        (input, output, inputGradient) = (null, null, null);
        base.Dispose();
    }
}
