using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Data;
using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Random rows on a device.</summary>
static class PickOps
{
    /// <summary>picks = rows from 0 to examples - 1, as integers, from draws firstDraw, firstDraw + 1, … of a seed's stream.</summary>
    internal static void PickRows(this ComputeDevice device, DeviceSpan picks, int examples, ulong seed, uint stream, ulong firstDraw)
    {
        (uint key0, uint key1) = ((uint)seed, (uint)(seed >> 32));
        (uint low, uint high) = ((uint)firstDraw, (uint)(firstDraw >> 32));
        if (device.Host is HostRunner host)
            host.Run(new PickRows<HostView>(picks, picks.Length, examples, key0, key1, stream, low, high), 50L * picks.Length);
        else device.Launch(new PickRows<ArrayView<float>>(picks, picks.Length, examples, key0, key1, stream, low, high));
    }
}
