using GpuMlp.Kernels.Lanes;
using ILGPU;

namespace GpuMlp.Kernels;

/// <summary>
/// Reports to the host whether a launch ran to its end: some drivers end a long one without an error, to keep a display alive.
/// </summary>
/// <remarks>
/// Mesa's llvmpipe, for example, counts a thread's loop iterations. After 65,535 of them each loop that still follows runs once and ends.
/// So every thread ends with a loop of two iterations, whose result no compiler can predict, and reports if an iteration is missing.
/// Other drivers go by the clock and take the whole launch off the device. So each group counts its launches, by its last
/// thread, which many drivers run after the others; and the host looks whether a count is missing.
/// </remarks>
/// <param name="report">
/// An integer that is 0 until a thread reports a missing iteration, then <see cref="Groups"/> counts of launches: the first is that of the
/// last group, and so on backwards.
/// </param>
/// <param name="turns">The number of iterations, always <see cref="Turns"/>; an argument, so that no compiler can unroll the loop.</param>
public readonly struct LoopWatch(ArrayView<int> report, int turns)
{
    /// <summary>The number of iterations that the host passes.</summary>
    public const int Turns = 2;

    /// <summary>
    /// How many of a launch's last groups count. Groups begin in order, and no device has as many at work at a time, so that a launch that
    /// is taken off the device leaves some of these unfinished.
    /// </summary>
    public const int Groups = 16_384;

    const int Start = 1, Result = 1586005467;                     // Next(Next(Start))

    /// <summary>Each thread calls this at its end.</summary>
    public void End()
    {
        int x = Start;
        for (int k = 0; k < turns; k++) x = Next(x);
        int backwards = Grid.DimX - Grid.IdxX;
        if (x != Result) report[0] = 1;
        else if (Group.IdxX == Group.DimX - 1 && backwards <= Groups) report[backwards] += 1;
    }

    /// <summary>
    /// Runs a loop that no compiler can predict: view[at] becomes the number of iterations made and view[at + 1] the loop's result.
    /// </summary>
    internal static void Count<T, TView>(TView view, int at, int turns) where T : struct, ILanes<T, TView> where TView : struct
    {
        int x = Start, made = 0;
        for (; made < turns; made++) x = Next(x);
        T.SetInt(view, at, made);
        T.SetInt(view, at + 1, x);
    }

    static int Next(int x) => unchecked(x * 1664525 + 1013904223);
}
