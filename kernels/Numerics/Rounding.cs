using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace GpuMlp.Kernels.Numerics;

/// <summary>Float32 operations that round the same way on every compiler: each is one named instruction on each back end.</summary>
/// <remarks>
/// The methods' own bodies are what .NET runs. ptxas contracts a bare mul.f32 into a later add.f32 but leaves mul.rn.f32 alone; OpenCL C
/// contracts within an expression only, and ILGPU writes one operation a statement, so a plain product is safe there.
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

    /// <summary>Teaches a context the instructions; before its first kernel is compiled.</summary>
    public static void Register(Context context)
    {
        Register(context, nameof(Fma), nameof(FmaPtx), nameof(FmaOpenCL), IntrinsicImplementationMode.GenerateCode);
        Register(context, nameof(Multiply), nameof(MultiplyPtx), nameof(MultiplyOpenCL), IntrinsicImplementationMode.Redirect);
        Register(context, nameof(Divide), nameof(DividePtx), nameof(DivideOpenCL), IntrinsicImplementationMode.Redirect);
        Register(context, nameof(Sqrt), nameof(SqrtPtx), nameof(SqrtOpenCL), IntrinsicImplementationMode.GenerateCode);
    }

    static void Register(Context context, string method, string ptx, string openCL, IntrinsicImplementationMode openCLMode)
    {
        IntrinsicImplementationManager manager = context.GetIntrinsicManager();
        MethodInfo target = typeof(Rounding).GetMethod(method)!;
        manager.RegisterMethod(target, new PTXIntrinsic(typeof(Rounding), ptx, IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(target, new CLIntrinsic(typeof(Rounding), openCL, openCLMode));
    }

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

    static void Call(CLCodeGenerator code, Value value, string function, int operands)
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
