using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Grids;

/// <summary>Grids that go to a sink in bands of rows: the same values, in order, in bounded memory.</summary>
public class GridStreamTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Theory]
    [InlineData(1001, 4999, 3)]
    [InlineData(3_000_000, 2, 2)]
    [InlineData(7, 3, 1)]
    public void AStreamIsTheGrid(int width, int height, int bands)
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = GridEvaluatorTests.Build(device, "2-9-1", Activation.ReLU, 1);
        var evaluator = new GridEvaluator(network);
        GridSpec grid = GridSpec.FromSize(Shown, width, height);
        float[] expected = evaluator.Evaluate(grid, GridValue.Logit), got = new float[grid.Points];
        int next = 0, calls = 0;
        evaluator.Stream(grid, (row, values) =>
        {
            Assert.Equal(next, row);
            next += values.Length / width;
            calls++;
            values.CopyTo(got.AsSpan(row * width));
        }, GridValue.Logit, TestContext.Current.CancellationToken);
        Assert.Equal((height, bands), (next, calls));
        Assert.True(expected.AsSpan().SequenceEqual(got));
    }

    [Fact]
    public void ADriversDeviceStreamsTheSameClasses()
    {
        using ComputeDevice device = DriverDevice.Open(), cpu = ComputeDevice.Open("cpu");
        using Sequential there = GridEvaluatorTests.Build(device, "2-9-1", Activation.ReLU, 1);
        using Sequential here = GridEvaluatorTests.Build(cpu, "2-9-1", Activation.ReLU, 1);
        GridSpec grid = GridSpec.FromSize(Shown, 1003, DriverDevice.IsSlow(device) ? 9 : 4999);
        byte[] expected = new GridEvaluator(here).EvaluateClasses(grid), actual = new GridEvaluator(there).EvaluateClasses(grid);
        float[] logits = new GridEvaluator(here).Evaluate(grid, GridValue.Logit);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(Enumerable.Range(0, expected.Length).Where(k => expected[k] != actual[k]),
            k => Assert.True(!device.SameBits && Math.Abs(logits[k]) < 1e-5f, $"point {k}: {actual[k]}, its logit is {logits[k]}"));
    }

    [Fact]
    public void ASinkThatFailsEndsTheStream()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = GridEvaluatorTests.Build(device, "2-9-1", Activation.ReLU, 1);
        GridSpec grid = GridSpec.FromSize(Shown, 2048, 8192);
        int calls = 0;
        GridSink<byte> full = (_, _) => throw new IOException(++calls == 1 ? "disk full" : "called again");
        var evaluator = new GridEvaluator(network);
        var e = Assert.Throws<IOException>(() => evaluator.StreamClasses(grid, full, TestContext.Current.CancellationToken));
        Assert.Equal("disk full", e.Message);
        Assert.Equal(1, calls);
        Assert.Throws<OperationCanceledException>(() => evaluator.StreamClasses(grid, (_, _) => { }, new CancellationToken(true)));
    }
}
