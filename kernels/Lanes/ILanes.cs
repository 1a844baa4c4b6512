namespace GpuMlp.Kernels.Lanes;

/// <summary>A few floats that move together: one on a device thread, a SIMD register on the host. Every rounding is named.</summary>
/// <typeparam name="TSelf">The lanes themselves.</typeparam>
/// <typeparam name="TView">The memory that they load from and store to.</typeparam>
/// <remarks>
/// Each operation rounds once, to nearest, ties to even, subnormals kept, on every compiler; so a body written on lanes gives the same
/// bits wherever it runs. There is no plain multiply-add: <see cref="Fma"/> is fused, and <see cref="Multiply"/> may not be contracted.
/// </remarks>
public interface ILanes<TSelf, TView> where TSelf : struct, ILanes<TSelf, TView> where TView : struct
{
    /// <summary>How many floats move together: 1, 4, 8 or 16.</summary>
    static abstract int Width { get; }

    /// <summary>The view from element <paramref name="i"/> on.</summary>
    static abstract TView From(TView view, int i);

    /// <summary>Element <paramref name="i"/> of a view.</summary>
    static abstract float Get(TView view, int i);

    /// <summary>Writes element <paramref name="i"/> of a view.</summary>
    static abstract void Set(TView view, int i, float value);

    /// <summary>The bits of element <paramref name="i"/> as an integer: integers travel in float buffers.</summary>
    static abstract int GetInt(TView view, int i);

    /// <summary>Writes an integer's bits as element <paramref name="i"/>.</summary>
    static abstract void SetInt(TView view, int i, int value);

    /// <summary>Elements i … i + Width - 1. It may read past the end of an array (buffers have room for that), so mask what follows.</summary>
    static abstract TSelf Load(TView view, int i);

    /// <summary>Writes the first min(<paramref name="count"/>, Width) floats at i; count is at least 1.</summary>
    static abstract void Store(TView view, int i, TSelf value, int count);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Splat(float value);

    /// <summary>0, 1, … Width - 1.</summary>
    static abstract TSelf Indices { get; }

    /// <summary>a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>a - b.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>-a: the sign bit flipped.</summary>
    static abstract TSelf Negate(TSelf a);

    /// <summary>a · b, rounded by itself.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <summary>a / b, correctly rounded.</summary>
    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>√a, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Lane by lane a &gt; b ? a : b, so that a NaN on either side gives b, and so do zeros of two signs.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Lane by lane a &lt; b ? yes : no; a NaN on either side selects no.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>Lane by lane a ≤ b ? yes : no; a NaN on either side selects no.</summary>
    static abstract TSelf SelectLessOrEqual(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>The float whose exponent field is the low eight bits of a's pattern: 2ⁿ for a = 12582912 + 127 + n, n from -126 to 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf a);

    /// <summary>The n for which a positive normal a = 2ⁿ·m with m in [√½, √2).</summary>
    static abstract TSelf Exponent(TSelf a);

    /// <summary>The m for which a positive normal a = 2ⁿ·m with m in [√½, √2).</summary>
    static abstract TSelf Mantissa(TSelf a);

    /// <summary>The first lane.</summary>
    static abstract float First(TSelf a);

    /// <summary>The sum of the lanes by halves: 8-4-2-1, 4-2-1, 2-1; one lane is its own sum.</summary>
    static abstract float Tree(TSelf a);
}
