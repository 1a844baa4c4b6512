using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Grids;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>Networks of one shape to evaluate, and where their points, parameters and results lie.</summary>
/// <param name="Shape">The networks' shape.</param>
/// <param name="X">The data sets, one after the other.</param>
/// <param name="Points">Rows of each network's data set.</param>
/// <param name="Parameters">The networks' arenas.</param>
/// <param name="ArenaLength">Floats of an arena.</param>
/// <param name="Networks">A <see cref="NetworkRow"/> per network.</param>
/// <param name="Y">The results, (networks, outputs, points).</param>
/// <param name="Scratch">Working memory of <see cref="PopulationOps.ScratchOfNetwork"/> floats per network of a launch.</param>
readonly record struct PopulationJob(
    NetworkShape Shape, DeviceSpan X, int Points, DeviceSpan Parameters, int ArenaLength, DeviceSpan Networks, DeviceSpan Y,
    DeviceSpan Scratch)
{
    internal PopulationRows<TView> Rows<TView>(Func<DeviceSpan, TView> view, int first, int count) where TView : struct =>
        new(view(X), view(Parameters), view(Networks), view(Y), first, count, Points, ArenaLength);

    // float operations of a network at its points
    internal long Work
    {
        get
        {
            long macs = 0;
            for (int l = 0; l < Shape.Depth; l++) macs += (long)(Shape.Width(l) + 1) * Shape.Width(l + 1);
            return 2 * macs * Points;
        }
    }
}

/// <summary>Many networks evaluated in one launch.</summary>
static class PopulationOps
{
    enum Form { Lanes, TwoLayer, Tiles }

    static Form FormOf(ComputeDevice device, NetworkShape shape)
    {
        bool isSmall = shape.Depth == 2 && shape.Width(0) == 2 && shape.Width(1) > 1 && shape.Width(2) == 1;
        return isSmall && device.TakesShared<SharedPopulationTwoLayer<Relu, Identity, ArrayView<float>>>() ? Form.TwoLayer
            : PointTile.Takes(shape) && device.TakesShared<SharedPopulationTiles<Relu, Identity, ArrayView<float>>>() ? Form.Tiles
            : Form.Lanes;
    }

    /// <summary>Floats of working memory that a network of a launch needs.</summary>
    internal static long ScratchOfNetwork(this ComputeDevice device, NetworkShape shape) =>
        FormOf(device, shape) == Form.Lanes ? PopulationForward<Relu, Identity, HostView>.ScratchLength(shape) : 0;

    /// <summary>
    /// y (count, outputs, points) = the outputs of networks first, first + 1, …; see
    /// <see cref="PopulationForward{TActivation, TOutput, TView}"/>.
    /// </summary>
    internal static void EvaluateNetworks<TActivation, TOutput>(this ComputeDevice device, in PopulationJob job, int first, int count)
        where TActivation : struct, IActivation where TOutput : struct, IActivation
    {
        if (device.Host is HostRunner host)
        {
            PopulationRows<HostView> onHost = job.Rows<HostView>(span => span, first, count);
            host.RunGroups(new PopulationForward<TActivation, TOutput, HostView>(onHost, job.Scratch, job.Shape), job.Work * count);
            return;
        }
        PopulationRows<ArrayView<float>> rows = job.Rows<ArrayView<float>>(span => span, first, count);
        switch (FormOf(device, job.Shape))
        {
            case Form.TwoLayer:
                device.LaunchShared(new SharedPopulationTwoLayer<TActivation, TOutput, ArrayView<float>>(
                    rows, job.Shape.Width(1), job.Shape.ArenaLength(0)));
                break;
            case Form.Tiles:
                device.LaunchShared(new SharedPopulationTiles<TActivation, TOutput, ArrayView<float>>(rows, job.Shape));
                break;
            case Form.Lanes:
                device.LaunchGroups(new PopulationForward<TActivation, TOutput, ArrayView<float>>(rows, job.Scratch, job.Shape));
                break;
            default: throw new InvalidOperationException($"no launch for {FormOf(device, job.Shape)}");
        }
    }
}
