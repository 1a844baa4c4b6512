using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Grids;

/// <summary>On every device, points where a network of finite weights returns NaN are counted and marked; they get no class.</summary>
public class NotANumberTests(DeviceRoutes routes) : IClassFixture<DeviceRoutes>
{
    static readonly Window Shown = new(-1, 1, -1, 1);

    [Fact]
    public void CountsAnyLength()
    {
        var random = new Random(3);
        for (int length = 0; length < 100; length++)
        {
            float Value() => random.Next(4) == 0 ? float.NaN : random.Next(3) == 0 ? float.NegativeInfinity : 1;
            float[] values = [.. Enumerable.Range(0, length).Select(_ => Value())];
            Assert.Equal(values.Count(float.IsNaN), NaNs.Count(values));
        }
        Assert.Equal(2, NaNs.Count((ReadOnlySpan<byte>)[255, 0, 1, 255, 254]));
    }

    [Fact]
    public void ClassesMarkThem()
    {
        foreach (Route route in routes.All())
        {
            using Sequential network = Overflowing(route.Device, "2-2-1");
            GridSpec grid = GridSpec.FromSize(Shown, 37, 5);
            float[] logits = new GridEvaluator(network).Evaluate(grid, GridValue.Logit);
            Assert.InRange(NaNs.Count(logits), 5, 37 * 5 - 5);
            IEnumerable<byte> expected = logits.Select(z => (byte)(float.IsNaN(z) ? 255 : z > 0 ? 1 : 0));
            Assert.Equal(expected, new GridEvaluator(network).EvaluateClasses(grid));
        }
    }

    [Fact]
    public void OfManyOutputsOneIsEnough()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Overflowing(device, "2-2-3");
        GridSpec grid = GridSpec.FromSize(Shown, 11, 3);
        var evaluator = new ClassEvaluator(network);
        byte[] classes = evaluator.Evaluate(grid);
        float[] regions = evaluator.Regions(grid);
        Assert.InRange(NaNs.Count(classes), 1, 32);
        Assert.Equal(classes.Select(c => c == ClassEvaluator.NotANumber), regions.Select(float.IsNaN));
        Assert.True(float.IsNaN(ClassEvaluator.Region([1, float.NaN])));
    }

    [Fact]
    public void ABoundaryEndsWhereNumbersEnd()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Overflowing(device, "2-2-1");
        Assert.False(BoundaryFinder.HasExactLine(network, Shown));
        Boundary found = BoundaryFinder.Find(network, GridSpec.FromSize(Shown, 101, 101), TestContext.Current.CancellationToken);
        Assert.True(found.NotNumbers > 0);
        Assert.Empty(found.Lines);                     // where there is a class, it is 1
        using Sequential ordinary = BoundaryFinderTests.Random(device, "2-9-1", Activation.ReLU, 4);
        Assert.True(BoundaryFinder.HasExactLine(ordinary, Shown));
        GridSpec fine = GridSpec.FromSize(Shown, 101, 101);
        Assert.Equal(0, BoundaryFinder.Find(ordinary, fine, TestContext.Current.CancellationToken).NotNumbers);
    }

    // right of the middle two units are infinite, and their difference is NaN; on the left the bias alone decides
    static Sequential Overflowing(ComputeDevice device, string net)
    {
        NetworkSpec spec = NetworkSpec.Parse(net) with { LinearOutput = net[^1] != '1' };
        Sequential network = spec.Build(device, net[^1] == '1' ? new BceLoss() : new CrossEntropyLoss());
        Linear[] layers = [.. network.Layers.OfType<Linear>()];
        int outputs = layers[1].Bias.Length;
        layers[0].Weight.Value.CopyFrom([3e38f, 3e38f, 0, 0]);
        layers[0].Bias.Value.CopyFrom([3e38f, 3e38f]);
        layers[1].Weight.Value.CopyFrom([.. Enumerable.Range(0, 2 * outputs).Select(k => k == 0 ? 1 : k == outputs ? -1 : 0f)]);
        layers[1].Bias.Value.CopyFrom([.. Enumerable.Repeat(1f, outputs)]);
        return network;
    }
}
