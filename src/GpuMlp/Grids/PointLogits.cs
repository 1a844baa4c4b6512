using GpuMlp.Devices.Memory;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Grids;

/// <summary>Computes a network's logits at any points, through <see cref="Sequential.Forward(Tensor)"/>.</summary>
sealed class PointLogits(Sequential network, bool endsInSigmoid)
{
    /// <summary>Points per batch.</summary>
    internal const int Batch = 8192;

    /// <summary>
    /// The network's logits and outputs (equal if it has no sigmoid) at points x0 y0 x1 y1 …; both are valid until the next call.
    /// </summary>
    internal (DeviceSpan Logits, DeviceSpan Outputs) Forward(ReadOnlySpan<float> points)
    {
        using Tensor x = Tensor.From(network.Device, points, points.Length / 2, 2);
        Tensor output = network.Forward(x);
        return ((endsInSigmoid ? network.Layers[^1].Input! : output).Span, output.Span);
    }

    /// <summary>The logits of any number of points.</summary>
    internal float[] Logits(ReadOnlySpan<float> points)
    {
        var logits = new float[points.Length / 2];
        for (int at = 0; at < logits.Length; at += Batch)
        {
            int n = Math.Min(Batch, logits.Length - at);
            network.Device.CopyToHost(Forward(points.Slice(2 * at, 2 * n)).Logits, logits.AsSpan(at, n));
        }
        return logits;
    }
}
