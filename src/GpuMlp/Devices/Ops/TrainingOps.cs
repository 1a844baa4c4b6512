using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Training;
using ILGPU;

namespace GpuMlp.Devices.Ops;

/// <summary>The stretches of memory that a training launch works on; see <see cref="TrainingViews{TView}"/>.</summary>
readonly record struct TrainingSpans(
    DeviceSpan X, DeviceSpan Y, DeviceSpan Picks, DeviceSpan Parameters, DeviceSpan Networks, DeviceSpan Losses, DeviceSpan Snapshots, DeviceSpan Scratch)
{
    internal TrainingViews<HostView> Host => new(X, Y, Picks, Parameters, Networks, Losses, Snapshots, Scratch);

    internal TrainingViews<ArrayView<float>> Device => new(X, Y, Picks, Parameters, Networks, Losses, Snapshots, Scratch);
}

/// <summary>Many training steps in one launch.</summary>
static class TrainingOps
{
    /// <summary>Steps of one example each, one group a network.</summary>
    internal static void TrainSingleExamples<TActivation, TLoss>(
        this ComputeDevice device, TrainingSpans spans, TrainingPlan plan, NetworkShape shape, long work, int? lanes)
        where TActivation : struct, IActivation where TLoss : struct, ILoss
    {
        if (device.Host is HostRunner host) host.RunGroups(new SingleExampleTraining<TActivation, TLoss, HostView>(spans.Host, plan, shape), work);
        else device.LaunchGroups(new SingleExampleTraining<TActivation, TLoss, ArrayView<float>>(spans.Device, plan, shape), lanes);
    }
}
