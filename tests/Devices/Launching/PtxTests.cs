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

/// <summary>
/// CUDA without a card: every kernel's PTX leaves a card no choice of rounding or order, and NVIDIA's assembler needs no spills for it.
/// </summary>
public class PtxTests(ITestOutputHelper output)
{
    static readonly string[] forbidden =
    [
        @"\.extern\b",                                                             // a function that no driver has when it loads the module
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

    [Theory(Explicit = true)]                                                   // takes a minute
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
        var costs = texts.AsParallel().AsOrdered().Select(t => (t.Name, Ptxas.Assemble(t.Ptx, architecture))).ToList();
        foreach ((string name, Ptxas.Cost cost) in costs)
        {
            output.WriteLine($"{architecture} {name}: {cost}");
            Assert.True(cost is { SpillStores: 0, SpillLoads: 0, Stack: 0 }, $"{architecture} {name}: {cost}");
        }
    }

    // ILGPU compiles some ifs into one copy of the code for lane 0 and another for the other lanes; a barrier must not be in two copies
    [Fact]
    public void EveryBarrierThatABodyHasIsThereOnce()
    {
        var texts = Compile("sm_80", 1, name => name.EndsWith(nameof(DeviceEntry.GroupKernel), StringComparison.Ordinal)
            || name.EndsWith(nameof(DeviceEntry.SharedKernel), StringComparison.Ordinal));
        string kernels = Path.Combine(Project.Root().FullName, "kernels");
        string[] sources = [.. Directory.EnumerateFiles(kernels, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        int all = 0;
        foreach ((string name, string ptx) in texts)
        {
            string own = string.Concat(sources.Where(text => text.Contains($"struct {Body(name)}<", StringComparison.Ordinal)));
            // its own, and those of what it calls
            int written = Barriers(own) + sources.Where(text => Barriers(text) > 0 && Shared(text) is string part
                && own.Contains($"new {part}<", StringComparison.Ordinal)).Sum(Barriers);
            Assert.Equal((name, written), (name, Regex.Count(ptx, @"\bbar(rier)?\.sync\b")));
            all += written;
        }
        Assert.True(all > 10, $"{all} barriers");

        static string Body(string kernel) => kernel.Split('<', ',')[0];
        static int Barriers(string text) => Regex.Count(text, @"\bTBarrier\.Wait\(");
        // the body that other bodies call, if the file has one
        string? Shared(string text) => Regex.Match(text, @"public readonly struct (\w+)<") is { Success: true } match
            && !texts.Any(kernel => Body(kernel.Name) == match.Groups[1].Value) ? match.Groups[1].Value : null;
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
    [InlineData("\tsetp.lt.f32 %p1, %f1, 0f00000000;")]
    [InlineData("\tsetp.neu.f32 %p1, %f1, %f2;")]
    public void WhatRoundsInOneWayPasses(string line) => Assert.Empty(Violations(line));

    static IEnumerable<string> Violations(string ptx) =>
        ptx.Split('\n').Where(line => pattern.IsMatch(line)).Select(line => line.Trim()).Concat(TrueOfNaN(ptx));

    [Theory]
    [InlineData("setp.ltu.f32 %p1, %f1, 0f00000000;\n@%p1 bra L_1;", 0)]
    [InlineData("setp.ltu.f32 %p1, %f1, 0f00000000;\nselp.b32 %f2, %f3, %f4, %p1;", 1)]
    [InlineData("setp.ltu.f32 %p1, %f1, 0f00000000;\nsetp.gtu.f32 %p2, %f1, 0f00000000;\nand.pred %p3, %p1, %p2;", 2)]
    [InlineData("setp.ltu.f32 %p1, %f1, 0f00000000;\nsetp.lt.f32 %p2, %f1, 0f00000000;\nand.pred %p3, %p1, %p2;\n@%p3 bra L_1;", 0)]
    [InlineData("setp.ltu.f32 %p1, %f1, 0f00000000;\nsetp.lt.f32 %p1, %f1, 0f00000000;\nselp.b32 %f2, %f3, %f4, %p1;", 0)]
    public void AComparisonThatIsTrueOfNaNIsFound(string ptx, int violations) => Assert.Equal(violations, Violations(ptx).Count());

    // Uses of unordered comparisons. ILGPU makes one where it moves a constant to the other side, but no comparison that we write is true
    // for NaN: so an unordered comparison may only decide a branch, or be joined by and.pred with an ordered one.
    static IEnumerable<string> TrueOfNaN(string ptx)
    {
        var unordered = new Dictionary<string, string>();                         // by the predicate that holds the comparison now
        foreach (string line in ptx.Split('\n').Select(l => l.Trim()))
        {
            string[] predicates = [.. Regex.Matches(line, @"%p\d+").Select(m => m.Value)];
            if (predicates.Length == 0) continue;
            if (line.StartsWith('@')) continue;                                       // a branch is taken where our condition does not hold
            bool defines = !line.StartsWith("selp", StringComparison.Ordinal);
            string[] used = defines ? predicates[1..] : predicates;
            if (!(line.StartsWith("and.pred", StringComparison.Ordinal) && used.Any(p => !unordered.ContainsKey(p))))
                foreach (string p in used)
                    if (unordered.TryGetValue(p, out string? comparison)) yield return $"{comparison} then {line}";
            if (!defines) continue;
            unordered.Remove(predicates[0]);
            if (Regex.IsMatch(line, @"^setp\.(equ|ltu|leu|gtu|geu)\.f32\b")) unordered[predicates[0]] = line;
        }
    }

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
        IEnumerable<(string Name, MethodInfo Entry)> all = ClosedOps.OnGpus(groups);
        return [.. all.Where(op => wanted is null || wanted(op.Name)).Select(op => (op.Name, Text(backend, op.Entry)))];
    }

    static string Text(PTXBackend backend, MethodInfo entry) =>
        ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default)).PTXAssembly;
}
