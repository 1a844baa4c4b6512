using CudaEmulator.Ptx;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Tests.Devices;
using GpuMlp.Tests.Support;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using CudaError = CudaEmulator.CudaError;

namespace GpuMlp.Tests.Emulator;

/// <summary>Which modules the emulator accepts: all our kernels, and no module that NVIDIA's assembler refuses.</summary>
public class PtxModuleTests
{
    // each statement is wrong in one way; lines are counted from the module's first
    [Theory]
    [InlineData("ex2.approx.f32 %f, %g;", "the emulator has no instruction 'ex2.approx.f32'")]
    [InlineData("add.s32 %d, %a;", "expected ',', found ';'")]
    [InlineData("add.s32 %d, %a, %b, %c;", "expected ';', found ','")]
    [InlineData("add.s32 %d, %a, %nothing;", "unknown symbol '%nothing'")]
    [InlineData("add.s32 %d, %a, %f;", "'%f' is .f32 where .s32 is wanted")]
    [InlineData("add.s32 %d, %a, %lb;", "'%lb' is .b64 where .s32 is wanted")]
    [InlineData("add.f32 %f, %g, 1;", "'1' does not fit .f32")]
    [InlineData("add.s32 %d, %a, 0f3F800000;", "'0f3F800000' does not fit .s32")]
    [InlineData("add.s32 %d, %a, 4294967296;", "'4294967296' does not fit .s32")]
    [InlineData("mov.u32 %tid.x, %a;", "a special register cannot be written to")]
    [InlineData("add.s32 %d, %a, %tid.x;", "only a move takes a special register")]
    [InlineData("bra.uni NOWHERE;", "unknown label 'NOWHERE'")]
    [InlineData("HERE: HERE: ret;", "the label 'HERE' is there twice")]
    [InlineData("ld.param.b64 %ld, [memory+8];", "8 bytes at 8 are not within 'memory' of 8 bytes")]
    [InlineData("ld.param.b32 %d, [memory+2];", "'memory+2' is no multiple of 4")]
    [InlineData("st.param.b64 [memory], %ld;", "an entry point's parameters cannot be written")]
    [InlineData("ld.global.b32 %d, [%a];", "'%a' is .b32 where .b64 is wanted")]
    [InlineData(".reg .b32 %a;", "'%a' is declared twice")]
    [InlineData(".reg .f64 %x;", "registers of type '.f64' are not supported")]
    [InlineData("@%a ret;", "'%a' is .b32 where .pred is wanted")]
    [InlineData("/* ", "a comment does not end")]
    [InlineData("ret ?", "unexpected character '?'")]
    public void AFaultIsSaidWithItsLine(string statement, string message)
    {
        var error = Assert.Throws<PtxError>(() => PtxModule.Parse(PtxProgram.Module("\n\n" + statement)));
        Assert.Equal(CudaError.InvalidPtx, error.Code);
        Assert.Equal($"ptxas application ptx input, line {error.Line}; error   : {message}", error.Message);
        Assert.Equal(14, error.Line);
    }

    [Theory]
    [InlineData("sm_80", 75, 84, (int)CudaError.NoBinaryForGpu)]
    [InlineData("sm_50", 75, 60, (int)CudaError.UnsupportedPtxVersion)]
    public void AnotherCardsModuleIsRefused(string target, int capability, int newest, int expected)
    {
        var error = Assert.Throws<PtxError>(() => PtxModule.Parse(PtxProgram.Module("", target), capability, newest));
        Assert.Equal((CudaError)expected, error.Code);
    }

    [Fact]
    public void EveryKernelIsAccepted()
    {
        using Context context = DeviceOpener.Create(_ => { });
        using var backend = new PTXBackend(context, CudaArchitecture.SM_80, CudaInstructionSet.ISA_78, null!);
        int kernels = 0;
        foreach ((string name, System.Reflection.MethodInfo entry) in ClosedOps.OnGpus(1))
        {
            var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default);
            PtxModule module = PtxModule.Parse(compiled.PTXAssembly);
            Assert.True(module.Kernels.ContainsKey(compiled.Name), name);
            kernels++;
        }
        Assert.True(kernels > 20, $"{kernels} kernels");
    }

    static readonly string[] names =
    [
        "add.s32", "add.u32", "add.u64", "add.f32", "add.rn.f32", "sub.s32", "sub.f32", "mul.lo.s32", "mul.lo.u64", "mul.wide.u32",
        "mul.wide.s32", "mul.hi.u32", "mad.lo.s32", "mad.wide.u32", "div.s32", "rem.s64", "div.rn.f32", "sqrt.rn.f32", "neg.f32", "neg.s32",
        "abs.s32", "min.s32", "max.u32", "fma.rn.f32", "and.b32", "or.pred", "xor.b64", "not.pred", "not.b32", "shl.b32", "shl.b64",
        "shr.u32", "shr.s32", "shr.b64", "mov.b32", "mov.f32", "mov.u64", "mov.pred", "selp.b32", "selp.f32", "selp.b64", "setp.lt.s32",
        "setp.hi.u32", "setp.ltu.f32", "setp.eq.b32", "setp.nan.f32", "setp.ne.s64", "cvt.s64.s32", "cvt.u64.u32", "cvt.s32.s64",
        "cvt.rn.f32.s32", "cvt.rzi.s32.f32", "cvta.to.global.u64", "ld.global.f32", "st.global.b32", "ld.shared.b32", "st.shared.b64",
        "ld.param.b32", "bar.sync", "bra", "ret",
    ];

    static readonly string[] guards = ["", "", "@%p ", "@!%q "];

    static readonly string[] operands =
    [
        "%a", "%b", "%la", "%lb", "%f", "%g", "%p", "%q", "%tid.x", "0", "1", "-1", "7", "0x10", "4294967295", "0f3F800000",
        "[%address]", "[%la+4]", "[memory]", "[memory+4]", "[room]", "[room+4]", "room", "OVER",
    ];

    // statements put together at random: most are wrong; those that are accepted all go to the assembler
    [Fact]
    public void WhatIsAcceptedAssembles()
    {
        Ptxas.Need();
        var random = new Random(11);
        List<string> accepted = [];
        for (int i = 0; i < 60_000; i++)
        {
            string guard = Pick(random, guards), name = Pick(random, names);
            string list = string.Join(", ", Enumerable.Range(0, random.Next(5)).Select(_ => Pick(random, operands)));
            string statement = $"{guard}{name} {list};";
            if (Accepts(statement)) accepted.Add(statement);
        }
        accepted = [.. accepted.Distinct()];
        Assert.True(accepted.Count > 200, $"only {accepted.Count} accepted");
        Ptxas.Assemble(PtxProgram.Module(Body(string.Join("\n", accepted))), "sm_50");
    }

    static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];

    static string Body(string statement) => $".shared .align 8 .b8 room[16];\n{statement}\nOVER:";

    static bool Accepts(string statement)
    {
        try
        {
            PtxModule.Parse(PtxProgram.Module(Body(statement)));
            return true;
        }
        catch (PtxError)
        {
            return false;
        }
    }
}
