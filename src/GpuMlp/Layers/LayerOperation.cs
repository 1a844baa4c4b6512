using GpuMlp.Autograd;
using GpuMlp.Devices.Memory;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>
/// A layer on the tape. It keeps what this call's forward was given, runs the layer's hand-written backward, and adds to the gradients.
/// </summary>
sealed class LayerOperation(Layer layer, Variable x) : Operation(x)
{
    readonly int version = Version(layer);

    static int Version(Layer layer) => layer.Own.Count > 0 ? layer.Own[0].Parameter.Version : 0;

    internal override void Backward(DeviceSpan dy)
    {
        if (Version(layer) != version) throw Variable.ChangedSince(layer.Name);
        DevicePool pool = dy.Device.Pool;
        var parameters = layer.Own;
        DeviceSpan[] gradients = parameters.Count == 0 ? [] : new DeviceSpan[parameters.Count];
        for (int k = 0; k < gradients.Length; k++) gradients[k] = pool.Take(parameters[k].Parameter.Length);
        DeviceSpan? dx = First.NeedsGradient ? pool.Take(First.Length) : null;
        layer.ComputeBackward(First.Span, dy, dx, First.Rows, First.Columns, gradients);
        for (int k = 0; k < gradients.Length; k++) parameters[k].Parameter.AddGradient(gradients[k]);
        if (dx is DeviceSpan gradient) First.Accumulate(gradient);
    }

    private protected override DeviceSpan Derivative(int input, DeviceSpan dy) => throw new NotSupportedException();
}
