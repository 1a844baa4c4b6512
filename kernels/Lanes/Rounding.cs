using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Float32 operations that round the same way on every compiler: each becomes one fixed instruction on each back end.</summary>
/// <remarks>
/// .NET runs the bodies as they stand here; <see cref="Register"/> gives ILGPU's back ends their own. ptxas contracts a bare mul.f32 into
/// a later add.f32 but leaves mul.rn.f32 alone. OpenCL C contracts within one expression only, and ILGPU writes each operation as a
/// statement of its own, so a plain product is safe there.
/// </remarks>
public static class Rounding
{
    /// <summary>a · b + c, rounded once.</summary>
    [IntrinsicImplementation]
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>a · b, rounded by itself.</summary>
    [IntrinsicImplementation]
    public static float Multiply(float a, float b) => a * b;

    /// <summary>a / b, correctly rounded.</summary>
    [IntrinsicImplementation]
    public static float Divide(float a, float b) => a / b;

    /// <summary>√a, correctly rounded.</summary>
    [IntrinsicImplementation]
    public static float Sqrt(float a) => MathF.Sqrt(a);

    /// <summary>Registers the instructions with a context; call it before the context compiles its first kernel.</summary>
    /// <param name="context">The context.</param>
    /// <param name="newton">
    /// Whether OpenCL divides and takes roots by <see cref="NewtonForms"/>. OpenCL C allows errors of 2.5 and 3 ulp, and ILGPU passes no
    /// option to the driver but -cl-std, so it cannot ask for -cl-fp32-correctly-rounded-divide-sqrt. A self-test finds the devices that
    /// need this.
    /// </param>
    public static void Register(Context context, bool newton = false)
    {
        Ptx(context, nameof(Fma), nameof(FmaPtx));
        Ptx(context, nameof(Multiply), nameof(MultiplyPtx));
        Ptx(context, nameof(Divide), nameof(DividePtx));
        Ptx(context, nameof(Sqrt), nameof(SqrtPtx));
        OpenCL(context, nameof(Fma), typeof(Rounding), nameof(FmaOpenCL), IntrinsicImplementationMode.GenerateCode);
        OpenCL(context, nameof(Multiply), typeof(Rounding), nameof(MultiplyOpenCL), IntrinsicImplementationMode.Redirect);
        if (newton)
        {
            OpenCL(context, nameof(Divide), typeof(NewtonForms), nameof(NewtonForms.Divide), IntrinsicImplementationMode.Redirect);
            OpenCL(context, nameof(Sqrt), typeof(NewtonForms), nameof(NewtonForms.Sqrt), IntrinsicImplementationMode.Redirect);
        }
        else
        {
            OpenCL(context, nameof(Divide), typeof(Rounding), nameof(DivideOpenCL), IntrinsicImplementationMode.Redirect);
            OpenCL(context, nameof(Sqrt), typeof(Rounding), nameof(SqrtOpenCL), IntrinsicImplementationMode.GenerateCode);
        }
    }

    static void Ptx(Context context, string method, string handler) => context.GetIntrinsicManager().RegisterMethod(
        typeof(Rounding).GetMethod(method)!, new PTXIntrinsic(typeof(Rounding), handler, IntrinsicImplementationMode.GenerateCode));

    static void OpenCL(Context context, string method, Type type, string handler, IntrinsicImplementationMode mode) =>
        context.GetIntrinsicManager().RegisterMethod(typeof(Rounding).GetMethod(method)!, new CLIntrinsic(type, handler, mode));

    static void FmaPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Emit(code, value, "fma.rn.f32", 3);

    static void MultiplyPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Emit(code, value, "mul.rn.f32", 2);

    static void DividePtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Emit(code, value, "div.rn.f32", 2);

    static void SqrtPtx(PTXBackend backend, PTXCodeGenerator code, Value value) => Emit(code, value, "sqrt.rn.f32", 1);

    static float MultiplyOpenCL(float a, float b) => a * b;

    static float DivideOpenCL(float a, float b) => a / b;

    static void FmaOpenCL(CLBackend backend, CLCodeGenerator code, Value value) => Call(code, value, "fma", 3);

    static void SqrtOpenCL(CLBackend backend, CLCodeGenerator code, Value value) => Call(code, value, "sqrt", 1);

    static void Emit(PTXCodeGenerator code, Value value, string instruction, int operands)
    {
        var registers = Enumerable.Range(0, operands).Select(i => code.LoadPrimitive(value[i])).ToArray();
        var target = code.AllocateHardware(value);
        using var command = code.BeginCommand(instruction);
        command.AppendArgument(target);
        foreach (var register in registers) command.AppendArgument(register);
    }

    internal static void Call(CLCodeGenerator code, Value value, string function, int operands)
    {
        var arguments = Enumerable.Range(0, operands).Select(i => code.Load(value[i])).ToArray();
        var target = code.Allocate(value);
        using var statement = code.BeginStatement(target);
        statement.AppendCommand(function);
        statement.BeginArguments();
        foreach (var argument in arguments) statement.AppendArgument(argument);
        statement.EndArguments();
    }
}
