using System.Text.RegularExpressions;
using GpuMlp.Devices;
using GpuMlp.Devices.Launching;
using GpuMlp.Tests.Support;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>The OpenCL C of every kernel: no double, and no operation whose rounding is up to the driver.</summary>
public partial class OpenCLTextTests
{
    [Fact]
    public void EveryKernelIsPlainOpenCL()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        CLBackend backend = ((CLAccelerator)device.Accelerator).Backend;
        int fused = 0;
        foreach ((string name, var entry) in ClosedOps.OnGpus(groups: 1))
        {
            string text = ((CLCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default)).Source;
            Match wrong = Forbidden().Match(text);
            Assert.False(wrong.Success, $"{name}: {wrong.Value}");
            if (text.Contains(" fma (", StringComparison.Ordinal)) fused++;
        }
        Assert.True(fused > 10, $"{fused} kernels use fma");
    }

    [Fact]
    public void ArgumentsEndWithTheirLastFieldOnEveryDriver()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        var accelerator = (CLAccelerator)device.Accelerator;
        int padded = 0;
        foreach ((string name, var entry) in ClosedOps.OnGpus(groups: 1).Concat(HasStrips(device) ? ClosedOps.OnProcessors() : []))
        {
            EntryPointDescription description = EntryPointDescription.FromExplicitlyGroupedKernel(entry);
            string text = ((CLCompiledKernel)accelerator.Backend.Compile(description, default)).Source;
            if (OpenCLText.TailPadding(text).Any(s => s.Bytes > 0)) padded++;
            (string Name, int Bytes)[] left = [.. OpenCLText.TailPadding(OpenCLText.Portable(text, accelerator.CLStdVersion))];
            Assert.True(left.All(s => s.Bytes == 0), $"{name}: {string.Join(", ", left)}");
            Assert.Equal(Regex.Count(text, @"^struct \w+\r?\n", RegexOptions.Multiline), left.Length);
        }
        Assert.True(padded > 10, $"{padded} ops had padding");
    }

    [Theory]
    [InlineData("int field_0;\n\tlong field_1;\n\tint field_2;", 4)]
    [InlineData("char field_0;\n\tshort field_1;", 0)]
    [InlineData("type_7 field_0;\n\tchar field_1;", 7)]
    [InlineData("long field_0;", 0)]
    [InlineData("int field_0;\n\tchar __padding1[4];\n\tlong field_1;\n\tint field_2;", 4)]
    [InlineData("short field_0[3];\n\tint field_1;\n\tchar field_2[5];", 3)]
    public void PaddingIsCountedAndFilled(string fields, int bytes)
    {
        string text = $"struct type_1\n{{\n\t{fields}\n}};\nkernel void K(struct type_1 a) {{ work_group_barrier(CLK_LOCAL_MEM_FENCE); }}";
        Assert.Equal([("type_1", bytes)], OpenCLText.TailPadding(text));
        string old = OpenCLText.Portable(text, CLCVersion.CL12), own = OpenCLText.Portable(text, CLCVersion.CL20);
        Assert.Equal([("type_1", 0)], OpenCLText.TailPadding(old));
        Assert.StartsWith("#define work_group_barrier barrier", old, StringComparison.Ordinal);
        Assert.StartsWith("struct", own, StringComparison.Ordinal);
        Assert.Equal(old, OpenCLText.Portable(old, CLCVersion.CL12));
    }

    [Fact]
    public void EveryBarrierOrdersWhatAGroupSharesToo()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        var accelerator = (CLAccelerator)device.Accelerator;
        int barriers = 0;
        foreach ((string name, var entry) in ClosedOps.OnGpus(groups: 1))
        {
            EntryPointDescription description = EntryPointDescription.FromExplicitlyGroupedKernel(entry);
            string text = ((CLCompiledKernel)accelerator.Backend.Compile(description, default)).Source;
            text = OpenCLText.Portable(text, accelerator.CLStdVersion);
            Assert.Equal(text, OpenCLText.Portable(text, accelerator.CLStdVersion));
            int all = Regex.Count(text, @"\bwork_group_barrier \(");
            Assert.Equal((name, all), (name, Regex.Count(text, @"\bwork_group_barrier \(.*CLK_LOCAL_MEM_FENCE")));
            barriers += all;
        }
        Assert.True(barriers > 10, $"{barriers} barriers");
    }

    [Fact]
    public void StripsAreOnlyCarriedAbout()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        Assert.SkipUnless(HasStrips(device), $"{device.Name} has no doubles, which are ILGPU's name for strips.");
        CLBackend backend = ((CLAccelerator)device.Accelerator).Backend;
        foreach ((string name, var entry) in ClosedOps.OnProcessors())
        {
            string text = ((CLCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), default)).Source;
            Assert.DoesNotContain("(double)", text, StringComparison.Ordinal);           // ILGPU casts the operands of its own operations
            Match wrong = Forbidden().Match(text.Replace("double", "strip"));
            Assert.False(wrong.Success, $"{name}: {wrong.Value}");
            Assert.Contains("strip_", text, StringComparison.Ordinal);
        }
    }

    static bool HasStrips(ComputeDevice device) => ((CLAccelerator)device.Accelerator).Capabilities.Float64;

    [Theory]
    [InlineData("\tvar3 = (float)((float) var1 *  (float)var2);", false)]
    [InlineData("\tvar3 =  fma (var1, var2, var0);", false)]
    [InlineData("\tvar3 = (float)((float)((float) var1 *  (float)var2) +  (float)var0);", true)]
    [InlineData("\tvar3 =  mad (var1, var2, var0);", true)]
    [InlineData("\tvar3 =  native_exp (var1);", true)]
    [InlineData("\tdouble var3;", true)]
    public void WhatMayNotBeThereIsFound(string line, bool found) => Assert.Equal(found, Forbidden().IsMatch(line));

    // some drivers lack the generic address space; two operations on floats in one statement may be contracted
    [GeneratedRegex(
        @"\bdouble\b|\b__generic\b|\b(native|half)_\w+|\b(mad|exp|log|tanh|pow)\w*\s*\(|^.*(\(float\).*){4}$",
        RegexOptions.Multiline)]
    private static partial Regex Forbidden();
}
