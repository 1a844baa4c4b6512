using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Many networks evaluated in one launch.</summary>
static class PopulationOps
{
    /// <summary>
    /// y (count, outputs, points) = the outputs of networks first, first + 1, …; see
    /// <see cref="PopulationForward{TActivation, TOutput, TView}"/>.
    /// </summary>
    internal static void EvaluateNetworks<TActivation, TOutput>(
        this ComputeDevice device, DeviceSpan x, DeviceSpan parameters, DeviceSpan networks, DeviceSpan y,
        DeviceSpan scratch, NetworkShape shape, int first, int count, int points, int arenaLength, long work)
        where TActivation : struct, IActivation where TOutput : struct, IActivation
    {
        if (device.Host is HostRunner host)
        {
            var op = new PopulationForward<TActivation, TOutput, HostView>(
                x, parameters, networks, y, scratch, shape, first, count, points, arenaLength);
            host.RunGroups(op, work);
        }
        else
        {
            var op = new PopulationForward<TActivation, TOutput, ArrayView<float>>(
                x, parameters, networks, y, scratch, shape, first, count, points, arenaLength);
            device.LaunchGroups(op);
        }
    }
}
