using System.Text.RegularExpressions;
using GpuMlp.Devices;
using GpuMlp.Tests.Support;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>The OpenCL C of every kernel: nothing in double, nothing that rounds as the driver likes.</summary>
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
    public void StripsAreOnlyCarriedAbout()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
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

    [Theory]
    [InlineData("\tvar3 = (float)((float) var1 *  (float)var2);", false)]
    [InlineData("\tvar3 =  fma (var1, var2, var0);", false)]
    [InlineData("\tvar3 = (float)((float)((float) var1 *  (float)var2) +  (float)var0);", true)]
    [InlineData("\tvar3 =  mad (var1, var2, var0);", true)]
    [InlineData("\tvar3 =  native_exp (var1);", true)]
    [InlineData("\tdouble var3;", true)]
    public void WhatMayNotBeThereIsFound(string line, bool found) => Assert.Equal(found, Forbidden().IsMatch(line));

    // some drivers lack the generic address space; two operations on floats in one statement may be contracted
    [GeneratedRegex(@"\bdouble\b|\b__generic\b|\b(native|half)_\w+|\b(mad|exp|log|tanh|pow)\w*\s*\(|^.*(\(float\).*){4}$", RegexOptions.Multiline)]
    private static partial Regex Forbidden();
}
