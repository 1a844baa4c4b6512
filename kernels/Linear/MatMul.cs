using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Linear;

/// <summary>
/// c (m,n) = start + A·B, the product behind Linear's forward, dx and dw, in register tiles of up to 8 rows and 2 vectors.
/// </summary>
/// <remarks>
/// <para>Each element is a <see cref="BlockedSum"/> of fused multiply-adds over k, from start[column] or 0.</para>
/// <para>
/// With vectors, an item is up to 128 rows and 256 columns. It goes through the blocks of the sums, and c holds the sums from one to the
/// next. Of a block, 256 terms, the rows of A fill a part of a second-level cache (128 KiB) and a panel of two vectors of B a part of a
/// first-level cache (16 or 32 KiB): a panel is multiplied with all rows before the next.
/// </para>
/// <para>
/// With single floats an item is a tile of 4 rows and 2 columns, 16 apart, so that sixteen neighbouring threads of a device read sixteen
/// neighbouring floats.
/// </para>
/// </remarks>
/// <typeparam name="TEnd">What becomes of an element when its sum is complete.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
public readonly struct MatMul<TEnd, TView> : IOp<TView> where TEnd : struct, IProductEnd where TView : struct
{
    const int MostRows = 128, MostColumns = 256;

    /// <summary>A, (m,k): its lines are rows.</summary>
    public Operand<TView> A { get; init; }

    /// <summary>B, (k,n): its lines are columns, next to each other if it is not packed and vectors have more than one float.</summary>
    public Operand<TView> B { get; init; }

    /// <summary>Where the sums of each column start, (n), if <see cref="HasStart"/> is 1; else they start at 0.</summary>
    public TView Start { get; init; }

    /// <summary>The result, (m,n) row-major.</summary>
    public TView C { get; init; }

    /// <summary>The second matrix that <typeparamref name="TEnd"/> reads or writes, laid out as c.</summary>
    public TView Other { get; init; }

    /// <summary>The sums of B's columns, (n), written if <see cref="HasSums"/> is 1: db next to dw.</summary>
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

    /// <summary>How many runners with vectors share the items, 1 or more; single floats do not ask.</summary>
    public int Runners { get; init; }

    /// <inheritdoc/>
    public int Items(int width) => RowBlocks(width) * ColumnBlocks(width);

    int RowBlocks(int width) => width == 1 ? (M + 3) / 4 : (M + MostRows - 1) / MostRows;

    int ColumnBlocks(int width) =>
        width == 1 ? Panels(1) * (Panel.Columns(1) / 2) : (Panels(width) + PanelsOfItem(width) - 1) / PanelsOfItem(width);

    int Panels(int width) => (N + Panel.Columns(width) - 1) / Panel.Columns(width);

    // as many as a block of columns has, or fewer where the blocks of rows alone would not keep all runners busy
    int PanelsOfItem(int width)
    {
        int most = MostColumns / Panel.Columns(width), blocks = RowBlocks(width);
        int share = blocks % Runners == 0 ? most : Panels(width) * blocks / (4 * Runners);
        return share > most ? most : share < 1 ? 1 : share;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
    {
        int across = ColumnBlocks(T.Width), blocks = RowBlocks(T.Width);
        int rows = T.Width == 1 ? 4 : ((M + blocks - 1) / blocks + 7) / 8 * 8;          // blocks of about the same height
        for (int item = first; item < end; item += stride)
        {
            int row = item / across * rows, part = item % across, last = M - row < rows ? M : row + rows;
            if (row >= M) continue;
            if (T.Width > 1)
            {
                int panels = PanelsOfItem(T.Width), from = part * panels, all = Panels(T.Width);
                Block<T>(row, last, from, all - from < panels ? all : from + panels, 0);
            }
            else Block<T>(row, last, part / (Panel.Columns(1) / 2), part / (Panel.Columns(1) / 2) + 1, part % (Panel.Columns(1) / 2));
        }
    }

    // rows row to last of some panels; a single float goes to column inPanel of its panel
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Block<T>(int row, int last, int firstPanel, int lastPanel, int inPanel) where T : struct, ILanes<T, TView>
    {
        int half = Panel.Columns(T.Width) / 2;
        for (int begin = 0; begin < K || begin == 0; begin += BlockedSum.Length)
        {
            int length = BlockedSum.Stop(begin, K) - begin;
            for (int panel = firstPanel; panel < lastPanel; panel++)
            {
                int column = panel * 2 * half + inPanel;
                if (column >= N) continue;
                int at = B.PanelStep == 0 ? column * B.LineStep : panel * B.PanelStep;
                TView b = T.From(B.At, at + begin * B.TermStep);
                int second = column + half < N ? half * B.LineStep : 0;        // a second vector without columns computes the first again
                if (HasSums != 0 && row == 0) AddColumns<T>(b, second, begin, length, column);
                Rows<T>(row, last, b, second, begin, length, column);
                if (begin + length < K) continue;
                for (int r = row; r < last; r++)
                {
                    TEnd.Finish<T, TView>(C, Other, r * N + column, N - column);
                    if (column + half < N) TEnd.Finish<T, TView>(C, Other, r * N + column + half, N - column - half);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Rows<T>(int row, int last, TView b, int second, int begin, int length, int column) where T : struct, ILanes<T, TView>
    {
        int panel = Panel.Columns(T.Width);
        while (row < last)
        {
            int end = A.PanelStep == 0 || last - row < panel - row % panel ? last : row - row % panel + panel;
            if (T.Width > 1 && column + panel <= N)
                for (int rows; (rows = ManyOf(T.Width, end - row)) > 0; row += rows) ManyRows<T>(row, b, begin, length, column);
            for (; row + 4 <= end; row += 4) FourRows<T>(row, b, second, begin, length, column);
            for (; row < end; row++) OneRow<T>(row, b, second, begin, length, column);
        }
    }

    // The rows of the next tile of many rows, 0 for none: six are passed by where tiles of four then cover the rows that are left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int ManyOf(int width, int left) => width == 16 ? left < 8 ? 0 : 8 : left >= 12 || (left >= 6 && left % 4 >= 2) ? 6 : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddColumns<T>(TView b, int second, int begin, int length, int column) where T : struct, ILanes<T, TView>
    {
        int half = Panel.Columns(T.Width) / 2, along = B.TermStep;
        T p0 = T.Splat(0f), p1 = p0;
        for (int k = 0; k < length; k++)
        {
            p0 = T.Add(p0, T.Load(b, k * along));
            p1 = T.Add(p1, T.Load(b, k * along + second));
        }
        AddSums<T>(column, begin, p0);
        if (column + half < N) AddSums<T>(column + half, begin, p1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void AddSums<T>(int column, int begin, T block) where T : struct, ILanes<T, TView> =>
        T.Store(Sums, column, begin == 0 ? block : T.Add(T.Load(Sums, column), block), N - column);

    // As many rows as fill the registers with sums, of two vectors next to each other: of 16 registers 12 hold the sums of six rows, of 32
    // registers 16 those of eight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ManyRows<T>(int row, TView b, int begin, int length, int column) where T : struct, ILanes<T, TView>
    {
        T s0 = First<T>(begin, column), s1 = First<T>(begin, column + Panel.Columns(T.Width) / 2);
        T c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
        T c40 = s0, c41 = s1, c50 = s0, c51 = s1, c60 = s0, c61 = s1, c70 = s0, c71 = s1;
        int apart = A.LineStep, along = A.TermStep, step = B.TermStep;
        TView a0 = RowOf<T>(row, begin), a1 = T.From(a0, apart), a2 = T.From(a1, apart), a3 = T.From(a2, apart);
        TView a4 = T.From(a3, apart), a5 = T.From(a4, apart), a6 = a5, a7 = a5;
        if (T.Width == 16)
        {
            a6 = T.From(a5, apart);
            a7 = T.From(a6, apart);
        }
        for (int k = 0, ia = 0; k < length; k++, ia += along)
        {
            T b0 = T.Load(b, 0), b1 = T.Load(b, T.Width), x;
            b = T.From(b, step);
            x = T.Splat(T.Get(a0, ia));
            T.Accumulate(ref c00, x, b0);
            T.Accumulate(ref c01, x, b1);
            x = T.Splat(T.Get(a1, ia));
            T.Accumulate(ref c10, x, b0);
            T.Accumulate(ref c11, x, b1);
            x = T.Splat(T.Get(a2, ia));
            T.Accumulate(ref c20, x, b0);
            T.Accumulate(ref c21, x, b1);
            x = T.Splat(T.Get(a3, ia));
            T.Accumulate(ref c30, x, b0);
            T.Accumulate(ref c31, x, b1);
            x = T.Splat(T.Get(a4, ia));
            T.Accumulate(ref c40, x, b0);
            T.Accumulate(ref c41, x, b1);
            x = T.Splat(T.Get(a5, ia));
            T.Accumulate(ref c50, x, b0);
            T.Accumulate(ref c51, x, b1);
            if (T.Width < 16) continue;
            x = T.Splat(T.Get(a6, ia));
            T.Accumulate(ref c60, x, b0);
            T.Accumulate(ref c61, x, b1);
            x = T.Splat(T.Get(a7, ia));
            T.Accumulate(ref c70, x, b0);
            T.Accumulate(ref c71, x, b1);
        }
        TView c = T.From(C, row * N + column);
        Put<T>(c, 0, begin, c00);
        Put<T>(c, T.Width, begin, c01);
        Put<T>(c, N, begin, c10);
        Put<T>(c, N + T.Width, begin, c11);
        Put<T>(c, 2 * N, begin, c20);
        Put<T>(c, 2 * N + T.Width, begin, c21);
        Put<T>(c, 3 * N, begin, c30);
        Put<T>(c, 3 * N + T.Width, begin, c31);
        Put<T>(c, 4 * N, begin, c40);
        Put<T>(c, 4 * N + T.Width, begin, c41);
        Put<T>(c, 5 * N, begin, c50);
        Put<T>(c, 5 * N + T.Width, begin, c51);
        if (T.Width < 16) return;
        Put<T>(c, 6 * N, begin, c60);
        Put<T>(c, 6 * N + T.Width, begin, c61);
        Put<T>(c, 7 * N, begin, c70);
        Put<T>(c, 7 * N + T.Width, begin, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FourRows<T>(int row, TView b, int second, int begin, int length, int column) where T : struct, ILanes<T, TView>
    {
        T s0 = First<T>(begin, column), s1 = First<T>(begin, column + Panel.Columns(T.Width) / 2);
        T c00 = s0, c01 = s1, c10 = s0, c11 = s1, c20 = s0, c21 = s1, c30 = s0, c31 = s1;
        int apart = A.LineStep, along = A.TermStep, step = B.TermStep;
        TView a0 = RowOf<T>(row, begin), a1 = T.From(a0, apart), a2 = T.From(a1, apart), a3 = T.From(a2, apart);
        for (int k = 0, ia = 0, ib = 0; k < length; k++, ia += along, ib += step)
        {
            T b0 = T.Load(b, ib), b1 = T.Load(b, ib + second), x;
            x = T.Splat(T.Get(a0, ia));
            T.Accumulate(ref c00, x, b0);
            T.Accumulate(ref c01, x, b1);
            x = T.Splat(T.Get(a1, ia));
            T.Accumulate(ref c10, x, b0);
            T.Accumulate(ref c11, x, b1);
            x = T.Splat(T.Get(a2, ia));
            T.Accumulate(ref c20, x, b0);
            T.Accumulate(ref c21, x, b1);
            x = T.Splat(T.Get(a3, ia));
            T.Accumulate(ref c30, x, b0);
            T.Accumulate(ref c31, x, b1);
        }
        Put<T>(row, column, begin, c00, c01);
        Put<T>(row + 1, column, begin, c10, c11);
        Put<T>(row + 2, column, begin, c20, c21);
        Put<T>(row + 3, column, begin, c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void OneRow<T>(int row, TView b, int second, int begin, int length, int column) where T : struct, ILanes<T, TView>
    {
        T c0 = First<T>(begin, column), c1 = First<T>(begin, column + Panel.Columns(T.Width) / 2);
        int along = A.TermStep, step = B.TermStep;
        TView a = RowOf<T>(row, begin);
        for (int k = 0, ia = 0, ib = 0; k < length; k++, ia += along, ib += step)
        {
            T x = T.Splat(T.Get(a, ia));
            T.Accumulate(ref c0, x, T.Load(b, ib));
            T.Accumulate(ref c1, x, T.Load(b, ib + second));
        }
        Put<T>(row, column, begin, c0, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TView RowOf<T>(int row, int begin) where T : struct, ILanes<T, TView>
    {
        int panel = Panel.Columns(T.Width);
        int at = A.PanelStep == 0 ? row * A.LineStep : row / panel * A.PanelStep + row % panel * A.LineStep;
        return T.From(A.At, at + begin * A.TermStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T First<T>(int begin, int column) where T : struct, ILanes<T, TView> =>
        HasStart != 0 && begin == 0 && column < N ? T.Load(Start, column) : T.Splat(0f);

    // Adds a whole vector of a block's sums to c. Short, since .NET has a budget for inlining: past it, it would call the multiply-adds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<T>(TView c, int at, int begin, T block) where T : struct, ILanes<T, TView> =>
        T.Store(c, at, begin == 0 ? block : T.Add(T.Load(c, at), block), T.Width);

    // the same for two vectors that may have columns past the last
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Put<T>(int row, int column, int begin, T first, T second) where T : struct, ILanes<T, TView>
    {
        int half = Panel.Columns(T.Width) / 2, at = row * N + column;
        T.Store(C, at, begin == 0 ? first : T.Add(T.Load(C, at), first), N - column);
        if (column + half < N) T.Store(C, at + half, begin == 0 ? second : T.Add(T.Load(C, at + half), second), N - column - half);
    }
}
