using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels;
using GpuMlp.Kernels.SelfTest;
using GpuMlp.Tests.Support;
using ILGPU;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>A launch that a driver ended before its end is found.</summary>
public sealed class LaunchWatchTests
{
    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void ADeviceThatMakesEveryTurnSaysSo(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        if (device.MostTurns is not null) Assert.Skip($"{device.Name} ends loops early");
        using DeviceBuffer counts = device.Allocate(2);
        device.Launch(new LoopTurns<ArrayView<float>>(counts.All, 1000));
        Assert.True(device.Finished());
        Assert.Equal(1000, Made(device, counts));
    }

    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void AMissingTurnIsFoundOnce(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        using DeviceBuffer counts = device.Allocate(2);
        device.Watch.Cut = 1;
        device.Launch(new LoopTurns<ArrayView<float>>(counts.All, 10));
        var e = Assert.Throws<DeviceException>(() => device.CopyToHost(counts.All, new float[2]));
        string beginning = $"device {device.Description.Id} ({device.Name}) stopped a kernel before its end";
        Assert.StartsWith(beginning, e.Message, StringComparison.Ordinal);
        Assert.True(e.IsStopped);
        Assert.Equal(10, Made(device, counts));
    }

    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void ALaunchWhoseLastGroupsNeverRanIsFoundOnce(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        using DeviceBuffer values = device.Allocate(300);
        device.Clear(values.All);
        device.Watch.Launched(3);                                 // and the device never ran it
        device.Clear(values.All);
        Assert.False(device.Finished());
        device.Clear(values.All);
        Assert.True(device.Finished());
    }

    [Fact]
    public void OfALaunchOfMoreGroupsTheLastOnesCount()
    {
        using ComputeDevice device = DriverDevice.Open();
        if (DriverDevice.Simulates) Assert.Skip($"{device.Name} simulates: millions of threads would take minutes");
        using DeviceBuffer values = device.Allocate(200 * LoopWatch.Groups);
        device.Clear(values.All);
        device.Clear(values.All.Slice(0, 1000));
        Assert.True(device.Finished());
    }

    // where Mesa's llvmpipe is the device: RUSTICL_ENABLE=llvmpipe
    [Fact]
    public void ALaunchThatItsDriverEndsIsFound()
    {
        using ComputeDevice device = DriverDevice.Open();
        if (device.MostTurns is not int most) { Assert.Skip($"{device.Name} ends no loop early"); return; }
        using DeviceBuffer counts = device.Allocate(2);
        device.Launch(new LoopTurns<ArrayView<float>>(counts.All, most + 10));
        Assert.False(device.Finished());
        Assert.InRange(Made(device, counts), most - 1, most + 1);
    }

    static int Made(ComputeDevice device, DeviceBuffer counts)
    {
        var made = new float[2];
        device.CopyToHost(counts.All, made);
        return BitConverter.SingleToInt32Bits(made[0]);
    }
}
