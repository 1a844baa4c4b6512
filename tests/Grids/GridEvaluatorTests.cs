using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Grids;

/// <summary>Every form of a grid, on every route, gives the bits that Sequential.Forward gives for the same points.</summary>
public class GridEvaluatorTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);
    static readonly (int Width, int Height)[] Sizes = [(1, 1), (1, 37), (37, 1), (3, 7), (63, 65), (4097, 3)];
    static readonly (int Width, int Height)[] Small = [(1, 1), (3, 7), (19, 5)];
    static readonly string[] Nets =
    [
        "2-1", "2-1-1", "2-2-1", "2-3-1", "2-50-1", "2-64-1", "2-127-1", "2-300-1",
        "2-1-1-1", "2-3-2-1", "2-64-64-1", "2-17-127-3-1", "2-5-1-6-1",
    ];

    [Theory]
    [InlineData(16, 2)]
    [InlineData(8, 3)]
    [InlineData(4, 1)]
    [InlineData(1, 2)]
    public void EveryLaneWidthGivesForwardsBits(int lanes, int cores)
    {
        using var device = ComputeDevice.OpenCpu(lanes, cores);
        foreach (string net in Nets)
        {
            foreach ((int width, int height) in net.Length > 9 ? Sizes[..5] : Sizes)
                HoldToForward(device, net, Activation.ReLU, width, height);
        }
    }

    public static TheoryData<Activation> AllActivations => [.. Activations.All.Select(function => function.Activation)];

    [Theory]
    [MemberData(nameof(AllActivations))]
    public void EveryActivationGivesForwardsBits(Activation activation)
    {
        using var device = ComputeDevice.Open("cpu");
        foreach (string net in new[] { "2-1", "2-50-1", "2-9-13-1" }) HoldToForward(device, net, activation, 63, 65);
    }

    [Fact]
    public void IlgpusOwnLauncherGivesForwardsBits()
    {
        using var device = ComputeDevice.Open("cpu:ilgpu");
        foreach (string net in new[] { "2-1", "2-1-1", "2-50-1", "2-9-5-1" })
            foreach ((int width, int height) in Small) HoldToForward(device, net, Activation.ReLU, width, height);
    }

    [Fact]
    public void ADriversDeviceGivesForwardsBits()
    {
        using ComputeDevice device = DriverDevice.Open();
        bool slow = DriverDevice.IsSlow(device);
        foreach (string net in slow ? Nets[2..5] : Nets)
        {
            foreach ((int width, int height) in !slow && net is ("2-50-1" or "2-17-127-3-1") ? Sizes : Small)
                HoldToForward(device, net, Activation.ReLU, width, height);
        }
        // the driver's compiler takes a second or two for each network, so there is one of each form
        foreach ((string net, Activation activation) in new[] { ("2-50-1", Activation.Tanh), ("2-9-5-1", Activation.SiLU) })
        {
            using Sequential network = Build(device, net, activation, 7);
            GridSpec grid = slow ? GridSpec.FromSize(Shown, 19, 5) : GridSpec.FromSize(Shown, 63, 65);
            Results.Check(device, network.Predict(Points(grid)), GridEvaluator.Evaluate(network, grid));
        }
    }

    [Theory]
    [InlineData("2-50-1")]
    [InlineData("2-9-5-1")]
    [InlineData("2-300-2-1")]
    public void ADriversDeviceFillsTheCallersMemoryAndNothingBesideIt(string net)
    {
        using ComputeDevice device = DriverDevice.Open(), host = ComputeDevice.Open("cpu");
        using Sequential network = Build(device, net, Activation.ReLU, 3), same = Build(host, net, Activation.ReLU, 3);
        foreach ((int width, int height) in DriverDevice.IsSlow(device) ? Small : [(1, 1), (33, 7), (1025, 5)])
        {
            GridSpec grid = GridSpec.FromSize(Shown, width, height);
            float[] expected = GridEvaluator.Evaluate(same, grid);
            for (int before = 0; before < 4; before++)                          // memory at every alignment
            {
                var room = new float[before + expected.Length + 5];
                Array.Fill(room, -7f);
                new GridEvaluator(network).Evaluate(grid, room.AsSpan(before, expected.Length));
                Results.Check(device, [.. Enumerable.Repeat(-7f, before), .. expected, -7f, -7f, -7f, -7f, -7f], room);
            }
        }
    }

    [Fact]
    public void TheGoldenGridIsMet()
    {
        using var device = ComputeDevice.Open("cpu");
        using var network = new Sequential(new Linear(device, 2, 50), new ReLU(), new Linear(device, 50, 1), new GpuMlp.Layers.Sigmoid());
        network.Layers[0].Parameters()[0].Value.CopyFrom(Golden.LoadFloats("final_w1"));
        network.Layers[0].Parameters()[1].Value.CopyFrom(Golden.LoadFloats("final_b1"));
        network.Layers[2].Parameters()[0].Value.CopyFrom(Golden.LoadFloats("final_w2"));
        network.Layers[2].Parameters()[1].Value.CopyFrom(Golden.LoadFloats("final_b2"));
        float[] expected = Golden.LoadFloats("grid_probability"), got = GridEvaluator.Evaluate(network, GridSpec.FromStep(Shown, 0.1));
        Assert.Equal(expected.Length, got.Length);
        for (int k = 0; k < got.Length; k++) Assert.Equal(expected[k], got[k], 2e-5f);
    }

    [Fact]
    public void NetworksThatNoFormTakesGoInBatches()
    {
        using var device = ComputeDevice.Open("cpu");
        Assert.Equal(GridForm.Batches, HoldToForward(device, "2-257-4-1", Activation.ReLU, 63, 65));
        Assert.Equal(GridForm.Batches, HoldToForward(device, "2-3-3-3-3-3-3-3-3-1", Activation.Tanh, 7, 5));
        using var mixed = new Sequential(
            new Linear(device, 2, 3), new ReLU(), new Linear(device, 3, 3), new GpuMlp.Layers.Tanh(), new Linear(device, 3, 1));
        Fill(mixed);
        var evaluator = new GridEvaluator(mixed);
        Assert.Equal((GridForm.Batches, true), (evaluator.Form, evaluator.FormReason.Contains("activations differ")));
        GridSpec grid = GridSpec.FromSize(Shown, 9, 4);
        Assert.Equal(mixed.Predict(Points(grid)), evaluator.Evaluate(grid, GridValue.Logit));
    }

    [Fact]
    public void ANetworkWithoutSigmoidGetsOne()
    {
        using var device = ComputeDevice.Open("cpu");
        using var bare = new Sequential(new Linear(device, 2, 4), new ReLU(), new Linear(device, 4, 1));
        using var ended = new Sequential(new Linear(device, 2, 4), new ReLU(), new Linear(device, 4, 1), new GpuMlp.Layers.Sigmoid());
        Fill(bare);
        Fill(ended);
        GridSpec grid = GridSpec.FromSize(Shown, 9, 4);
        Assert.Equal(GridEvaluator.Evaluate(ended, grid), GridEvaluator.Evaluate(bare, grid));
        Assert.Equal(bare.Predict(Points(grid)), new GridEvaluator(ended).Evaluate(grid, GridValue.Logit));
    }

    [Theory]
    [InlineData("2-50-1")]
    [InlineData("2-6-5-1")]
    [InlineData("2-257-2-1")]
    public void ManySetsInOneLaunchAreEachNetworkAlone(string net)
    {
        using var device = ComputeDevice.Open("cpu");
        GridSpec grid = GridSpec.FromSize(Shown, 21, 13);
        var sets = new List<float[]>();
        var expected = new List<float>();
        for (ulong seed = 0; seed < 5; seed++)
        {
            using Sequential other = Build(device, net, Activation.ReLU, seed);
            var parameters = new float[other.Arena.Length];
            device.CopyToHost(other.Arena.Values, parameters);
            sets.Add(parameters);
            expected.AddRange(GridEvaluator.Evaluate(other, grid));
        }
        using Sequential network = Build(device, net, Activation.ReLU, 99);
        float[] own = GridEvaluator.Evaluate(network, grid);
        Assert.Equal(expected, new GridEvaluator(network).EvaluateSets(grid, sets));
        Assert.Equal(own, GridEvaluator.Evaluate(network, grid));
        var e = Assert.Throws<ArgumentException>(() => new GridEvaluator(network).EvaluateSets(grid, [sets[0], [1f]]));
        Assert.Contains("parameter set 1", e.Message);
    }

    [Fact]
    public void OtherNetworksAreRefused()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential three = Build(device, "3-4-1", Activation.ReLU, 0), two = Build(device, "2-4-2", Activation.ReLU, 0);
        Assert.Contains("exactly two inputs, the model has 3", Assert.Throws<ArgumentException>(() => new GridEvaluator(three)).Message);
        Assert.Contains("one output, the model has 2", Assert.Throws<ArgumentException>(() => new GridEvaluator(two)).Message);
        using Sequential fine = Build(device, "2-4-1", Activation.ReLU, 0);
        Assert.Throws<ArgumentException>(() => new GridEvaluator(fine).Evaluate(GridSpec.FromSize(Shown, 3, 3), new float[8]));
        GridSpec large = GridSpec.FromSize(Shown, 65_536, 65_536);
        Assert.Contains("stream", Assert.Throws<ArgumentException>(() => new GridEvaluator(fine).Evaluate(large)).Message);
    }

    static GridForm HoldToForward(ComputeDevice device, string net, Activation activation, int width, int height)
    {
        using Sequential network = Build(device, net, activation, 7);
        GridSpec grid = GridSpec.FromSize(Shown, width, height);
        var evaluator = new GridEvaluator(network);
        float[] expected = network.Predict(Points(grid)), got = evaluator.Evaluate(grid);
        string where = $"{net} {activation} {width}×{height} on {device}, {evaluator.FormReason}";
        Results.Check(device, expected, got, where);
        float[] logits = evaluator.Evaluate(grid, GridValue.Logit);
        byte[] classes = evaluator.EvaluateClasses(grid);
        using var onDevice = evaluator.EvaluateOnDevice(grid, GridValue.Logit);
        Assert.Equal(logits, onDevice.ToArray());
        Assert.Equal(logits.Select(z => (byte)(z > 0 ? 1 : 0)), classes);
        Assert.All(logits.Zip(got), pair => Assert.Equal(1 / (1 + Math.Exp(-(double)pair.First)), pair.Second, 1e-6));
        return evaluator.Form;
    }

    internal static Sequential Build(ComputeDevice device, string net, Activation activation, ulong seed)
    {
        var weights = new PhiloxStream(seed, StreamPurpose.Initialization);
        return NetworkSpec.Parse(net, activation).Build(device, Initialization.Uniform, weights, new BceLoss());
    }

    static void Fill(Sequential network)
    {
        int k = 0;
        foreach (var parameter in network.Parameters())
            parameter.Value.CopyFrom([.. Enumerable.Range(0, parameter.Length).Select(_ => MathF.Sin(++k))]);
    }

    static float[] Points(GridSpec grid)
    {
        var points = new float[2 * grid.Points];
        for (int k = 0; k < grid.Points; k++) (points[2 * k], points[2 * k + 1]) = (grid.X[k % grid.Width], grid.Y[k / grid.Width]);
        return points;
    }
}
