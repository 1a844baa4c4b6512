using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>
/// One op with its arguments. Its body is written once, generic over its lanes; ILGPU compiles it for devices and .NET for the CPU.
/// </summary>
/// <remarks>
/// <para>No result depends on how the items are shared out: each output element belongs to one item.</para>
/// <para>
/// Bodies and the methods they call carry AggressiveOptimization because a host body often runs once, as one long loop. .NET would start
/// it unoptimized and replace it while it runs, which makes the first call of a job of 0.6 ms take 12 ms instead of 5. Small methods
/// carry AggressiveInlining instead.
/// </para>
/// </remarks>
public interface IOp<TView> where TView : struct
{
    /// <summary>The number of independent work items when <paramref name="width"/> floats move together.</summary>
    int Items(int width);

    /// <summary>Does the items <paramref name="first"/>, first + stride, … below <paramref name="end"/>.</summary>
    void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>;
}

/// <summary>The entry point of every op on a device: a grid of threads strides over the items.</summary>
public static class DeviceEntry
{
    /// <summary>Runs <paramref name="op"/> with scalar lanes; each thread does one item at a time.</summary>
    public static void Kernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IOp<ArrayView<float>>
    {
        op.Run<ScalarLanes>(Grid.GlobalIndex.X, op.Items(1), Grid.DimX * Group.DimX);
        watch.End();
    }

    /// <summary>
    /// Runs <paramref name="op"/> in vectors of sixteen floats, with an item per thread: for ops with few long items, on an OpenCL device
    /// that is a processor.
    /// </summary>
    public static void StripItemsKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IOp<ArrayView<float>>
    {
        op.Run<StripLanes>(Grid.GlobalIndex.X, op.Items(StripLanes.Width), Grid.DimX * Group.DimX);
        watch.End();
    }

    /// <summary>Runs a group op with one thread group per group; the group's threads are its lanes.</summary>
    public static void GroupKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<ScalarLanes, ScalarLanes, GroupBarrier>(Grid.IdxX, Group.IdxX, Group.DimX);
        watch.End();
    }

    /// <summary>Runs an op with one thread group per group, which shares memory of its own.</summary>
    public static void SharedKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, ISharedOp<ArrayView<float>>
    {
        op.Run<ScalarLanes, GroupBarrier>(Grid.IdxX, Group.IdxX, SharedMemory.Allocate1D<float>(TOp.SharedFloats));
        watch.End();
    }

    /// <summary>Runs a group op with one thread per group, which needs no barrier: this suits a processor.</summary>
    public static void SingleLaneKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<ScalarLanes, ScalarLanes, NoBarrier>(Grid.IdxX, 0, 1);
        watch.End();
    }

    /// <summary>
    /// Runs a group op with one thread per group, which moves vectors of sixteen floats: this suits an OpenCL device that is a processor.
    /// </summary>
    public static void StripKernel<TOp>(TOp op, LoopWatch watch) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        op.Run<StripLanes, ScalarLanes, NoBarrier>(Grid.IdxX, 0, 1);
        watch.End();
    }
}
