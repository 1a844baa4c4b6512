using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// <see cref="MatMul{TEnd, TView}"/> for a GPU: a group computes 64 rows and 128 columns of c, each of its 128 threads 8 × 8 of them in
/// registers, from slices of sixteen terms that the group copies to its shared memory.
/// </summary>
/// <remarks>
/// <para>
/// A thread's columns are sixteen apart, so that neighbouring threads read and write neighbouring floats; in shared memory a term's lines
/// take two floats more than there are, so that the copies of neighbouring terms fall into different banks too.
/// </para>
/// <para>
/// Where the tiles alone are too few for the device, the blocks of the sums are shared out too (<see cref="Parts"/>): c then gets the sums
/// of each block, and <see cref="AddParts{TEnd, TView}"/> adds them.
/// </para>
/// </remarks>
/// <typeparam name="TEnd">What becomes of an element when its sum is complete.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
public readonly struct SharedMatMul<TEnd, TView> : ISharedOp<TView> where TEnd : struct, IProductEnd where TView : struct
{
    /// <summary>Rows and columns of a group's tile of c.</summary>
    public const int Rows = 64, Columns = 128;

    const int Depth = 16, Across = 16, LineA = Rows + 2, LineB = Columns + 2, StartOfB = Depth * LineA;

    /// <summary>A, (m,k), not packed: its lines are rows.</summary>
    public Operand<TView> A { get; init; }

    /// <summary>B, (k,n), not packed: its lines are columns.</summary>
    public Operand<TView> B { get; init; }

    /// <summary>Where the sums of each column start, (n), if <see cref="HasStart"/> is 1; else they start at 0.</summary>
    public TView Start { get; init; }

    /// <summary>The result, (m,n) row-major; with several parts (parts,m,n), the sums of each block.</summary>
    public TView C { get; init; }

    /// <summary>The second matrix that <typeparamref name="TEnd"/> reads or writes, laid out as c.</summary>
    public TView Other { get; init; }

    /// <summary>The sums of B's columns, (n), written if <see cref="HasSums"/> is 1; with several parts (parts,n).</summary>
    public TView Sums { get; init; }

    /// <summary>Rows of A and c.</summary>
    public int M { get; init; }

    /// <summary>Columns of B and c.</summary>
    public int N { get; init; }

    /// <summary>Terms of each sum.</summary>
    public int K { get; init; }

    /// <summary>1 if the sums start at <see cref="Start"/>, 0 if at zero.</summary>
    public int HasStart { get; init; }

    /// <summary>1 if <see cref="Sums"/> are wanted.</summary>
    public int HasSums { get; init; }

    /// <summary>1, or the number of blocks of the sums, each of which is then the work of another group.</summary>
    public int Parts { get; init; }

    /// <inheritdoc/>
    public static int Lanes => Rows * Columns / 64;

    /// <inheritdoc/>
    public static int SharedFloats => Depth * (LineA + LineB);

    /// <inheritdoc/>
    public int Groups => Tiles(M, N) * Parts;

    /// <summary>The number of tiles that c takes.</summary>
    public static int Tiles(int m, int n) => (m + Rows - 1) / Rows * ((n + Columns - 1) / Columns);

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int across = (N + Columns - 1) / Columns, tile = group / Parts, part = group % Parts;
        int firstRow = tile / across * Rows, firstColumn = tile % across * Columns;
        int from = Parts == 1 ? 0 : part * BlockedSum.Length, to = Parts == 1 ? K : BlockedSum.Stop(from, K);
        int inTile = lane / Across * 8, row = firstRow + inTile, column = firstColumn + lane % Across;
        int a = inTile, b = StartOfB + lane % Across, matrix = part * M * N;
        bool sums = HasSums != 0 && firstRow == 0;
        for (int begin = from; begin < to; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, to);
            Eight c0 = First<T>(begin, column), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, added = default;
            for (int k = begin; k < stop; k += Depth)
            {
                CopySlice<T>(A, firstRow, M, Rows, k, stop, shared, 0, LineA, lane);
                CopySlice<T>(B, firstColumn, N, Columns, k, stop, shared, StartOfB, LineB, lane);
                TBarrier.Wait(Lanes);
                int terms = stop - k < Depth ? stop - k : Depth;
                TView lineA = T.From(shared, a), lineB = T.From(shared, b);
                for (int term = 0; term < terms; term++)
                {
                    Eight x = Eight.Load<T, TView>(lineA, 1), y = Eight.Load<T, TView>(lineB, Across);
                    lineA = T.From(lineA, LineA);
                    lineB = T.From(lineB, LineB);
                    if (sums) added = Eight.Add(added, y);
                    c0 = Eight.Fma(x.V0, y, c0);
                    c1 = Eight.Fma(x.V1, y, c1);
                    c2 = Eight.Fma(x.V2, y, c2);
                    c3 = Eight.Fma(x.V3, y, c3);
                    c4 = Eight.Fma(x.V4, y, c4);
                    c5 = Eight.Fma(x.V5, y, c5);
                    c6 = Eight.Fma(x.V6, y, c6);
                    c7 = Eight.Fma(x.V7, y, c7);
                }
                TBarrier.Wait(Lanes);
            }
            bool adds = begin > from;
            PutRow<T>(row, column, matrix, adds, c0);
            PutRow<T>(row + 1, column, matrix, adds, c1);
            PutRow<T>(row + 2, column, matrix, adds, c2);
            PutRow<T>(row + 3, column, matrix, adds, c3);
            PutRow<T>(row + 4, column, matrix, adds, c4);
            PutRow<T>(row + 5, column, matrix, adds, c5);
            PutRow<T>(row + 6, column, matrix, adds, c6);
            PutRow<T>(row + 7, column, matrix, adds, c7);
            if (sums && inTile == 0) PutEight<T>(Sums, part * N, column, adds, added);
        }
        if (Parts > 1) return;
        for (int r = row; r < row + 8 && r < M; r++)
            for (int k = column; k < firstColumn + Columns && k < N; k += Across) TEnd.Finish<T, TView>(C, Other, r * N + k, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Eight First<T>(int begin, int column) where T : struct, ILanes<T, TView>
    {
        if (HasStart == 0 || begin > 0) return default;
        return Eight.LoadBelow<T, TView>(Start, column, Across, N);
    }

    // The lines and terms of an operand that the tile takes next; past the last line and term there is nothing to read, so zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopySlice<T>(Operand<TView> from, int firstLine, int lines, int tileLines, int firstTerm, int stop,
        TView shared, int at, int step, int lane) where T : struct, ILanes<T, TView>
    {
        // neighbouring threads take what lies next to each other
        bool byTerms = from.TermStep == 1;
        for (int item = lane; item < tileLines * Depth; item += Lanes)
        {
            int line = byTerms ? item / Depth : item % tileLines, term = byTerms ? item % Depth : item / tileLines;
            float value = 0f;
            if (firstLine + line < lines && firstTerm + term < stop)
                value = T.Get(from.At, (firstLine + line) * from.LineStep + (firstTerm + term) * from.TermStep);
            T.Set(shared, at + term * step + line, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void PutRow<T>(int row, int column, int matrix, bool adds, Eight block) where T : struct, ILanes<T, TView>
    {
        if (row < M) PutEight<T>(C, matrix + row * N, column, adds, block);
    }

    // a block's sums of eight columns, added to what is there if it is not the first block
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void PutEight<T>(TView to, int at, int column, bool adds, Eight block) where T : struct, ILanes<T, TView>
    {
        PutOne<T>(to, at, column, adds, block.V0);
        PutOne<T>(to, at, column + Across, adds, block.V1);
        PutOne<T>(to, at, column + 2 * Across, adds, block.V2);
        PutOne<T>(to, at, column + 3 * Across, adds, block.V3);
        PutOne<T>(to, at, column + 4 * Across, adds, block.V4);
        PutOne<T>(to, at, column + 5 * Across, adds, block.V5);
        PutOne<T>(to, at, column + 6 * Across, adds, block.V6);
        PutOne<T>(to, at, column + 7 * Across, adds, block.V7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void PutOne<T>(TView to, int at, int column, bool adds, float block) where T : struct, ILanes<T, TView>
    {
        if (column < N) T.Set(to, at + column, adds ? T.Get(to, at + column) + block : block);
    }
}
