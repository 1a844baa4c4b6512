using GpuMlp.Kernels.Numerics;
using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>
/// Sixteen floats over an ILGPU view, in named fields: the lanes of an OpenCL device that is a processor, whose compiler turns sixteen
/// neighbouring scalar operations into one of its vectors.
/// </summary>
/// <remarks>Written out field by field because an array indexed by a loop variable would go to memory.</remarks>
public struct StripLanes : ILanes<StripLanes, ArrayView<float>>
{
    float a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;

    public static int Width => 16;

    public static StripLanes Indices => new()
    {
        a0 = 0f, a1 = 1f, a2 = 2f, a3 = 3f, a4 = 4f, a5 = 5f, a6 = 6f, a7 = 7f,
        a8 = 8f, a9 = 9f, a10 = 10f, a11 = 11f, a12 = 12f, a13 = 13f, a14 = 14f, a15 = 15f,
    };

    public static ArrayView<float> From(ArrayView<float> view, int i) => view.SubView(i, view.Length - i);

    public static float Get(ArrayView<float> view, int i) => view[i];

    public static void Set(ArrayView<float> view, int i, float value) => view[i] = value;

    public static int GetInt(ArrayView<float> view, int i) => (int)Interop.FloatAsInt(view[i]);

    public static void SetInt(ArrayView<float> view, int i, int value) => view[i] = Interop.IntAsFloat((uint)value);

    public static StripLanes Load(ArrayView<float> view, int i) => new()
    {
        a0 = view[i + 0], a1 = view[i + 1], a2 = view[i + 2], a3 = view[i + 3],
        a4 = view[i + 4], a5 = view[i + 5], a6 = view[i + 6], a7 = view[i + 7],
        a8 = view[i + 8], a9 = view[i + 9], a10 = view[i + 10], a11 = view[i + 11],
        a12 = view[i + 12], a13 = view[i + 13], a14 = view[i + 14], a15 = view[i + 15],
    };

    public static void Store(ArrayView<float> view, int i, StripLanes value, int count)
    {
        if (count >= 16)
        {
            view[i + 0] = value.a0; view[i + 1] = value.a1; view[i + 2] = value.a2; view[i + 3] = value.a3;
            view[i + 4] = value.a4; view[i + 5] = value.a5; view[i + 6] = value.a6; view[i + 7] = value.a7;
            view[i + 8] = value.a8; view[i + 9] = value.a9; view[i + 10] = value.a10; view[i + 11] = value.a11;
            view[i + 12] = value.a12; view[i + 13] = value.a13; view[i + 14] = value.a14; view[i + 15] = value.a15;
            return;
        }
        view[i] = value.a0;
        if (count > 1) view[i + 1] = value.a1;
        if (count > 2) view[i + 2] = value.a2;
        if (count > 3) view[i + 3] = value.a3;
        if (count > 4) view[i + 4] = value.a4;
        if (count > 5) view[i + 5] = value.a5;
        if (count > 6) view[i + 6] = value.a6;
        if (count > 7) view[i + 7] = value.a7;
        if (count > 8) view[i + 8] = value.a8;
        if (count > 9) view[i + 9] = value.a9;
        if (count > 10) view[i + 10] = value.a10;
        if (count > 11) view[i + 11] = value.a11;
        if (count > 12) view[i + 12] = value.a12;
        if (count > 13) view[i + 13] = value.a13;
        if (count > 14) view[i + 14] = value.a14;
    }

    public static StripLanes Splat(float value) => new()
    {
        a0 = value, a1 = value, a2 = value, a3 = value, a4 = value, a5 = value, a6 = value, a7 = value,
        a8 = value, a9 = value, a10 = value, a11 = value, a12 = value, a13 = value, a14 = value, a15 = value,
    };

    public static StripLanes Add(StripLanes a, StripLanes b) => new()
    {
        a0 = a.a0 + b.a0, a1 = a.a1 + b.a1, a2 = a.a2 + b.a2, a3 = a.a3 + b.a3,
        a4 = a.a4 + b.a4, a5 = a.a5 + b.a5, a6 = a.a6 + b.a6, a7 = a.a7 + b.a7,
        a8 = a.a8 + b.a8, a9 = a.a9 + b.a9, a10 = a.a10 + b.a10, a11 = a.a11 + b.a11,
        a12 = a.a12 + b.a12, a13 = a.a13 + b.a13, a14 = a.a14 + b.a14, a15 = a.a15 + b.a15,
    };

    public static StripLanes Subtract(StripLanes a, StripLanes b) => new()
    {
        a0 = a.a0 - b.a0, a1 = a.a1 - b.a1, a2 = a.a2 - b.a2, a3 = a.a3 - b.a3,
        a4 = a.a4 - b.a4, a5 = a.a5 - b.a5, a6 = a.a6 - b.a6, a7 = a.a7 - b.a7,
        a8 = a.a8 - b.a8, a9 = a.a9 - b.a9, a10 = a.a10 - b.a10, a11 = a.a11 - b.a11,
        a12 = a.a12 - b.a12, a13 = a.a13 - b.a13, a14 = a.a14 - b.a14, a15 = a.a15 - b.a15,
    };

    public static StripLanes Negate(StripLanes a) => new()
    {
        a0 = -a.a0, a1 = -a.a1, a2 = -a.a2, a3 = -a.a3, a4 = -a.a4, a5 = -a.a5, a6 = -a.a6, a7 = -a.a7,
        a8 = -a.a8, a9 = -a.a9, a10 = -a.a10, a11 = -a.a11, a12 = -a.a12, a13 = -a.a13, a14 = -a.a14, a15 = -a.a15,
    };

    public static StripLanes Multiply(StripLanes a, StripLanes b) => new()
    {
        a0 = Rounding.Multiply(a.a0, b.a0), a1 = Rounding.Multiply(a.a1, b.a1),
        a2 = Rounding.Multiply(a.a2, b.a2), a3 = Rounding.Multiply(a.a3, b.a3),
        a4 = Rounding.Multiply(a.a4, b.a4), a5 = Rounding.Multiply(a.a5, b.a5),
        a6 = Rounding.Multiply(a.a6, b.a6), a7 = Rounding.Multiply(a.a7, b.a7),
        a8 = Rounding.Multiply(a.a8, b.a8), a9 = Rounding.Multiply(a.a9, b.a9),
        a10 = Rounding.Multiply(a.a10, b.a10), a11 = Rounding.Multiply(a.a11, b.a11),
        a12 = Rounding.Multiply(a.a12, b.a12), a13 = Rounding.Multiply(a.a13, b.a13),
        a14 = Rounding.Multiply(a.a14, b.a14), a15 = Rounding.Multiply(a.a15, b.a15),
    };

    public static StripLanes Fma(StripLanes a, StripLanes b, StripLanes c) => new()
    {
        a0 = Rounding.Fma(a.a0, b.a0, c.a0), a1 = Rounding.Fma(a.a1, b.a1, c.a1),
        a2 = Rounding.Fma(a.a2, b.a2, c.a2), a3 = Rounding.Fma(a.a3, b.a3, c.a3),
        a4 = Rounding.Fma(a.a4, b.a4, c.a4), a5 = Rounding.Fma(a.a5, b.a5, c.a5),
        a6 = Rounding.Fma(a.a6, b.a6, c.a6), a7 = Rounding.Fma(a.a7, b.a7, c.a7),
        a8 = Rounding.Fma(a.a8, b.a8, c.a8), a9 = Rounding.Fma(a.a9, b.a9, c.a9),
        a10 = Rounding.Fma(a.a10, b.a10, c.a10), a11 = Rounding.Fma(a.a11, b.a11, c.a11),
        a12 = Rounding.Fma(a.a12, b.a12, c.a12), a13 = Rounding.Fma(a.a13, b.a13, c.a13),
        a14 = Rounding.Fma(a.a14, b.a14, c.a14), a15 = Rounding.Fma(a.a15, b.a15, c.a15),
    };

    public static StripLanes Divide(StripLanes a, StripLanes b) => new()
    {
        a0 = Rounding.Divide(a.a0, b.a0), a1 = Rounding.Divide(a.a1, b.a1),
        a2 = Rounding.Divide(a.a2, b.a2), a3 = Rounding.Divide(a.a3, b.a3),
        a4 = Rounding.Divide(a.a4, b.a4), a5 = Rounding.Divide(a.a5, b.a5),
        a6 = Rounding.Divide(a.a6, b.a6), a7 = Rounding.Divide(a.a7, b.a7),
        a8 = Rounding.Divide(a.a8, b.a8), a9 = Rounding.Divide(a.a9, b.a9),
        a10 = Rounding.Divide(a.a10, b.a10), a11 = Rounding.Divide(a.a11, b.a11),
        a12 = Rounding.Divide(a.a12, b.a12), a13 = Rounding.Divide(a.a13, b.a13),
        a14 = Rounding.Divide(a.a14, b.a14), a15 = Rounding.Divide(a.a15, b.a15),
    };

    public static StripLanes Sqrt(StripLanes a) => new()
    {
        a0 = Rounding.Sqrt(a.a0), a1 = Rounding.Sqrt(a.a1), a2 = Rounding.Sqrt(a.a2), a3 = Rounding.Sqrt(a.a3),
        a4 = Rounding.Sqrt(a.a4), a5 = Rounding.Sqrt(a.a5), a6 = Rounding.Sqrt(a.a6), a7 = Rounding.Sqrt(a.a7),
        a8 = Rounding.Sqrt(a.a8), a9 = Rounding.Sqrt(a.a9), a10 = Rounding.Sqrt(a.a10), a11 = Rounding.Sqrt(a.a11),
        a12 = Rounding.Sqrt(a.a12), a13 = Rounding.Sqrt(a.a13), a14 = Rounding.Sqrt(a.a14), a15 = Rounding.Sqrt(a.a15),
    };

    public static StripLanes Max(StripLanes a, StripLanes b) => new()
    {
        a0 = a.a0 > b.a0 ? a.a0 : b.a0, a1 = a.a1 > b.a1 ? a.a1 : b.a1,
        a2 = a.a2 > b.a2 ? a.a2 : b.a2, a3 = a.a3 > b.a3 ? a.a3 : b.a3,
        a4 = a.a4 > b.a4 ? a.a4 : b.a4, a5 = a.a5 > b.a5 ? a.a5 : b.a5,
        a6 = a.a6 > b.a6 ? a.a6 : b.a6, a7 = a.a7 > b.a7 ? a.a7 : b.a7,
        a8 = a.a8 > b.a8 ? a.a8 : b.a8, a9 = a.a9 > b.a9 ? a.a9 : b.a9,
        a10 = a.a10 > b.a10 ? a.a10 : b.a10, a11 = a.a11 > b.a11 ? a.a11 : b.a11,
        a12 = a.a12 > b.a12 ? a.a12 : b.a12, a13 = a.a13 > b.a13 ? a.a13 : b.a13,
        a14 = a.a14 > b.a14 ? a.a14 : b.a14, a15 = a.a15 > b.a15 ? a.a15 : b.a15,
    };

    public static StripLanes SelectLess(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) => new()
    {
        a0 = a.a0 < b.a0 ? yes.a0 : no.a0, a1 = a.a1 < b.a1 ? yes.a1 : no.a1,
        a2 = a.a2 < b.a2 ? yes.a2 : no.a2, a3 = a.a3 < b.a3 ? yes.a3 : no.a3,
        a4 = a.a4 < b.a4 ? yes.a4 : no.a4, a5 = a.a5 < b.a5 ? yes.a5 : no.a5,
        a6 = a.a6 < b.a6 ? yes.a6 : no.a6, a7 = a.a7 < b.a7 ? yes.a7 : no.a7,
        a8 = a.a8 < b.a8 ? yes.a8 : no.a8, a9 = a.a9 < b.a9 ? yes.a9 : no.a9,
        a10 = a.a10 < b.a10 ? yes.a10 : no.a10, a11 = a.a11 < b.a11 ? yes.a11 : no.a11,
        a12 = a.a12 < b.a12 ? yes.a12 : no.a12, a13 = a.a13 < b.a13 ? yes.a13 : no.a13,
        a14 = a.a14 < b.a14 ? yes.a14 : no.a14, a15 = a.a15 < b.a15 ? yes.a15 : no.a15,
    };

    public static StripLanes SelectLessOrEqual(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) => new()
    {
        a0 = a.a0 <= b.a0 ? yes.a0 : no.a0, a1 = a.a1 <= b.a1 ? yes.a1 : no.a1,
        a2 = a.a2 <= b.a2 ? yes.a2 : no.a2, a3 = a.a3 <= b.a3 ? yes.a3 : no.a3,
        a4 = a.a4 <= b.a4 ? yes.a4 : no.a4, a5 = a.a5 <= b.a5 ? yes.a5 : no.a5,
        a6 = a.a6 <= b.a6 ? yes.a6 : no.a6, a7 = a.a7 <= b.a7 ? yes.a7 : no.a7,
        a8 = a.a8 <= b.a8 ? yes.a8 : no.a8, a9 = a.a9 <= b.a9 ? yes.a9 : no.a9,
        a10 = a.a10 <= b.a10 ? yes.a10 : no.a10, a11 = a.a11 <= b.a11 ? yes.a11 : no.a11,
        a12 = a.a12 <= b.a12 ? yes.a12 : no.a12, a13 = a.a13 <= b.a13 ? yes.a13 : no.a13,
        a14 = a.a14 <= b.a14 ? yes.a14 : no.a14, a15 = a.a15 <= b.a15 ? yes.a15 : no.a15,
    };

    public static StripLanes PowerOfTwo(StripLanes a) => new()
    {
        a0 = Shifted(a.a0), a1 = Shifted(a.a1), a2 = Shifted(a.a2), a3 = Shifted(a.a3),
        a4 = Shifted(a.a4), a5 = Shifted(a.a5), a6 = Shifted(a.a6), a7 = Shifted(a.a7),
        a8 = Shifted(a.a8), a9 = Shifted(a.a9), a10 = Shifted(a.a10), a11 = Shifted(a.a11),
        a12 = Shifted(a.a12), a13 = Shifted(a.a13), a14 = Shifted(a.a14), a15 = Shifted(a.a15),
    };

    public static StripLanes Exponent(StripLanes a) => new()
    {
        a0 = Steps(a.a0), a1 = Steps(a.a1), a2 = Steps(a.a2), a3 = Steps(a.a3),
        a4 = Steps(a.a4), a5 = Steps(a.a5), a6 = Steps(a.a6), a7 = Steps(a.a7),
        a8 = Steps(a.a8), a9 = Steps(a.a9), a10 = Steps(a.a10), a11 = Steps(a.a11),
        a12 = Steps(a.a12), a13 = Steps(a.a13), a14 = Steps(a.a14), a15 = Steps(a.a15),
    };

    public static StripLanes Mantissa(StripLanes a) => new()
    {
        a0 = Lowered(a.a0), a1 = Lowered(a.a1), a2 = Lowered(a.a2), a3 = Lowered(a.a3),
        a4 = Lowered(a.a4), a5 = Lowered(a.a5), a6 = Lowered(a.a6), a7 = Lowered(a.a7),
        a8 = Lowered(a.a8), a9 = Lowered(a.a9), a10 = Lowered(a.a10), a11 = Lowered(a.a11),
        a12 = Lowered(a.a12), a13 = Lowered(a.a13), a14 = Lowered(a.a14), a15 = Lowered(a.a15),
    };

    public static float First(StripLanes a) => a.a0;

    public static float Tree(StripLanes a) =>
        a.a0 + a.a8 + (a.a4 + a.a12) + (a.a2 + a.a10 + (a.a6 + a.a14))
        + (a.a1 + a.a9 + (a.a5 + a.a13) + (a.a3 + a.a11 + (a.a7 + a.a15)));

    static float Shifted(float a) => Interop.IntAsFloat(Interop.FloatAsInt(a) << 23);

    static int Steps(float a) => (int)(Interop.FloatAsInt(a) - Bits.SqrtHalf) >> 23;

    static float Lowered(float a) => Interop.IntAsFloat(Interop.FloatAsInt(a) - ((uint)Steps(a) << 23));
}
