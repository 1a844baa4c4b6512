using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>A layer of your own: plain C# on spans of the host's memory, in a network on any device.</summary>
/// <remarks>
/// <para>
/// A network with it trains layer by layer, by hand, by a <see cref="Module.Forward"/> on variables, or by a trainer. What it takes and
/// returns is copied between device and host at each call, so on a GPU it is slow. A module that composes the operations of
/// <see cref="Autograd.Variable"/> stays on the device and needs no backward; take this for what they cannot say.
/// </para>
/// <para>
/// A layer with parameters makes them in its constructor, as in <c>scale = Register("scale", new Parameter(device, 1, inputs))</c>, and
/// says in <see cref="Layer.Inputs"/> and <see cref="Layer.OutputsFor"/> how many columns it takes and returns. No model file can hold the
/// network, since a file cannot hold code; <see cref="Module.StateDict"/> and a trainer's state can hold its parameters.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// sealed class Square : HostLayer
/// {
///     protected override void Forward(ReadOnlySpan&lt;float&gt; x, Span&lt;float&gt; y, int rows)
///     {
///         for (int i = 0; i &lt; x.Length; i++) y[i] = x[i] * x[i];
///     }
///
///     protected override void Backward(ReadOnlySpan&lt;float&gt; x, ReadOnlySpan&lt;float&gt; dy, Span&lt;float&gt; dx, int rows)
///     {
///         for (int i = 0; i &lt; x.Length; i++) dx[i] = 2 * x[i] * dy[i];
///     }
/// }
/// </code>
/// </example>
public abstract class HostLayer : Layer
{
    float[][]? values, gradients;                                  // of the parameters, while Forward or Backward runs

    /// <summary>Computes y from x, both row after row.</summary>
    /// <param name="x">What the layer takes, rows × <see cref="Layer.Inputs"/>.</param>
    /// <param name="y">What it returns, rows × <see cref="Layer.OutputsFor"/>; it is 0 at first.</param>
    /// <param name="rows">The number of rows.</param>
    protected abstract void Forward(ReadOnlySpan<float> x, Span<float> y, int rows);

    /// <summary>Computes the derivatives of the loss with respect to x and to the parameters from those with respect to y.</summary>
    /// <param name="x">What Forward took.</param>
    /// <param name="dy">The derivative of the loss with respect to what Forward returned.</param>
    /// <param name="dx">The derivative with respect to x; it is 0 at first.</param>
    /// <param name="rows">The number of rows.</param>
    protected abstract void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int rows);

    /// <summary>The values of a parameter of this layer, row after row, for Forward and Backward.</summary>
    /// <exception cref="ArgumentException">The layer has not registered the parameter.</exception>
    /// <exception cref="InvalidOperationException">It is called outside of Forward and Backward.</exception>
    protected ReadOnlySpan<float> Values(Parameter parameter) => Of(values, parameter, "Values", "Forward and Backward");

    /// <summary>The derivative with respect to a parameter of this layer, for Backward to write; it is 0 at first.</summary>
    /// <exception cref="ArgumentException">The layer has not registered the parameter.</exception>
    /// <exception cref="InvalidOperationException">It is called outside of Backward.</exception>
    protected Span<float> Gradient(Parameter parameter) => Of(gradients, parameter, "Gradient", "Backward");

    float[] Of(float[][]? arrays, Parameter parameter, string what, string where)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        int index = Own.FindIndex(own => own.Parameter == parameter);
        if (index < 0) throw new ArgumentException($"{Name} has not registered this parameter; see Register", nameof(parameter));
        return arrays is not null ? arrays[index] : throw new InvalidOperationException($"{Name}: {what} is there inside {where} only");
    }

    private protected sealed override void ComputeForward(DeviceSpan x, DeviceSpan y, int rows, int columns)
    {
        var result = new float[y.Length];
        try
        {
            values = ReadValues();
            Forward(Read(x), result, rows);
        }
        finally
        {
            values = null;
        }
        y.Device.CopyToDevice(result, y);
    }

    internal sealed override void ComputeBackward(
        DeviceSpan x, DeviceSpan dy, DeviceSpan? dx, int rows, int columns, DeviceSpan[] gradients)
    {
        var result = new float[x.Length];
        float[][] written = [.. Own.Select(own => new float[own.Parameter.Length])];
        try
        {
            (values, this.gradients) = (ReadValues(), written);
            Backward(Read(x), Read(dy), result, rows);
        }
        finally
        {
            (values, this.gradients) = (null, null);
        }
        if (dx is DeviceSpan target) x.Device.CopyToDevice(result, target);
        for (int k = 0; k < written.Length; k++) x.Device.CopyToDevice(written[k], gradients[k]);
    }

    float[][] ReadValues() => [.. Own.Select(own => Read(own.Parameter.Value.Span))];

    static float[] Read(DeviceSpan span)
    {
        var read = new float[span.Length];
        span.Device.CopyToHost(span, read);
        return read;
    }
}
