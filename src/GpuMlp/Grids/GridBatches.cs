using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Grids;

/// <summary>Evaluates networks for which there is no grid kernel: points in batches through <see cref="Sequential.Predict"/>.</summary>
sealed class GridBatches(Sequential network, GridNetwork plan, GridSpec grid, Tensor? sets)
{
    const int Batch = PointLogits.Batch;

    readonly ComputeDevice device = network.Device;
    readonly PointLogits forward = new(network, plan.EndsInSigmoid);
    readonly float[] points = new float[2 * Batch];

    internal void ToHost(GridPart part, GridValue value, Span<float> target)
    {
        int count = part.Rows * part.Columns;
        for (int set = 0; set < part.Sets; set++)
        {
            using var own = Use(part.FirstSet + set);
            for (int at = 0; at < count; at += Batch)
            {
                int n = Math.Min(Batch, count - at);
                device.CopyToHost(Forward(part, at, n, value), target.Slice(set * count + at, n));
            }
        }
    }

    /// <summary>The values of one set, into device memory.</summary>
    internal void OnDevice(GridPart part, GridValue value, DeviceSpan target)
    {
        int count = part.Rows * part.Columns;
        for (int at = 0; at < count; at += Batch)
        {
            int n = Math.Min(Batch, count - at);
            device.Copy(Forward(part, at, n, value), target.Slice(at, n));
        }
    }

    DeviceSpan Forward(GridPart part, int at, int n, GridValue value)
    {
        Span<float> xy = points.AsSpan(0, 2 * n);
        for (int k = 0; k < n; k++)
        {
            xy[2 * k] = grid.X[part.FirstColumn + (at + k) % part.Columns];
            xy[2 * k + 1] = grid.Y[part.FirstRow + (at + k) / part.Columns];
        }
        (DeviceSpan logits, DeviceSpan outputs) = forward.Forward(xy);
        if (value == GridValue.Logit) return logits;
        if (!plan.EndsInSigmoid) device.ActivationForward<Kernels.Activations.Sigmoid>(outputs, outputs, n);
        return outputs;
    }

    // uses a parameter set; disposing the result restores the network's own parameters
    Restore Use(int set)
    {
        var restore = new Restore(network, sets is not null);
        if (sets is not null) device.Copy(sets.Span.Slice(set * network.Arena.Length, network.Arena.Length), network.Arena.Values);
        return restore;
    }

    readonly struct Restore : IDisposable
    {
        readonly Sequential network;
        readonly Tensor? own;

        internal Restore(Sequential network, bool keep)
        {
            this.network = network;
            if (!keep) return;
            own = new Tensor(network.Device, 1, network.Arena.Length);
            network.Device.Copy(network.Arena.Values, own.Span);
        }

        public void Dispose()
        {
            if (own is null) return;
            network.Device.Copy(own.Span, network.Arena.Values);
            own.Dispose();
        }
    }
}
