using GpuMlp.Tests.Cli.Output;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// The order of every sum, written as a definition: plain scalar code with its own constants, so that a change of a kernel's order does not
/// change this code with it.
/// </summary>
static class SumOrder
{
    const int Block = 256, Partials = 16;

    /// <summary>
    /// Fused multiply-adds over the terms in ascending order, in blocks of 256: the first block begins at <paramref name="start"/>, later
    /// blocks at 0, and the blocks' results are added in order.
    /// </summary>
    internal static float Ascending(float start, int terms, Func<int, float> a, Func<int, float> b) => InBlocks(terms, (begin, end) =>
    {
        float sum = begin == 0 ? start : 0f;
        for (int k = begin; k < end; k++) sum = MathF.FusedMultiplyAdd(a(k), b(k), sum);
        return sum;
    });

    /// <summary>The same order with plain additions, from 0.</summary>
    internal static float Ascending(int terms, Func<int, float> a) => InBlocks(terms, (begin, end) =>
    {
        float sum = 0f;
        for (int k = begin; k < end; k++) sum += a(k);
        return sum;
    });

    /// <summary>
    /// In blocks of 256: a fused multiply-add puts term k of a block into partial sum k mod 16, then the tree adds these; blocks are added
    /// in order.
    /// </summary>
    internal static float Strided(int terms, Func<int, float> a, Func<int, float> b) => InBlocks(terms, (begin, end) =>
    {
        var partials = new float[Partials];
        for (int k = begin; k < end; k++)
            partials[(k - begin) % Partials] = MathF.FusedMultiplyAdd(a(k), b(k), partials[(k - begin) % Partials]);
        return Tree(partials);
    });

    /// <summary>Term k is added to partial sum k mod 16, then the tree adds these; no blocks, however many terms there are.</summary>
    internal static float Strided(int terms, Func<int, float> a)
    {
        var partials = new float[Partials];
        for (int k = 0; k < terms; k++) partials[k % Partials] += a(k);
        return Tree(partials);
    }

    static float InBlocks(int terms, Func<int, int, float> block)
    {
        float total = 0f;
        for (int begin = 0; begin < terms; begin += Block)
        {
            float sum = block(begin, Math.Min(terms, begin + Block));
            total = begin == 0 ? sum : total + sum;
        }
        return total;
    }

    // 8-4-2-1: partial j takes partial j + 8, then j + 4, j + 2, j + 1
    static float Tree(float[] partials)
    {
        for (int half = Partials / 2; half > 0; half /= 2)
            for (int j = 0; j < half; j++) partials[j] += partials[j + half];
        return partials[0];
    }

    /// <summary>
    /// y (n,o) = x (n,i) · w (i,o) + b (o): several outputs are ascending sums from the bias, one output is strided, then + b.
    /// </summary>
    internal static float[] Forward(float[] x, float[] w, float[] b, int n, int i, int o) => Each(n, o, (row, u) => o == 1
        ? Strided(i, k => x[row * i + k], k => w[k]) + b[0]
        : Ascending(b[u], i, k => x[row * i + k], k => w[k * o + u]));

    /// <summary>y (n,o) = x (n,i) · w (i,o): the same sums with no bias.</summary>
    internal static float[] Product(float[] x, float[] w, int n, int i, int o) => Each(n, o, (row, u) => o == 1
        ? Strided(i, k => x[row * i + k], k => w[k])
        : Ascending(0f, i, k => x[row * i + k], k => w[k * o + u]));

    /// <summary>dx (n,i) = dy (n,o) · wᵀ: strided over 2 to 256 outputs, ascending over more, a product over a single one.</summary>
    internal static float[] InputGradient(float[] dy, float[] w, int n, int i, int o) => Each(n, i, (row, u) => o is > 1 and <= Block
        ? Strided(o, k => dy[row * o + k], k => w[u * o + k])
        : Ascending(0f, o, k => dy[row * o + k], k => w[u * o + k]));

    /// <summary>dw (i,o) = xᵀ · dy: ascending over the rows, from 0.</summary>
    internal static float[] WeightGradient(float[] x, float[] dy, int n, int i, int o) =>
        Each(i, o, (u, v) => Ascending(0f, n, k => x[k * i + u], k => dy[k * o + v]));

    /// <summary>The sums (n) of the columns of a (m,n), such as db: ascending over the rows, from 0.</summary>
    internal static float[] ColumnSums(float[] a, int m, int n) => Each(1, n, (_, column) => Ascending(m, k => a[k * n + column]));

    /// <summary>The sums (m) of the rows of a (m,n).</summary>
    internal static float[] RowSums(float[] a, int m, int n) => Each(m, 1, (row, _) => Strided(n, k => a[row * n + k]));

    static float[] Each(int rows, int columns, Func<int, int, float> value)
    {
        var values = new float[rows * columns];
        for (int k = 0; k < values.Length; k++) values[k] = value(k / columns, k % columns);
        return values;
    }
}
