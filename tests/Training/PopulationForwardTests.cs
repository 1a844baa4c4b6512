using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>
/// <see cref="PopulationForward{TActivation, TOutput, TView}"/>: many networks in one launch, compared with each network layer by layer.
/// </summary>
public class PopulationForwardTests
{
    const int Networks = 5;

    static void Check(ComputeDevice device, string net, Activation activation, int points)
    {
        NetworkSpec spec = NetworkSpec.Parse(net, activation) with { LinearOutput = points % 2 == 0 };
        float[] Points(int set) =>
            [.. Enumerable.Range(0, points * spec.Widths[0]).Select(k => MathF.Sin(k * 1.7f + set) * 3)];
        float[][] sets = [Points(0), Points(1)];
        var parameters = new float[Networks][];
        var wanted = new float[Networks][];
        using Sequential network = spec.Build(device, new BceLoss());
        for (int k = 0; k < Networks; k++)
        {
            parameters[k] = new float[network.Arena.Length];
            spec.Draw(parameters[k], Initialization.Uniform, new PhiloxStream((ulong)k, StreamPurpose.Initialization), 3);
            network.LoadParameters(parameters[k]);
            wanted[k] = OutputByOutput(network.Predict(sets[k % 2]), spec.Widths[^1]);
        }
        float[][] pointsOfEach = [.. Enumerable.Range(0, Networks).Select(k => sets[k % 2])];
        float[][] actual = PopulationEvaluator.Evaluate(device, spec, parameters, pointsOfEach);
        for (int k = 0; k < Networks; k++) Assert.Equal(wanted[k], actual[k]);
    }

    // (rows, outputs) to (outputs, rows)
    static float[] OutputByOutput(float[] values, int outputs) =>
    [
        .. Enumerable.Range(0, outputs)
            .SelectMany(o => Enumerable.Range(0, values.Length / outputs).Select(row => values[row * outputs + o])),
    ];

    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 2)]
    [InlineData(8, 1)]
    [InlineData(4, 3)]
    [InlineData(1, 1)]
    public void EqualsTheLayersWithEveryWidthOfLanes(int lanes, int cores)
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(lanes, cores);
        foreach (Activation activation in Enum.GetValues<Activation>()) Check(device, "2-9-6-1", activation, 37);
        string[] nets = ["2-1", "2-50-1", "300-3-1", "2-1-1", "3-1-5-1", "2-600-1", "2-270-5-1", "2-9-3", "3-17", "1-2-3-4-5-6-7-8-1"];
        foreach (string net in nets)
            foreach (int points in (int[])[1, 16, 65]) Check(device, net, Activation.Tanh, points);
    }

    [Fact]
    public void EqualsTheLayersThroughILGPU()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu:ilgpu");
        Check(device, "2-9-270-1", Activation.ReLU, 17);
    }

    [Fact]
    public void EqualsTheLayersOnADriversDevice()
    {
        using ComputeDevice device = DriverDevice.Open();
        foreach (string net in (string[])["2-50-1", "2-270-1-5-3"]) Check(device, net, Activation.ReLU, 117);
    }

    [Fact]
    public void EqualsTheLayersInTheFormsForGpus()
    {
        using ComputeDevice device = DriverDevice.Open();
        if (device.MostTurns is not null) Assert.Skip($"{device.Name} ends loops early, and its compiler takes minutes for these kernels");
        device.ActsAsGpu = true;
        string[] nets = ["2-50-1", "2-300-1", "2-2-1", "2-64-64-1", "1-9-5-1", "4-17-3", "2-9-1-6-1", "2-65-5-1"];
        foreach (string net in nets)
            foreach (int points in DriverDevice.IsSlow(device) ? [33] : (int[])[1, 33, 1030]) Check(device, net, Activation.ReLU, points);
    }

    [Fact]
    public void ManyNetworksAreOneLaunchInTheFormsForGpus()
    {
        using ComputeDevice device = DriverDevice.Open();
        if (device.MostTurns is not null) Assert.Skip($"{device.Name} ends loops early, and its compiler takes minutes for these kernels");
        device.ActsAsGpu = true;
        NetworkSpec spec = NetworkSpec.Parse("2-9-1");
        float[][] parameters = [.. Enumerable.Range(0, 40).Select(k => Enumerable.Repeat(0.1f * k, 128).ToArray())];
        var points = new float[2 * 100];
        long before = device.Launches;
        PopulationEvaluator.Evaluate(device, spec, parameters, [.. Enumerable.Repeat(points, 40)]);
        Assert.Equal(1, device.Launches - before);
    }

    [Fact]
    public void NetworksThatDoNotFitAtOnceTakeTurns()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        NetworkSpec spec = NetworkSpec.Parse("2-9-1");
        var points = new float[2 * 10];
        float[][] parameters = [.. Enumerable.Range(0, 7).Select(k => Enumerable.Repeat(0.1f * k, 128).ToArray())];
        using DeviceBuffer x = device.Allocate(20), arenas = device.Allocate(7 * 128), networks = device.Allocate(7 * NetworkRow.Length);
        device.CopyToDevice([.. parameters.SelectMany(p => p)], arenas.All);
        var seen = new List<(int, float)>();
        long each = PopulationForward<Relu, Identity, HostView>.ScratchLength(new NetworkShape(spec.Widths)) + 10;
        PopulationEvaluator.Run(device, spec, x.All, 10, arenas.All, networks.All, 7, 3 * each, (k, values) => seen.Add((k, values[0])));
        float[][] atOnce = PopulationEvaluator.Evaluate(device, spec, parameters, [.. Enumerable.Repeat(points, 7)]);
        Assert.Equal(atOnce.Select((values, k) => (k, values[0])), seen);
    }

    [Fact]
    public void LengthsThatDoNotGoTogetherAreRefused()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        NetworkSpec spec = NetworkSpec.Parse("2-9-1");
        Assert.Throws<ArgumentException>(() => PopulationEvaluator.Evaluate(device, spec, [new float[128]], []));
        Assert.Throws<ArgumentException>(() => PopulationEvaluator.Evaluate(device, spec, [new float[127]], [new float[2]]));
        Assert.Throws<ArgumentException>(() => PopulationEvaluator.Evaluate(device, spec, [new float[128]], [new float[3]]));
        Assert.Empty(PopulationEvaluator.Evaluate(device, spec, [], []));
    }
}
