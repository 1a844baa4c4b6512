using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Many networks evaluated in one launch.</summary>
static class PopulationOps
{
    /// <summary>y (count, points) = the probabilities of networks first, first + 1, …; see <see cref="PopulationForward{TActivation, TView}"/>.</summary>
    internal static void EvaluateNetworks<TActivation>(this ComputeDevice device, DeviceSpan x, DeviceSpan parameters, DeviceSpan networks, DeviceSpan y,
        DeviceSpan scratch, NetworkShape shape, int first, int count, int points, int arenaLength, long work) where TActivation : struct, IActivation
    {
        if (device.Host is HostRunner host)
            host.RunGroups(new PopulationForward<TActivation, HostView>(x, parameters, networks, y, scratch, shape, first, count, points, arenaLength), work);
        else
            device.LaunchGroups(new PopulationForward<TActivation, ArrayView<float>>(x, parameters, networks, y, scratch, shape, first, count, points, arenaLength));
    }
}
