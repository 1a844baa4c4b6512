using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Tensors;
using ILGPU;

namespace GpuMlp.Tests;

/// <summary>A device that fails: the exception names the device, what it was doing, and why.</summary>
public class DeviceFailureTests
{
    /// <summary>An op that ILGPU cannot compile.</summary>
    public readonly struct Throwing<TView>(TView x, int n) : IOp<TView> where TView : struct
    {
        /// <inheritdoc/>
        public int Items(int width) => n;

        /// <inheritdoc/>
        public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
        {
            for (int i = first; i < end; i += stride) T.Set(x, i, i < 5 ? T.Get(x, i) : throw new InvalidOperationException());
        }
    }

    [Theory]
    [InlineData("opencl")]
    public void AKernelThatDoesNotCompileIsNamed(string name)
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open(name);
        using var x = new Tensor(device, 1, 3);
        var e = Assert.Throws<DeviceException>(() => device.Launch(new Throwing<ArrayView<float>>(x.Span, 3)));
        Assert.Equal(device.Description, e.Device);
        Assert.StartsWith($"device {device.Description.Id} ({device.Name}) failed compiling Throwing: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("Throw", e.Message.Split("Throwing:")[1], StringComparison.Ordinal);                    // ILGPU's reason
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:ilgpu")]
    [InlineData("opencl")]
    public void TooLittleMemoryIsSaidInBytes(string name)
    {
        if (name == "opencl") OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open(name);
        device.MemoryLimit = 10_000;
        using var first = new Tensor(device, 1, 1000);
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => new Tensor(device, 1000, 2));
        Assert.Equal((8128, 10_000 - 4128), (e.Needed, e.Available));
        Assert.Contains(device.Description.Id, e.Message, StringComparison.Ordinal);
        Assert.Contains("has 5,872 bytes available, 8,128 bytes are needed", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, device.LiveBuffers);
        first.Dispose();
        using var second = new Tensor(device, 1000, 2);
    }

    [Fact]
    public void WhatTheMachineHasLeftIsKnown()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        long room = DeviceMemory.Available(device.Accelerator, true, 0);
        Assert.InRange(room, 1 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    [Fact]
    public void ALostDeviceIsNamed()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        using var x = new Tensor(device, 1, 3);
        device.Accelerator.DefaultStream.Dispose();                          // nothing that is asked of it succeeds now
        var e = Assert.Throws<DeviceException>(() => device.ActivationForward<Relu>(x.Span, x.Span, 3));
        Assert.StartsWith($"device {device.Description.Id} ({device.Name}) failed launching ActivationForward<Relu>: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("CL_", e.Message, StringComparison.Ordinal);
    }
}
