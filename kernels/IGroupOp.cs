using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>An op whose work items are groups. The lanes of a group work together and wait for each other at barriers.</summary>
/// <remarks>
/// A lane of a group is one thread on a GPU; on a processor one thread does a whole group. Each of these lanes moves vectors of
/// <see cref="ILanes{TSelf, TView}.Width"/> floats. No result depends on how many lanes a group has.
/// </remarks>
public interface IGroupOp<TView> where TView : struct
{
    /// <summary>How many independent groups there are.</summary>
    int Groups { get; }

    /// <summary>Does the share of lane number <paramref name="lane"/> of <paramref name="lanes"/> in the work of one group.</summary>
    /// <typeparam name="T">The vectors that a lane of the group moves.</typeparam>
    /// <typeparam name="TScalar">Vectors of one float over the same memory, for single numbers.</typeparam>
    /// <typeparam name="TBarrier">How the lanes of a group wait for each other.</typeparam>
    void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier;
}

/// <summary>Where the lanes of a group wait for each other and see each other's writes.</summary>
public interface IBarrier
{
    /// <summary>Whether a group has one lane only; known when a kernel is compiled.</summary>
    static abstract bool IsAlone { get; }

    /// <summary>
    /// Returns when all <paramref name="lanes"/> of the group have called it. Every lane has to make every call: none may stand under a
    /// condition that differs between lanes.
    /// </summary>
    /// <remarks>
    /// The argument works around a fault of ILGPU 1.5.3: where the code after an if begins with a call of a static abstract member without
    /// arguments, ILGPU compiles that code twice, once for each branch (its IL reader does not see that a branch lands on the call's
    /// prefix).
    /// </remarks>
    static abstract void Wait(int lanes);
}

/// <summary>The barrier of a group of one lane, which has nothing to wait for.</summary>
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
