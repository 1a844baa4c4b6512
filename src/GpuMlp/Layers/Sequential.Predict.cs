using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

// predictions for any number of points
public sealed partial class Sequential
{
    /// <summary>The network's outputs for any number of points, computed in batches on the device.</summary>
    /// <param name="points">The points, (count, Inputs) row-major.</param>
    /// <param name="batch">The most points per batch; fewer if memory is short or the driver ends launches early.</param>
    /// <returns>The outputs, (count, Outputs) row-major.</returns>
    /// <exception cref="ArgumentException">The number of values is no multiple of Inputs.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is below 1.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device does not have the memory for one point.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float[] Predict(ReadOnlySpan<float> points, int batch = 4096) => PredictRows(points, batch, beforeSigmoid: false);

    /// <summary>
    /// What the network returns for any number of points before the sigmoid that it ends in, if it does: a loss of these logits stays exact
    /// where the sigmoid rounds to 0 or 1.
    /// </summary>
    /// <param name="points">The points, (count, Inputs) row-major.</param>
    /// <param name="batch">The most points per batch; fewer if memory is short or the driver ends launches early.</param>
    /// <returns>The logits, (count, Outputs) row-major.</returns>
    /// <exception cref="ArgumentException">The number of values is no multiple of Inputs.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batch"/> is below 1.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device does not have the memory for one point.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float[] PredictLogits(ReadOnlySpan<float> points, int batch = 4096) => PredictRows(points, batch, beforeSigmoid: true);

    /// <summary>What the units of each hidden layer return for any number of points, after their activation.</summary>
    /// <param name="points">The points, (count, Inputs) row-major.</param>
    /// <returns>Of each hidden layer the values, (count, units) row-major.</returns>
    /// <exception cref="ArgumentException">
    /// The number of values is no multiple of Inputs, or no spec describes the network: it has to be linear layers with one activation
    /// between them.
    /// </exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public float[][] PredictHidden(ReadOnlySpan<float> points)
    {
        if (Spec is null) throw new ArgumentException($"no spec describes the network: {WhyNoSpec}");
        if (points.Length % Inputs != 0)
            throw new ArgumentException($"{points.Length} values are not whole points of {Inputs} inputs", nameof(points));
        using DeviceUse use = Device.Use();
        RequireAlive();
        int count = points.Length / Inputs;
        Linear[] after = [.. ByHand.OfType<Linear>().Skip(1)];
        float[][] hidden = [.. after.Select(layer => new float[DeviceBuffer.LengthOf(count, layer.Inputs!.Value, "the hidden units")])];
        for (int start = 0; start < count; start += HiddenBatch)
        {
            int n = Math.Min(HiddenBatch, count - start);
            using Tensor x = Tensor.From(Device, points.Slice(start * Inputs, n * Inputs), n, Inputs);
            ForwardWithin(x);
            for (int l = 0; l < after.Length; l++)                 // a layer's input is what the hidden layer before it returned
                after[l].Input!.CopyTo(hidden[l].AsSpan(start * after[l].Inputs!.Value, n * after[l].Inputs!.Value));
        }
        return hidden;
    }

    const int HiddenBatch = 4096;

    float[] PredictRows(ReadOnlySpan<float> points, int batch, bool beforeSigmoid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (points.Length % Inputs != 0)
            throw new ArgumentException($"{points.Length} values are not whole points of {Inputs} inputs", nameof(points));
        using DeviceUse use = Device.Use();
        RequireAlive();
        int count = points.Length / Inputs, columns = Outputs;
        var results = new float[DeviceBuffer.LengthOf(count, columns, "the predictions")];
        for (int start = 0, n; start < count; start += n)
        {
            n = Math.Min(batch, count - start);
            try
            {
                using Tensor x = Tensor.From(Device, points.Slice(start * Inputs, n * Inputs), n, Inputs);
                Tensor y = ForwardWithin(x);
                (beforeSigmoid && endsInSigmoid ? logit! : y).CopyTo(results.AsSpan(start * columns, n * columns));
            }
            catch (Exception e) when (n > 1 && e is DeviceOutOfMemoryException or DeviceException { IsStopped: true })
            {
                (batch, n) = (n / 2, 0);                               // the bits of a row do not depend on its batch
            }
        }
        return results;
    }
}
