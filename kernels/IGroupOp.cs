using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>An op whose items are groups of lanes that work together, with barriers between what they hand to each other.</summary>
/// <remarks>No result depends on how many lanes a group has.</remarks>
public interface IGroupOp<TView> where TView : struct
{
    /// <summary>How many independent groups there are.</summary>
    int Groups { get; }

    /// <summary>What lane number <paramref name="lane"/> of <paramref name="lanes"/> does for one group.</summary>
    /// <typeparam name="T">The lanes that vectors move in.</typeparam>
    /// <typeparam name="TScalar">Lanes of one float over the same memory, for what is one number.</typeparam>
    /// <typeparam name="TBarrier">How the lanes of a group wait for each other.</typeparam>
    void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier;
}

/// <summary>Where the lanes of a group wait for each other and see each other's writes.</summary>
public interface IBarrier
{
    /// <summary>Whether a group is one lane; known when a kernel is compiled.</summary>
    static abstract bool IsAlone { get; }

    /// <summary>Returns when all <paramref name="lanes"/> of the group have come here. Every lane takes part in every wait, never under a condition.</summary>
    /// <remarks>
    /// The argument keeps the waits whole: ILGPU 1.5.3 compiles what follows an if twice, once for either way, where it begins with a call of
    /// a static abstract member without arguments (its reader of IL does not see that a branch lands on the call's prefix).
    /// </remarks>
    static abstract void Wait(int lanes);
}

/// <summary>The barrier of a group of one lane: nothing to wait for.</summary>
public readonly struct NoBarrier : IBarrier
{
    /// <inheritdoc/>
    public static bool IsAlone => true;

    /// <inheritdoc/>
    public static void Wait(int lanes) { }
}

/// <summary>The barrier of a device's thread group.</summary>
public readonly struct GroupBarrier : IBarrier
{
    /// <inheritdoc/>
    public static bool IsAlone => false;

    /// <inheritdoc/>
    public static void Wait(int lanes) => Group.Barrier();
}
