using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Tensors;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Devices.Finding;

/// <summary>What each device name opens, and how a device is closed.</summary>
public class DeviceOpenerTests
{
    [Theory]
    [InlineData("auto", "Cpu", 0)]
    [InlineData("cpu", "Cpu", 0)]
    [InlineData("cpu:ilgpu", "CpuIlgpu", 0)]
    [InlineData("opencl", "OpenCL", 0)]
    [InlineData("opencl:0", "OpenCL", 0)]
    [InlineData("opencl:12", "OpenCL", 12)]
    [InlineData("cuda", "Cuda", 0)]
    [InlineData("cuda:3", "Cuda", 3)]
    public void ANameIsAKindAndANumber(string name, string kind, int index) =>
        Assert.Equal((Enum.Parse<DeviceKind>(kind), index), DeviceOpener.Parse(name));

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CUDA")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("cuda:1:2")]
    [InlineData("opencl:1000")]
    [InlineData("opencl:x")]
    [InlineData("cpu:0")]
    [InlineData("cpu:ILGPU")]
    [InlineData(" cpu")]
    public void AnotherNameIsRefusedWithThoseAllowed(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => ComputeDevice.Open(name));
        const string allowed = "allowed: auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda, cuda:INDEX";
        Assert.Contains($"'{name}' is not a device; {allowed}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoNameIsRefused() => Assert.Throws<ArgumentNullException>(() => ComputeDevice.Open(null!));

    [Fact]
    public void AMissingCardIsSaidWithWhatThereIs()
    {
        DeviceDescription cuda = ComputeDevice.List().First(d => d.Kind == DeviceKind.Cuda);
        Assert.SkipWhen(cuda.IsAvailable, "This machine has an NVIDIA card.");
        var e = Assert.Throws<DeviceUnavailableException>(() => ComputeDevice.Open("cuda"));
        Assert.Equal("cuda", e.Asked);
        Assert.Contains($"device 'cuda' is not available: {cuda.Excluded}", e.Message, StringComparison.Ordinal);
        Assert.Contains("This machine has: cpu (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnNvidiaCardOpensAndEndsInTheSameBits()
    {
        bool present = ComputeDevice.List().Any(d => d.Id == "cuda:0" && d.IsAvailable);
        Requirement.Need("cuda", present, "It takes an NVIDIA card and its driver.");
        using ComputeDevice device = ComputeDevice.Open("cuda");
        Assert.True(device.SameBits, device.WhyNotSameBits);
        AssertRuns(device);
    }

    [Fact]
    public void ANumberBeyondTheLastIsSaid()
    {
        OpenCL.Need();
        var e = Assert.Throws<DeviceUnavailableException>(() => ComputeDevice.Open("opencl:99"));
        Assert.Contains("there is no number 99", e.Message, StringComparison.Ordinal);
        Assert.Contains("opencl:0 (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasOverriddenIsNamed()
    {
        OpenCL.Need();
        DeviceDescription listed = ComputeDevice.List().First(d => d.Id == "opencl:0");
        using ComputeDevice device = ComputeDevice.Open("opencl:0");
        Assert.Equal(listed with { Note = "" }, device.Description with { Note = "" });
        Assert.StartsWith(listed.Note!, device.Description.Note, StringComparison.Ordinal);     // what opening found out may follow
        Assert.NotEmpty(device.Name);
        if (!device.Description.Note!.Contains("Portable Computing Language", StringComparison.Ordinal)) return;
        const string noAddressSpace = "reports no generic address space, which the kernels do not use";
        Assert.Contains(noAddressSpace, device.Description.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:ilgpu")]
    [InlineData("opencl")]
    public void ADisposedDeviceHasNoBuffersAliveAndTakesNoMore(string name)
    {
        if (name == "opencl") OpenCL.Need();
        ComputeDevice device = ComputeDevice.Open(name);
        AssertRuns(device);
        var kept = new Tensor(device, 10, 10);
        var freed = new Tensor(device, 3, 3);
        Assert.Equal(2, device.LiveBuffers);
        freed.Dispose();
        freed.Dispose();
        Assert.Equal(1, device.LiveBuffers);
        device.Dispose();
        device.Dispose();
        Assert.Equal(0, device.LiveBuffers);
        kept.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new Tensor(device, 1, 1));
    }

    [Fact]
    public void CompilingIsTimedOnce()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        TimeSpan before = device.CompileTime;
        AssertRuns(device);
        TimeSpan compiled = device.CompileTime;
        Assert.True(compiled > before);
        AssertRuns(device);
        Assert.Equal(compiled, device.CompileTime);
    }

    static void AssertRuns(ComputeDevice device)
    {
        using var x = Tensor.From(device, [-1f, 2f, float.NaN], 1, 3);
        using var y = new Tensor(device, 1, 3);
        device.ActivationForward<Relu>(x.Span, y.Span, 3);
        Assert.Equal([0f, 2f, float.NaN], y.ToArray());
    }
}
