using System.Reflection;
using System.Text.RegularExpressions;
using GpuMlp.Devices.Finding;
using GpuMlp.Kernels;
using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Support;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>CUDA without a card: every kernel's PTX says nothing that a card could take in two ways, and assembles without spills.</summary>
public class PtxTests(ITestOutputHelper output)
{
    static readonly string[] forbidden =
    [
        @"\.extern\b",                                                             // what no driver resolves at load
        @"\.f64\b", @"\.approx\b", @"\.ftz\b", @"\.local\b", @"__local_depot",
        @"\bmul\.f32\b", @"\bmad\.f32\b",                                          // ptxas contracts these into a later add
        @"\bfma\.(?!rn\.f32\b)", @"\bmul\.(?!rn\.f32\b)[a-z]*\.?f32\b", @"\badd\.(?!f32\b|rn\.f32\b)[a-z.]*f32\b",
        @"\bdiv\.(?!rn\.f32\b)[a-z.]*f32\b", @"\bsqrt\.(?!rn\.f32\b)", @"\brsqrt\.", @"\brcp\.(?!rn\.f32\b)",
        @"\b(ex2|lg2|sin|cos|tanh)\.",
    ];

    [Theory]
    [InlineData("sm_50")]
    [InlineData("sm_75")]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void EveryKernelRoundsInOneWayAndAssemblesWithoutSpills(string architecture) =>
        Check(architecture, groups: 1);

    [Theory(Explicit = true)]                                                   // a minute
    [InlineData("sm_50")]
    [InlineData("sm_75")]
    [InlineData("sm_80")]
    [InlineData("sm_90")]
    public void SoDoesEveryKernelWithEveryActivationAndLoss(string architecture) => Check(architecture, int.MaxValue);

    void Check(string architecture, int groups)
    {
        var texts = Compile(architecture, groups);
        Assert.True(texts.Count > 20, "the kernels were not found");
        List<string> wrong = [.. texts.SelectMany(t => Violations(t.Ptx).Select(line => $"{t.Name}: {line}"))];
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(20)));
        Ptxas.Need();
        foreach ((string name, Ptxas.Cost cost) in texts.AsParallel().AsOrdered().Select(t => (t.Name, Ptxas.Assemble(t.Ptx, architecture))).ToList())
        {
            output.WriteLine($"{architecture} {name}: {cost}");
            Assert.True(cost is { SpillStores: 0, SpillLoads: 0, Stack: 0 }, $"{architecture} {name}: {cost}");
        }
    }

    // a copy for lane 0 and one for the others: what ILGPU makes of some ifs, and no device has to stand
    [Fact]
    public void EveryBarrierThatABodyHasIsThereOnce()
    {
        var texts = Compile("sm_80", 1, name => name.EndsWith(nameof(DeviceEntry.GroupKernel), StringComparison.Ordinal));
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Project.Root().FullName, "kernels"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        int all = 0;
        foreach ((string name, string ptx) in texts)
        {
            string type = $"struct {name.Split('<', ',')[0]}<";
            int written = sources.Where(text => text.Contains(type, StringComparison.Ordinal)).Sum(text => Regex.Count(text, @"\bTBarrier\.Wait\("));
            Assert.Equal((name, written), (name, Regex.Count(ptx, @"\bbar(rier)?\.sync\b")));
            all += written;
        }
        Assert.True(all > 10, $"{all} barriers");
    }

    [Theory]
    [InlineData("\tmul.f32 %f3, %f1, %f2;")]
    [InlineData("\tfma.f32 %f3, %f1, %f2, %f4;")]
    [InlineData("\tfma.rz.f32 %f3, %f1, %f2, %f4;")]
    [InlineData("\tmul.rn.ftz.f32 %f3, %f1, %f2;")]
    [InlineData("\tdiv.approx.f32 %f3, %f1, %f2;")]
    [InlineData("\tdiv.full.f32 %f3, %f1, %f2;")]
    [InlineData("\tadd.f64 %fd3, %fd1, %fd2;")]
    [InlineData("\tsqrt.approx.f32 %f3, %f1;")]
    [InlineData("\tld.local.f32 %f3, [%rd1];")]
    [InlineData(".extern .func (.param .f32 r) fma(")]
    public void WhatMayNotBeThereIsFound(string line) => Assert.Single(Violations(line));

    [Theory]
    [InlineData("\tmul.rn.f32 %f640, %f1, %f2;")]
    [InlineData("\tfma.rn.f32 %f3, %f1, %f2, %f4;")]
    [InlineData("\tdiv.rn.f32 %f3, %f1, %f2;")]
    [InlineData("\tsqrt.rn.f32 %f3, %f1;")]
    [InlineData("\tadd.f32 %f3, %f1, %f2;")]
    [InlineData("\tmul.lo.s32 %r3, %r1, %r2;")]
    [InlineData("\tmad.lo.s32 %r3, %r1, %r2, %r4;")]
    [InlineData("\tdiv.s32 %r3, %r1, %r2;")]
    public void WhatRoundsInOneWayPasses(string line) => Assert.Empty(Violations(line));

    static IEnumerable<string> Violations(string ptx) =>
        ptx.Split('\n').Where(line => pattern.IsMatch(line)).Select(line => line.Trim());

    static readonly Regex pattern = new(string.Join("|", forbidden), RegexOptions.Compiled);

    static List<(string Name, string Ptx)> Compile(string architecture, int groups, Func<string, bool>? wanted = null)
    {
        CudaArchitecture target = architecture switch
        {
            "sm_50" => CudaArchitecture.SM_50,
            "sm_75" => CudaArchitecture.SM_75,
            "sm_80" => CudaArchitecture.SM_80,
            _ => CudaArchitecture.SM_90,
        };
        using Context context = DeviceOpener.Create(_ => { });
        using var backend = new PTXBackend(context, target, CudaInstructionSet.ISA_78, null!);
        return [.. ClosedOps.OnGpus(groups).Where(op => wanted is null || wanted(op.Name)).Select(op => (op.Name, Text(backend, op.Entry)))];
    }

    static string Text(PTXBackend backend, MethodInfo entry) =>
        ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default)).PTXAssembly;
}
