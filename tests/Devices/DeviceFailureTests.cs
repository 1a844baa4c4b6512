using GpuMlp.Devices;
using GpuMlp.Kernels;
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
    public void MoreThanTheMachineHasIsRefusedBeforeItIsTaken()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        long room = DeviceMemory.Available(device.Accelerator, true, 0);
        Assert.InRange(room, 1 << 20, 1L << 50);
        Assert.SkipUnless(room < 4L * int.MaxValue - (1 << 20), "This machine has room for the largest buffer there is.");
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => new Tensor(device, 1, int.MaxValue));
        Assert.True(e.Available < e.Needed);
    }

    [Fact]
    public void ALostDeviceIsNamed()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        using var x = new Tensor(device, 1, 3);
        // a group larger than any device takes fails at the launch, as a lost device does
        var e = Assert.Throws<DeviceException>(() => device.LaunchGroups(new Groups<ArrayView<float>>(x.Span), lanes: 1 << 20));
        Assert.Contains("failed launching Groups: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("CL_", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A group op that does nothing much.</summary>
    public readonly struct Groups<TView>(TView x) : IGroupOp<TView> where TView : struct
    {
        int IGroupOp<TView>.Groups => 1;

        /// <inheritdoc/>
        public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
            where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier => T.Set(x, group, 1f);
    }
}
