using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>Tells the host of a driver that ends a kernel's loops early, as some do to keep a display alive.</summary>
/// <remarks>
/// Such a driver (Mesa's llvmpipe does it after 65,535 turns of a thread) lets all loops that still follow go round once. So every thread
/// ends with a loop of two turns whose result no compiler can foresee, and reports if one is missing.
/// </remarks>
/// <param name="report">One integer, 0 until a thread reports.</param>
/// <param name="turns">How often the loop goes round: <see cref="Turns"/>, told at run time.</param>
public readonly struct LoopWatch(ArrayView<int> report, int turns)
{
    /// <summary>The turns that a host asks for.</summary>
    public const int Turns = 2;

    const int Start = 1, Result = 1586005467;                     // Next(Next(Start))

    /// <summary>What each thread does at its end.</summary>
    public void End()
    {
        int x = Start;
        for (int k = 0; k < turns; k++) x = Next(x);
        if (x != Result) report[0] = 1;
    }

    /// <summary>A loop that no compiler can foresee: how many of the turns it made, in view[at], and what came of them, in view[at + 1].</summary>
    internal static void Count<T, TView>(TView view, int at, int turns) where T : struct, ILanes<T, TView> where TView : struct
    {
        int x = Start, made = 0;
        for (; made < turns; made++) x = Next(x);
        T.SetInt(view, at, made);
        T.SetInt(view, at + 1, x);
    }

    static int Next(int x) => unchecked(x * 1664525 + 1013904223);
}
