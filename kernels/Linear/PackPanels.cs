using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>The lines of a product's operand that a tile takes together.</summary>
public static class Panel
{
    /// <summary>Lines of a panel: two vectors, or 32 where a vector is a single float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Columns(int width) => width == 1 ? 32 : 2 * width;

    /// <summary>Floats of a packed operand of that many lines, with room for panels of any width.</summary>
    public static long Length(int lines, int terms) => (lines + 31L) / 32 * 32 * terms;
}

/// <summary>
/// Copies an operand of lines × terms so that the lines of a panel lie next to each other and the terms one after the other: the element
/// of a line and a term lies at line / columns · columns · terms + term · columns + line % columns, with <see cref="Panel.Columns"/>.
/// Lines past the last have any values.
/// </summary>
/// <remarks>
/// A tile then reads its operands as two streams, whatever the operand's layout; read where it lies, an operand whose rows are 4 KiB apart
/// would have all its terms in the same few lines of a cache.
/// </remarks>
public readonly struct PackPanels<TView>(Operand<TView> from, TView to, int lines, int terms) : IOp<TView> where TView : struct
{
    const int MostTerms = 32, MostLines = 256;

    /// <inheritdoc/>
    public int Items(int width) => (terms + MostTerms - 1) / MostTerms * ((lines + MostLines - 1) / MostLines);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int across = (lines + MostLines - 1) / MostLines;
        for (int item = first; item < end; item += stride)
        {
            int term = item / across * MostTerms, line = item % across * MostLines;
            int lastTerm = terms - term < MostTerms ? terms : term + MostTerms;
            int lastLine = lines - line < MostLines ? lines : line + MostLines;
            if (from.LineStep == 1) Rows<T>(term, lastTerm, line, lastLine);
            else Columns<T>(term, lastTerm, line, lastLine);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Rows<T>(int term, int lastTerm, int line, int lastLine) where T : struct, ILanes<T, TView>
    {
        int columns = Panel.Columns(T.Width);
        for (; term < lastTerm; term++)
            for (int k = line; k < lastLine; k += T.Width)
            {
                T value = T.Load(from.At, term * from.TermStep + k);
                T.Store(to, k / columns * columns * terms + term * columns + k % columns, value, T.Width);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Columns<T>(int term, int lastTerm, int line, int lastLine) where T : struct, ILanes<T, TView>
    {
        int columns = Panel.Columns(T.Width);
        for (; line + 4 <= lastLine && from.TermStep == 1; line += 4)
        {
            TView source = T.From(from.At, line * from.LineStep);
            TView target = T.From(to, line / columns * columns * terms + line % columns);
            int k = term;
            for (; k + 4 <= lastTerm; k += 4) T.Transpose(T.From(source, k), from.LineStep, T.From(target, k * columns), columns);
            for (; k < lastTerm; k++)
                for (int of = 0; of < 4; of++) T.Set(target, k * columns + of, T.Get(source, of * from.LineStep + k));
        }
        for (; line < lastLine; line++)
        {
            TView source = T.From(from.At, line * from.LineStep);
            TView target = T.From(to, line / columns * columns * terms + line % columns);
            for (int k = term; k < lastTerm; k++) T.Set(target, k * columns, T.Get(source, k * from.TermStep));
        }
    }
}
