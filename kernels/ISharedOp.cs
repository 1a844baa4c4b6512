using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels;

/// <summary>
/// An op whose work items are groups of threads that share memory of their own: for devices on which that memory is nearer than all other,
/// GPUs. Each result has the bits of the op's other forms.
/// </summary>
public interface ISharedOp<TView> where TView : struct
{
    /// <summary>Threads of a group.</summary>
    static abstract int Lanes { get; }

    /// <summary>Floats that a group shares.</summary>
    static abstract int SharedFloats { get; }

    /// <summary>How many independent groups there are.</summary>
    int Groups { get; }

    /// <summary>Does the share of thread number <paramref name="lane"/> in the work of one group.</summary>
    /// <typeparam name="T">Vectors of one float over the memory.</typeparam>
    /// <typeparam name="TBarrier">How the threads of a group wait for each other.</typeparam>
    void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier;
}
