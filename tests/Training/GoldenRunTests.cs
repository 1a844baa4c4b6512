using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>The notebook's own run in NumPy, in float64, replayed with its data, its initial weights and its picks.</summary>
public class GoldenRunTests
{
    // for this seed float32 differs from float64 by no more than this after 10,000 steps
    const float LossTolerance = 2e-5f, WeightTolerance = 5e-5f, GridTolerance = 2e-5f;

    [Theory]
    [InlineData("cpu", EngineChoice.Layers)]
    [InlineData("cpu", EngineChoice.Fused)]
    [InlineData("cpu:ilgpu", EngineChoice.Fused)]
    [InlineData(DriverDevice.Name, EngineChoice.Fused)]
    [InlineData(DriverDevice.Name, EngineChoice.Layers)]
    public void ReplayStaysWithinTheTable(string name, EngineChoice engine)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        using Sequential network = GoldenNetwork(device);
        int[] picks = [.. Golden.Load("picks").Select(p => (int)p)];
        var options = new TrainingOptions { Engine = engine };
        Recipe recipe = Recipe.Of(network);
        if (DriverDevice.IsSlow(device)) recipe = recipe with { Steps = 100 };
        using var trainer = new Trainer(network, GoldenData(), recipe, options, Picks.Fixed(picks));
        TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);

        Within(LossTolerance, Golden.Load("losses")[..recipe.Steps], result.Losses);
        if (DriverDevice.IsSlow(device)) return;
        var first = (Linear)network.Layers[0];
        var second = (Linear)network.Layers[2];
        Within(WeightTolerance, Golden.Load("final_w1"), first.Weight.Value.ToArray());
        Within(WeightTolerance, Golden.Load("final_b1"), first.Bias.Value.ToArray());
        Within(WeightTolerance, Golden.Load("final_w2"), second.Weight.Value.ToArray());
        Within(WeightTolerance, Golden.Load("final_b2"), second.Bias.Value.ToArray());
        GridSpec grid = GridSpec.FromStep(new Window(-1.5, 2.5, -1, 1.5), 0.1);
        Within(GridTolerance, Golden.Load("grid_probability"), GridEvaluator.Evaluate(network, grid));
    }

    internal static DataSet GoldenData()
    {
        float[] points = Golden.LoadFloats("moons_x");
        var inputs = new float[points.Length / 2, 2];
        for (int k = 0; k < points.Length; k++) inputs[k / 2, k % 2] = points[k];
        return new DataSet("golden", inputs, Golden.LoadFloats("moons_y"), ["0", "1"]);
    }

    internal static Sequential GoldenNetwork(ComputeDevice device)
    {
        var first = new Linear(device, 2, 50);
        var second = new Linear(device, 50, 1);
        first.Weight.Value.CopyFrom(Golden.LoadFloats("init_w1"));
        first.Bias.Value.CopyFrom(Golden.LoadFloats("init_b1"));
        second.Weight.Value.CopyFrom(Golden.LoadFloats("init_w2"));
        second.Bias.Value.CopyFrom(Golden.LoadFloats("init_b2"));
        return new Sequential(first, new ReLU(), second, new Sigmoid()) { Loss = new BceLoss() };
    }

    static void Within(float tolerance, double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= tolerance, $"worst error {worst:g3}, allowed {tolerance:g3}");
    }
}
