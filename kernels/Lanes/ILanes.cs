namespace GpuMlp.Kernels.Lanes;

/// <summary>A few floats that move together: one float on a device thread, a SIMD register on the host.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TView">The memory that it loads from and stores to.</typeparam>
/// <remarks>
/// Each operation rounds once, to nearest, ties to even, and keeps subnormals, on every compiler; so a body written on lanes gives the
/// same bits wherever it runs. There is no plain multiply-add: <see cref="Fma"/> is fused, and <see cref="Multiply"/> may not be
/// contracted.
/// </remarks>
public interface ILanes<TSelf, TView> where TSelf : struct, ILanes<TSelf, TView> where TView : struct
{
    /// <summary>How many floats move together: 1, 4, 8 or 16.</summary>
    static abstract int Width { get; }

    /// <summary>The view that starts at element <paramref name="i"/>.</summary>
    static abstract TView From(TView view, int i);

    /// <summary>Element <paramref name="i"/> of a view.</summary>
    static abstract float Get(TView view, int i);

    /// <summary>Writes element <paramref name="i"/> of a view.</summary>
    static abstract void Set(TView view, int i, float value);

    /// <summary>The bits of element <paramref name="i"/> as an integer: float buffers also hold integers.</summary>
    static abstract int GetInt(TView view, int i);

    /// <summary>Writes the bits of an integer to element <paramref name="i"/>.</summary>
    static abstract void SetInt(TView view, int i, int value);

    /// <summary>The two elements from <paramref name="i"/> on, an even number in a view that begins at a multiple of 8 bytes.</summary>
    static abstract Two GetTwo(TView view, int i);

    /// <summary>Writes two elements, at such a place.</summary>
    static abstract void SetTwo(TView view, int i, Two value);

    /// <summary>
    /// The four elements from <paramref name="i"/> on, a multiple of four in a view that begins at a multiple of 16 bytes.
    /// </summary>
    static abstract Four GetFour(TView view, int i);

    /// <summary>Writes four elements, at such a place.</summary>
    static abstract void SetFour(TView view, int i, Four value);

    /// <summary>
    /// Elements i to i + Width - 1. May read past the end of an array (buffers allow for that), so callers mask what they do with the rest.
    /// </summary>
    static abstract TSelf Load(TView view, int i);

    /// <summary>Writes the first min(<paramref name="count"/>, Width) floats at i; count has to be at least 1.</summary>
    static abstract void Store(TView view, int i, TSelf value, int count);

    /// <summary>
    /// Copies a square of four by four: element j of line i, at i · <paramref name="fromStep"/> + j, goes to
    /// j · <paramref name="toStep"/> + i.
    /// </summary>
    static abstract void Transpose(TView from, int fromStep, TView to, int toStep);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Splat(float value);

    /// <summary>0, 1, … Width - 1.</summary>
    static abstract TSelf Indices { get; }

    /// <summary>a + b.</summary>
    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>a - b.</summary>
    static abstract TSelf Subtract(TSelf a, TSelf b);

    /// <summary>-a: flips the sign bit.</summary>
    static abstract TSelf Negate(TSelf a);

    /// <summary>a · b, rounded by itself.</summary>
    static abstract TSelf Multiply(TSelf a, TSelf b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <summary>
    /// sum = a · b + sum, rounded once: <see cref="Fma"/> in place. For sums that stay in registers through a loop: .NET then leaves them
    /// where they are, and moves a register less per call.
    /// </summary>
    static abstract void Accumulate(ref TSelf sum, TSelf a, TSelf b);

    /// <summary>a / b, correctly rounded.</summary>
    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>√a, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>
    /// Per lane a &gt; b ? a : b, so b where either is NaN or both are zeros. A constant has to be a; in the comparisons below it has to be
    /// b: ILGPU 1.5.3 moves a constant on the wrong side over, and then takes the comparison for one that is true of NaN.
    /// </summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Per lane a &lt; b ? yes : no; no where either is NaN.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>Per lane a &gt; b ? yes : no; no where either is NaN.</summary>
    static abstract TSelf SelectGreater(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>Per lane a ≤ b ? yes : no; no where either is NaN.</summary>
    static abstract TSelf SelectLessOrEqual(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>
    /// 2ⁿ for a = 12582912 + 127 + n with n from -126 to 127: the float whose exponent field is the low eight bits of a's pattern. For
    /// example a = 12583042 gives n = 3 and the result 8.
    /// </summary>
    static abstract TSelf PowerOfTwo(TSelf a);

    /// <summary>The n of a = 2ⁿ·m with m in [√½, √2), for positive normal a.</summary>
    static abstract TSelf Exponent(TSelf a);

    /// <summary>The m of a = 2ⁿ·m with m in [√½, √2), for positive normal a.</summary>
    static abstract TSelf Mantissa(TSelf a);

    /// <summary>The first lane.</summary>
    static abstract float First(TSelf a);

    /// <summary>The sum of the lanes, by halves: lane j + lane j + Width/2, and so on down; one lane is its own sum.</summary>
    static abstract float Tree(TSelf a);

    /// <summary><see cref="Tree"/> of four vectors, in the first four lanes, or in the only lane that of the first.</summary>
    static abstract TSelf Trees(TSelf a, TSelf b, TSelf c, TSelf d);
}
