using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Grids;

/// <summary>The fallback for networks that no grid kernel takes: points in batches through <see cref="Sequential.Forward"/>.</summary>
sealed class GridBatches(Sequential network, GridNetwork plan, GridSpec grid, Tensor? sets)
{
    const int Batch = 8192;

    readonly ComputeDevice device = network.Device;

    internal void ToHost(int firstRow, int rows, GridValue value, Span<float> target)
    {
        int points = rows * grid.Width;
        for (int set = 0; set < Sets; set++)
        {
            using var own = Use(set);
            for (int at = 0; at < points; at += Batch)
            {
                int n = Math.Min(Batch, points - at);
                device.CopyGrid(Forward(firstRow, at, n, value), target.Slice(set * points + at, n));
            }
        }
    }

    internal void OnDevice(int firstRow, int rows, GridValue value, DeviceSpan target)
    {
        int points = rows * grid.Width;
        for (int at = 0; at < points; at += Batch)
        {
            int n = Math.Min(Batch, points - at);
            device.Copy(Forward(firstRow, at, n, value), target.Slice(at, n));
        }
    }

    int Sets => sets?.Rows ?? 1;

    DeviceSpan Forward(int firstRow, int at, int n, GridValue value)
    {
        var points = new float[2 * n];
        for (int k = 0; k < n; k++) (points[2 * k], points[2 * k + 1]) = (grid.X[(at + k) % grid.Width], grid.Y[firstRow + (at + k) / grid.Width]);
        using Tensor x = Tensor.From(device, points, n, 2);
        Tensor output = network.Forward(x), logit = plan.EndsInSigmoid ? network.Layers[^1].Input! : output;
        if (value == GridValue.Logit) return logit.Span;
        if (!plan.EndsInSigmoid) device.ActivationForward<Kernels.Activations.Sigmoid>(output.Span, output.Span, n);
        return output.Span;
    }

    // the network's own parameters come back when the set is done with
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
