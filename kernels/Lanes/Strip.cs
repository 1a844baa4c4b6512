using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Sixteen floats in one vector of OpenCL C. ILGPU does not know such vectors: it takes a strip for a double.</summary>
/// <remarks>
/// The OpenCL C that ILGPU writes for a kernel of strips starts with <see cref="Prelude"/>, which redefines double as the vector type and
/// defines a function per operation; the methods here stand for calls of these functions. It works because our kernels never compute in
/// double and ILGPU's own operations never touch a strip. The driver's compiler then sees vectors of the intended width; from sixteen
/// scalars it would build narrower ones, or none.
/// </remarks>
public static class Strip
{
    /// <summary>The text at the start of a kernel of strips, in OpenCL C.</summary>
    public const string Prelude = """
        #pragma OPENCL FP_CONTRACT OFF
        #pragma clang diagnostic ignored "-Wpsabi"
        typedef float16 strip __attribute__((aligned(4)));
        #define double strip
        strip strip_splat(float a) { return (float16)(a); }
        strip strip_indices(void) { return (float16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
        strip strip_add(strip a, strip b) { return a + b; }
        strip strip_subtract(strip a, strip b) { return a - b; }
        strip strip_negate(strip a) { return -a; }
        strip strip_multiply(strip a, strip b) { return a * b; }
        strip strip_fma(strip a, strip b, strip c) { return fma(a, b, c); }
        strip strip_divide(strip a, strip b) { return a / b; }
        strip strip_sqrt(strip a) { return sqrt(a); }
        strip strip_max(strip a, strip b) { return a > b ? a : b; }
        strip strip_select_less(strip a, strip b, strip yes, strip no) { return a < b ? yes : no; }
        strip strip_select_less_or_equal(strip a, strip b, strip yes, strip no) { return a <= b ? yes : no; }
        strip strip_power_of_two(strip a) { return as_float16(as_int16(a) << 23); }
        int16 strip_steps(strip a) { return as_int16(as_uint16(a) - 0x3F3504F3u) >> 23; }
        strip strip_exponent(strip a) { return convert_float16(strip_steps(a)); }
        strip strip_mantissa(strip a) { return as_float16(as_int16(a) - (strip_steps(a) << 23)); }
        float strip_lane(strip a, int i) { return ((float*)&a)[i]; }
        strip strip_with(strip a, int i, float value) { ((float*)&a)[i] = value; return a; }
        float strip_tree(strip a)
        {
            float8 b = a.lo + a.hi;
            float4 c = b.lo + b.hi;
            float2 d = c.lo + c.hi;
            return d.x + d.y;
        }
        float4 strip_quarter(strip a) { float8 b = a.lo + a.hi; return b.lo + b.hi; }
        strip strip_trees(strip a, strip b, strip c, strip d)
        {
            float4 e = strip_quarter(a), f = strip_quarter(b), g = strip_quarter(c), h = strip_quarter(d);
            float4 even = (float4)(e.x, f.x, g.x, h.x) + (float4)(e.z, f.z, g.z, h.z);
            float4 odd = (float4)(e.y, f.y, g.y, h.y) + (float4)(e.w, f.w, g.w, h.w);
            return (float16)(even + odd, even, even, even);
        }

        """;

    static readonly (string Method, string Function)[] functions =
    [
        (nameof(Splat), "strip_splat"), (nameof(Indices), "strip_indices"),
        (nameof(Add), "strip_add"), (nameof(Subtract), "strip_subtract"), (nameof(Negate), "strip_negate"),
        (nameof(Multiply), "strip_multiply"), (nameof(Fma), "strip_fma"), (nameof(Divide), "strip_divide"),
        (nameof(Sqrt), "strip_sqrt"), (nameof(Max), "strip_max"), (nameof(SelectLess), "strip_select_less"),
        (nameof(SelectLessOrEqual), "strip_select_less_or_equal"), (nameof(PowerOfTwo), "strip_power_of_two"),
        (nameof(Exponent), "strip_exponent"), (nameof(Mantissa), "strip_mantissa"),
        (nameof(Lane), "strip_lane"), (nameof(With), "strip_with"), (nameof(Tree), "strip_tree"), (nameof(Trees), "strip_trees"),
    ];

    /// <summary>Registers the operations with a context; call it before the context compiles its first kernel.</summary>
    /// <param name="context">The context.</param>
    /// <param name="newton">
    /// Whether to divide and take roots by <see cref="NewtonForms"/>, lane by lane; see <see cref="Rounding.Register"/>.
    /// </param>
    public static void Register(Context context, bool newton = false)
    {
        foreach ((string method, _) in functions)
        {
            (string handler, IntrinsicImplementationMode mode) =
                newton && method is nameof(Divide) ? (nameof(DivideByLanes), IntrinsicImplementationMode.Redirect)
                : newton && method is nameof(Sqrt) ? (nameof(SqrtByLanes), IntrinsicImplementationMode.Redirect)
                : (nameof(Write), IntrinsicImplementationMode.GenerateCode);
            context.GetIntrinsicManager().RegisterMethod(typeof(Strip).GetMethod(method)!, new CLIntrinsic(typeof(Strip), handler, mode));
        }
    }

    // the bodies of these methods never run: the prelude's functions do the work

    [IntrinsicImplementation]
    public static double Splat(float value) => value;

    [IntrinsicImplementation]
    public static double Indices() => 0;

    [IntrinsicImplementation]
    public static double Add(double a, double b) => a;

    [IntrinsicImplementation]
    public static double Subtract(double a, double b) => a;

    [IntrinsicImplementation]
    public static double Negate(double a) => a;

    [IntrinsicImplementation]
    public static double Multiply(double a, double b) => a;

    [IntrinsicImplementation]
    public static double Fma(double a, double b, double c) => a;

    [IntrinsicImplementation]
    public static double Divide(double a, double b) => a;

    [IntrinsicImplementation]
    public static double Sqrt(double a) => a;

    [IntrinsicImplementation]
    public static double Max(double a, double b) => a;

    [IntrinsicImplementation]
    public static double SelectLess(double a, double b, double yes, double no) => a;

    [IntrinsicImplementation]
    public static double SelectLessOrEqual(double a, double b, double yes, double no) => a;

    [IntrinsicImplementation]
    public static double PowerOfTwo(double a) => a;

    [IntrinsicImplementation]
    public static double Exponent(double a) => a;

    [IntrinsicImplementation]
    public static double Mantissa(double a) => a;

    /// <summary>The float in lane i.</summary>
    [IntrinsicImplementation]
    public static float Lane(double a, int i) => 0f;

    /// <summary>a with its lane i replaced by value.</summary>
    [IntrinsicImplementation]
    public static double With(double a, int i, float value) => a;

    [IntrinsicImplementation]
    public static float Tree(double a) => 0f;

    [IntrinsicImplementation]
    public static double Trees(double a, double b, double c, double d) => a;

    // These call NewtonForms and not Rounding.Divide, which is itself replaced: ILGPU replaces calls to a depth of two, and
    // Rounding.Multiply inside NewtonForms is the second.

    static double DivideByLanes(double a, double b)
    {
        double quotient = a;
        for (int i = 0; i < StripLanes.Width; i++) quotient = With(quotient, i, NewtonForms.Divide(Lane(a, i), Lane(b, i)));
        return quotient;
    }

    static double SqrtByLanes(double a)
    {
        double root = a;
        for (int i = 0; i < StripLanes.Width; i++) root = With(root, i, NewtonForms.Sqrt(Lane(a, i)));
        return root;
    }

    static void Write(CLBackend backend, CLCodeGenerator code, Value value)
    {
        string name = ((MethodCall)value).Target.Source!.Name;
        Rounding.Call(code, value, functions.First(f => f.Method == name).Function, value.Count);
    }
}
