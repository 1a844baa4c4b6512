using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Sixteen floats over an ILGPU view, as a vector of OpenCL C: the lanes of an OpenCL device that is a processor.</summary>
/// <remarks>Only OpenCL can run them; see <see cref="Strip"/>.</remarks>
public readonly struct StripLanes : ILanes<StripLanes, ArrayView<float>>
{
    readonly double v;

    StripLanes(double value) => v = value;

    public static int Width => 16;

    public static StripLanes Indices => new(Strip.Indices());

    public static ArrayView<float> From(ArrayView<float> view, int i) => view.SubView(i, view.Length - i);

    public static float Get(ArrayView<float> view, int i) => view[i];

    public static void Set(ArrayView<float> view, int i, float value) => view[i] = value;

    public static int GetInt(ArrayView<float> view, int i) => (int)Interop.FloatAsInt(view[i]);

    public static void SetInt(ArrayView<float> view, int i, int value) => view[i] = Interop.IntAsFloat((uint)value);

    public static Two GetTwo(ArrayView<float> view, int i) => ScalarLanes.GetTwo(view, i);

    public static void SetTwo(ArrayView<float> view, int i, Two value) => ScalarLanes.SetTwo(view, i, value);

    public static Four GetFour(ArrayView<float> view, int i) => ScalarLanes.GetFour(view, i);

    public static void SetFour(ArrayView<float> view, int i, Four value) => ScalarLanes.SetFour(view, i, value);

    public static StripLanes Load(ArrayView<float> view, int i) => new(view.SubView(i, 16).Cast<double>()[0]);

    public static void Store(ArrayView<float> view, int i, StripLanes value, int count)
    {
        if (count >= 16) view.SubView(i, 16).Cast<double>()[0] = value.v;
        else
            for (int lane = 0; lane < count; lane++) view[i + lane] = Strip.Lane(value.v, lane);
    }

    public static void Transpose(ArrayView<float> from, int fromStep, ArrayView<float> to, int toStep) =>
        Four.Transpose<StripLanes, ArrayView<float>>(from, fromStep, to, toStep);

    public static StripLanes Splat(float value) => new(Strip.Splat(value));

    public static StripLanes Add(StripLanes a, StripLanes b) => new(Strip.Add(a.v, b.v));

    public static StripLanes Subtract(StripLanes a, StripLanes b) => new(Strip.Subtract(a.v, b.v));

    public static StripLanes Negate(StripLanes a) => new(Strip.Negate(a.v));

    public static StripLanes Multiply(StripLanes a, StripLanes b) => new(Strip.Multiply(a.v, b.v));

    public static StripLanes Fma(StripLanes a, StripLanes b, StripLanes c) => new(Strip.Fma(a.v, b.v, c.v));

    public static void Accumulate(ref StripLanes sum, StripLanes a, StripLanes b) => sum = Fma(a, b, sum);

    public static StripLanes Divide(StripLanes a, StripLanes b) => new(Strip.Divide(a.v, b.v));

    public static StripLanes Sqrt(StripLanes a) => new(Strip.Sqrt(a.v));

    public static StripLanes Max(StripLanes a, StripLanes b) => new(Strip.Max(a.v, b.v));

    public static StripLanes SelectLess(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) =>
        new(Strip.SelectLess(a.v, b.v, yes.v, no.v));

    public static StripLanes SelectGreater(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) => SelectLess(b, a, yes, no);

    public static StripLanes SelectLessOrEqual(StripLanes a, StripLanes b, StripLanes yes, StripLanes no) =>
        new(Strip.SelectLessOrEqual(a.v, b.v, yes.v, no.v));

    public static StripLanes PowerOfTwo(StripLanes a) => new(Strip.PowerOfTwo(a.v));

    public static StripLanes Exponent(StripLanes a) => new(Strip.Exponent(a.v));

    public static StripLanes Mantissa(StripLanes a) => new(Strip.Mantissa(a.v));

    public static float First(StripLanes a) => Strip.Lane(a.v, 0);

    public static float Tree(StripLanes a) => Strip.Tree(a.v);

    public static StripLanes Trees(StripLanes a, StripLanes b, StripLanes c, StripLanes d) => new(Strip.Trees(a.v, b.v, c.v, d.v));
}
