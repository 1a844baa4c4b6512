using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Tensors;

namespace GpuMlp.Autograd;

/// <summary>A matrix on a device that remembers what it was computed from, so that <see cref="Backward"/> finds its gradients.</summary>
/// <remarks>
/// Nobody has to dispose variables: memory goes back to the device's pool once nothing refers to it, or at <see cref="Dispose"/>.
/// Operands of + - * / have equal shapes, or one of them has one row, one column or one value, which repeats.
/// No operation waits for the device; <see cref="ToArray"/> and <see cref="Item"/> do. Any thread may use a device's variables, but only
/// one at a time.
/// </remarks>
public sealed partial class Variable : IDisposable
{
    readonly DeviceSpan span;
    readonly Operation? madeBy;
    readonly Parameter? parameter;
    readonly bool wantsGradient, sharesMemory;
    DeviceSpan gradient;
    bool disposed, reached;

    internal Variable(DeviceSpan span, int rows, int columns, Operation? madeBy = null) =>
        (this.span, Rows, Columns, this.madeBy) = (span, rows, columns, madeBy);

    Variable(Parameter parameter)
    {
        this.parameter = parameter;
        (span, Rows, Columns) = (parameter.Value.Span, parameter.Value.Rows, parameter.Value.Columns);
    }

    Variable(DeviceSpan span, int rows, int columns, LabelFacts facts, bool wantsGradient)
        : this(span, rows, columns) => (Facts, this.wantsGradient) = (facts, wantsGradient);

    // a variable that shares another's memory, which may be disposed first
    Variable(DeviceSpan span, int rows, int columns, Operation? madeBy, LabelFacts? facts)
        : this(span, rows, columns, madeBy) => (Facts, sharesMemory) = (facts, true);

    internal static Variable View(Variable x, int start, int rows, int columns, Operation? madeBy) =>
        new(x.Span.Slice(start, rows * columns), rows, columns, madeBy, x.Facts);

    /// <summary>A variable with the values of a matrix.</summary>
    /// <param name="device">The device that holds it.</param>
    /// <param name="values">The values, rows × columns.</param>
    /// <param name="wantsGradient">Whether backward passes add to its <see cref="Gradient"/>.</param>
    public static Variable From(ComputeDevice device, float[,] values, bool wantsGradient = false)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(device, Tensor.Flat(values), values.GetLength(0), values.GetLength(1), wantsGradient);
    }

    /// <summary>A variable of n × 1 with the values of an array.</summary>
    /// <inheritdoc cref="From(ComputeDevice, float[,], bool)"/>
    public static Variable From(ComputeDevice device, float[] values, bool wantsGradient = false)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(device, values, values.Length, 1, wantsGradient);
    }

    static Variable From(ComputeDevice device, ReadOnlySpan<float> values, int rows, int columns, bool wantsGradient)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (values.Length == 0) throw new ArgumentException($"a variable has at least one value, got {rows} × {columns}", nameof(values));
        using DeviceUse use = device.Use();
        DeviceSpan span = device.Pool.Take(values.Length);
        device.CopyToDevice(values, span);
        return new Variable(span, rows, columns, new LabelFacts(values), wantsGradient);
    }

    /// <summary>A parameter as an operand; backward passes add to <see cref="Parameter.Gradient"/>.</summary>
    public static implicit operator Variable(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (parameter.Operand is Variable known) return known;
        var operand = new Variable(parameter);
        parameter.Operand = operand;
        return operand;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Rows · Columns.</summary>
    public int Length => Rows * Columns;

    /// <summary>"rows × columns".</summary>
    public string Shape => $"{Rows} × {Columns}";

    /// <summary>The device that holds the values.</summary>
    public ComputeDevice Device => span.Device;

    /// <summary>
    /// The sum of the gradients from backward passes, for parameters and variables made with wantsGradient; null if there is none.
    /// </summary>
    public Variable? Gradient => parameter is not null ? new Variable(parameter.Gradient.Span, Rows, Columns, null, null)
        : !wantsGradient || gradient.Buffer is null ? null : new Variable(gradient, Rows, Columns, null, null);

    /// <summary>Where the values lie.</summary>
    /// <exception cref="ObjectDisposedException">The variable, the one it is part of, or its device was disposed.</exception>
    internal DeviceSpan Span
    {
        get
        {
            if (parameter is not null) return parameter.Value.Span;              // a network may have moved it into its arena
            return !disposed && !span.Buffer.Disposed ? span : throw Gone();
        }
    }

    // in a method of its own, so that Span is small enough to be inlined
    ObjectDisposedException Gone() => span.Buffer.Gone($"this variable ({Shape}), or the one it is a part of,");

    /// <summary>
    /// The input of the sigmoid that made this variable; losses computed from it stay accurate where the sigmoid saturates.
    /// </summary>
    internal Variable? Logit { get; init; }

    /// <summary>What is known of the values on the host; null for a computed variable.</summary>
    internal LabelFacts? Facts { get; }

    internal bool NeedsGradient => madeBy is not null || parameter is not null || wantsGradient;

    /// <summary>For a parameter, a number that changes whenever its values do.</summary>
    internal int Version => parameter?.Version ?? 0;

    internal int Rank => madeBy?.Rank ?? 0;

    /// <summary>Copies the values to the host, row-major; waits for the device.</summary>
    public float[] ToArray()
    {
        using DeviceUse use = Device.Use();
        var values = new float[Length];
        Device.CopyToHost(Span, values);
        return values;
    }

    /// <summary>The value of a 1 × 1 variable; waits for the device.</summary>
    /// <exception cref="InvalidOperationException">It has another shape.</exception>
    public float Item()
    {
        if (Length != 1) throw new InvalidOperationException($"Item() reads a 1 × 1 variable; this one is {Shape}: use ToArray()");
        using DeviceUse use = Device.Use();
        Span<float> value = stackalloc float[1];
        Device.CopyToHost(Span, value);
        return value[0];
    }

    /// <summary>The same values as a constant: backward passes stop here.</summary>
    public Variable Detach() => View(this, 0, Rows, Columns, null);

    /// <summary>Gives the memory back at once, without waiting for the garbage collector.</summary>
    public void Dispose()
    {
        if (disposed || parameter is not null) return;
        disposed = true;
        if (!sharesMemory) Device.Pool.Release(span);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Variable {Shape} on {Device.Description.Id}";
}
