using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Kernels.Lanes;

/// <summary>One float over an ILGPU view: the lanes of a device thread.</summary>
public readonly struct ScalarLanes : ILanes<ScalarLanes, ArrayView<float>>
{
    readonly float v;

    ScalarLanes(float value) => v = value;

    public static int Width => 1;

    public static ScalarLanes Indices => new(0f);

    public static ArrayView<float> From(ArrayView<float> view, int i) => view.SubView(i, view.Length - i);

    public static float Get(ArrayView<float> view, int i) => view[i];

    public static void Set(ArrayView<float> view, int i, float value) => view[i] = value;

    public static int GetInt(ArrayView<float> view, int i) => (int)Interop.FloatAsInt(view[i]);

    public static void SetInt(ArrayView<float> view, int i, int value) => view[i] = Interop.IntAsFloat((uint)value);

    // two floats are read at once where their place may be taken for aligned; 8 bytes are enough
    public static Two GetTwo(ArrayView<float> view, int i) => Twos(view, i)[0];

    public static void SetTwo(ArrayView<float> view, int i, Two value) => Twos(view, i)[0] = value;

    public static Four GetFour(ArrayView<float> view, int i) => Fours(view, i)[0];

    public static void SetFour(ArrayView<float> view, int i, Four value) => Fours(view, i)[0] = value;

    static ArrayView<Two> Twos(ArrayView<float> view, int i) => view.SubView(i, 2).AsAligned16().Cast<Two>();

    static ArrayView<Four> Fours(ArrayView<float> view, int i) => view.SubView(i, 4).AsAligned16().Cast<Four>();

    public static ScalarLanes Load(ArrayView<float> view, int i) => new(view[i]);

    public static void Store(ArrayView<float> view, int i, ScalarLanes value, int count) => view[i] = value.v;

    public static void Transpose(ArrayView<float> from, int fromStep, ArrayView<float> to, int toStep) =>
        Four.Transpose<ScalarLanes, ArrayView<float>>(from, fromStep, to, toStep);

    public static ScalarLanes Splat(float value) => new(value);

    public static ScalarLanes Add(ScalarLanes a, ScalarLanes b) => new(a.v + b.v);

    public static ScalarLanes Subtract(ScalarLanes a, ScalarLanes b) => new(a.v - b.v);

    public static ScalarLanes Negate(ScalarLanes a) => new(-a.v);

    public static ScalarLanes Multiply(ScalarLanes a, ScalarLanes b) => new(Rounding.Multiply(a.v, b.v));

    public static ScalarLanes Fma(ScalarLanes a, ScalarLanes b, ScalarLanes c) => new(Rounding.Fma(a.v, b.v, c.v));

    public static void Accumulate(ref ScalarLanes sum, ScalarLanes a, ScalarLanes b) => sum = Fma(a, b, sum);

    public static ScalarLanes Divide(ScalarLanes a, ScalarLanes b) => new(Rounding.Divide(a.v, b.v));

    public static ScalarLanes Sqrt(ScalarLanes a) => new(Rounding.Sqrt(a.v));

    public static ScalarLanes Max(ScalarLanes a, ScalarLanes b) => new(b.v < a.v ? a.v : b.v);

    public static ScalarLanes SelectLess(ScalarLanes a, ScalarLanes b, ScalarLanes yes, ScalarLanes no) =>
        new(a.v < b.v ? yes.v : no.v);

    public static ScalarLanes SelectGreater(ScalarLanes a, ScalarLanes b, ScalarLanes yes, ScalarLanes no) =>
        new(a.v > b.v ? yes.v : no.v);

    public static ScalarLanes SelectLessOrEqual(ScalarLanes a, ScalarLanes b, ScalarLanes yes, ScalarLanes no) =>
        new(a.v <= b.v ? yes.v : no.v);

    public static ScalarLanes PowerOfTwo(ScalarLanes a) => new(Interop.IntAsFloat(Interop.FloatAsInt(a.v) << 23));

    public static ScalarLanes Exponent(ScalarLanes a) => new((int)(Interop.FloatAsInt(a.v) - Bits.SqrtHalf) >> 23);

    public static ScalarLanes Mantissa(ScalarLanes a)
    {
        uint bits = Interop.FloatAsInt(a.v);
        return new(Interop.IntAsFloat(bits - ((uint)((int)(bits - Bits.SqrtHalf) >> 23) << 23)));
    }

    public static float First(ScalarLanes a) => a.v;

    public static float Tree(ScalarLanes a) => a.v;

    public static ScalarLanes Trees(ScalarLanes a, ScalarLanes b, ScalarLanes c, ScalarLanes d) => a;
}
