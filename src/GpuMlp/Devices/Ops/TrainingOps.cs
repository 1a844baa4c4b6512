using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>The memory that a training launch works on; see <see cref="TrainingViews{TView}"/>.</summary>
readonly record struct TrainingSpans
{
    internal required DeviceSpan X { get; init; }

    internal required DeviceSpan Y { get; init; }

    internal required DeviceSpan Picks { get; init; }

    internal required DeviceSpan Parameters { get; init; }

    internal required DeviceSpan Networks { get; init; }

    internal required DeviceSpan Losses { get; init; }

    internal required DeviceSpan Snapshots { get; init; }

    internal required DeviceSpan Scratch { get; init; }

    internal required DeviceSpan States { get; init; }

    internal required DeviceSpan Schedule { get; init; }

    internal TrainingViews<HostView> Host => new(X, Y, Picks, Parameters, Networks, Losses, Snapshots, Scratch, States, Schedule);

    internal TrainingViews<ArrayView<float>> Device => new(X, Y, Picks, Parameters, Networks, Losses, Snapshots, Scratch, States, Schedule);
}

/// <summary>Many training steps in one launch.</summary>
static class TrainingOps
{
    // The networks of a group have to fit a core's nearest cache. With more than eight of them the vector of gradients gets no faster.
    const int CacheFloats = 8192, MostPerGroup = 8;

    /// <summary>
    /// The number of networks from which on groups of several networks are used, so that each core has a group first. 1 where a group has
    /// many threads, as on a GPU: there it is always one network.
    /// </summary>
    internal static int SideBySideThreshold(this ComputeDevice device) => device.HasManyLanes ? 1 : 2 * device.Cores;

    static int NetworksPerGroup(ComputeDevice device, TrainingPlan plan) => device.HasManyLanes || plan.HasPicks != 0 ? 1
        : Math.Clamp(Math.Min(CacheFloats / plan.ScratchLength, plan.Networks / device.Cores), 1, MostPerGroup);

    /// <summary>Steps of plain descent on one example each: the fast form, for networks of one output.</summary>
    internal static void TrainOnExamples<TActivation, TLoss>(
        this ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int n, long work, int? lanes)
        where TActivation : struct, IActivation where TLoss : struct, ILoss
    {
        if (lanes is null && SharedTwoLayerTraining<TActivation, TLoss, ArrayView<float>>.Takes(shape)
            && device.TakesShared<SharedTwoLayerTraining<TActivation, TLoss, ArrayView<float>>>())
        {
            device.TrainTwoLayersShared<TActivation, TLoss>(spans, plan, shape);
            return;
        }
        if (lanes is null && (device.TryTrainShared<TActivation, TLoss, SharedSize32>(spans, plan, shape)
            || device.TryTrainShared<TActivation, TLoss, SharedSize48>(spans, plan, shape))) return;
        int together = lanes is null ? NetworksPerGroup(device, plan) : 1;
        if (together > 1 && device.Host is HostRunner wide)
            wide.RunGroups(new SideBySideTraining<TActivation, TLoss, HostView>(spans.Host, plan, shape, together), work);
        else if (together > 1)
            device.LaunchGroups(new SideBySideTraining<TActivation, TLoss, ArrayView<float>>(spans.Device, plan, shape, together));
        else if (device.Host is HostRunner host)
            host.RunGroups(new SingleExampleTraining<TActivation, TLoss, HostView>(spans.Host, plan, shape), work);
        else
            device.LaunchGroups(new SingleExampleTraining<TActivation, TLoss, ArrayView<float>>(spans.Device, plan, shape), lanes);
    }

    /// <summary>
    /// Why such steps work in the memory of the whole device although groups have some that is nearer; null if they do not, or groups have
    /// none.
    /// </summary>
    internal static string? WhyNotShared(this ComputeDevice device, NetworkShape shape)
    {
        bool fits = (SharedTwoLayerTraining<Relu, Bce, ArrayView<float>>.Takes(shape)
                && device.TakesShared<SharedTwoLayerTraining<Relu, Bce, ArrayView<float>>>())
            || TakesShared<Relu, Bce, SharedSize32>(device, shape) || TakesShared<Relu, Bce, SharedSize48>(device, shape);
        return fits || !device.HasNearMemory ? null
            : "the network does not fit the shared memory of a group, so it is trained in the device's memory";
    }

    static bool TakesShared<TActivation, TLoss, TSize>(ComputeDevice device, NetworkShape shape)
        where TActivation : struct, IActivation where TLoss : struct, ILoss where TSize : struct, ISharedSize =>
        SharedTraining<TActivation, TLoss, TSize, ArrayView<float>>.Takes(shape)
        && device.TakesShared<SharedTraining<TActivation, TLoss, TSize, ArrayView<float>>>();

    static bool TryTrainShared<TActivation, TLoss, TSize>(
        this ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape)
        where TActivation : struct, IActivation where TLoss : struct, ILoss where TSize : struct, ISharedSize
    {
        if (!TakesShared<TActivation, TLoss, TSize>(device, shape)) return false;
        device.LaunchShared(new SharedTraining<TActivation, TLoss, TSize, ArrayView<float>>(spans.Device, plan, shape));
        return true;
    }

    /// <summary>Such steps of 2-h-1 networks in the form for GPUs, on any device that runs groups of threads.</summary>
    internal static void TrainTwoLayersShared<TActivation, TLoss>(
        this ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape)
        where TActivation : struct, IActivation where TLoss : struct, ILoss => device.LaunchShared(
            new SharedTwoLayerTraining<TActivation, TLoss, ArrayView<float>>(spans.Device, plan, shape.Width(1), shape.ArenaLength(0)));

    /// <summary>Steps on n examples each, with one group per network.</summary>
    internal static void TrainOnBatches<TActivation, TLoss, TOptimizer>(
        this ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, int n, long work, int? lanes)
        where TActivation : struct, IActivation where TLoss : struct, IBatchLoss where TOptimizer : struct, IOptimizer
    {
        if (device.Host is HostRunner host)
            host.RunGroups(new BatchTraining<TActivation, TLoss, TOptimizer, HostView>(spans.Host, plan, shape, n), work);
        else device.LaunchGroups(new BatchTraining<TActivation, TLoss, TOptimizer, ArrayView<float>>(spans.Device, plan, shape, n), lanes);
    }
}
