using GpuMlp.Devices;
using GpuMlp.Devices.Host;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tensors;

namespace GpuMlp.Tests.Misuse;

/// <summary>A device serves any thread, one at a time.</summary>
public sealed class ThreadsTests
{
    [Fact]
    public void ASecondThreadAtTheSameTimeIsRefused()
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(4, 2);
        using DeviceUse use = device.Use();
        InvalidOperationException? refused = null;
        var thread = new Thread(() => refused = Record.Exception(() => new Tensor(device, 1, 1)) as InvalidOperationException);
        thread.Start();
        thread.Join();
        Assert.Contains("device cpu is in use by another thread", refused?.Message, StringComparison.Ordinal);
        using var mine = new Tensor(device, 1, 1);                                  // the thread that is inside goes on
    }

    [Fact]
    public void ADeviceMovesFromThreadToThread()
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(4, 2);
        using var x = new Tensor(device, 1, 1);
        for (int k = 1; k <= 20; k++)
        {
            var thread = new Thread(() => x.CopyFrom([x.Item() + 1]));
            thread.Start();
            thread.Join();
            Assert.Equal(k, x.Item());
        }
    }

    [Fact]
    public async Task OfManyThreadsEachIsServedRightOrRefused()
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(16, 2);
        float[] points = [.. Enumerable.Range(0, 2000).Select(k => MathF.Sin(k))];
        Sequential[] nets = [.. Enumerable.Range(0, 4).Select(k => NetworkSpec.Parse("2-50-1").Build(
            device, Initialization.Normal, new PhiloxStream((ulong)k, StreamPurpose.Initialization), new BceLoss()))];
        float[][] expected = [.. nets.Select(net => net.Predict(points))];
        int served = 0, refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(k => Task.Factory.StartNew(() =>
        {
            for (int turn = 0; turn < 300; turn++)
            {
                try
                {
                    Assert.Equal(expected[k], nets[k].Predict(points));
                    Interlocked.Increment(ref served);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                    Thread.Yield();
                }
            }
        }, TaskCreationOptions.LongRunning)));
        Assert.Equal(1200, served + refused);
        Assert.True(served > 0);
        foreach (Sequential net in nets) net.Dispose();
    }

    [Fact]
    public void WhatAnotherThreadDisposesMeanwhileIsFreedLater()
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(4, 1);
        var x = new Tensor(device, 1, 1);
        using (device.Use())
        {
            var thread = new Thread(x.Dispose);
            thread.Start();
            thread.Join();
            Assert.Equal(1, device.LiveBuffers);
        }
        Assert.Throws<ObjectDisposedException>(x.ToArray);
        using var y = new Tensor(device, 1, 1);
        Assert.Equal(1, device.LiveBuffers);
    }

    sealed class Failing(int worker) : HostJob
    {
        internal int Ended;

        internal override void Run(int slice)
        {
            Thread.Sleep(20 * (slice + 1));
            Interlocked.Increment(ref Ended);
            if (slice == worker) throw new InvalidDataException($"slice {slice}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ASliceThatFailsIsHeardOnceAllHaveEnded(int slice)
    {
        using var workers = new HostWorkers(3);
        for (int turn = 0; turn < 2; turn++)
        {
            var job = new Failing(slice);
            Assert.Throws<InvalidDataException>(() => workers.Run(job));
            Assert.Equal(3, job.Ended);
        }
    }
}
