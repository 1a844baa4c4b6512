using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>
/// One op with its arguments: the body is written once, generic over its lanes, and compiled by ILGPU for devices and by .NET for the CPU.
/// </summary>
/// <remarks>No result depends on how the items are shared out: each output element belongs to one item.</remarks>
public interface IOp<TView> where TView : struct
{
    /// <summary>How many independent work items there are when <paramref name="width"/> floats move together.</summary>
    int Items(int width);

    /// <summary>Does items <paramref name="first"/>, first + stride, … below <paramref name="end"/>.</summary>
    void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>;
}

/// <summary>The entry point of every op on a device: a grid of threads strides over the items.</summary>
public static class DeviceEntry
{
    /// <summary>Runs <paramref name="op"/> with scalar lanes, one thread an item at a time.</summary>
    public static void Kernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IOp<ArrayView<float>>
    {
        op.Run<ScalarLanes>(Grid.GlobalIndex.X, op.Items(1), Grid.DimX * Group.DimX);
        watch.End();
    }

    /// <summary>Runs a group op with a thread group a group, its threads the lanes.</summary>
    public static void GroupKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<ScalarLanes, ScalarLanes, GroupBarrier>(Grid.IdxX, Group.IdxX, Group.DimX);
        watch.End();
    }

    /// <summary>Runs a group op with one thread a group, which needs no barrier: what suits a processor.</summary>
    public static void SingleLaneKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<ScalarLanes, ScalarLanes, NoBarrier>(Grid.IdxX, 0, 1);
        watch.End();
    }

    /// <summary>Runs a group op with one thread a group and sixteen lanes a thread: what suits an OpenCL device that is a processor.</summary>
    public static void StripKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<StripLanes, ScalarLanes, NoBarrier>(Grid.IdxX, 0, 1);
        watch.End();
    }
}
