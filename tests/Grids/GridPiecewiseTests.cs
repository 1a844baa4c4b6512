using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;

namespace GpuMlp.Tests.Grids;

/// <summary>Rows computed from their breakpoints are close to Forward's values; this form is used only on request.</summary>
public class GridPiecewiseTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    public void LogitsAreWithinTheSumsTolerance(int lanes)
    {
        using var device = ComputeDevice.OpenCpu(lanes, 2);
        foreach (string net in new[] { "2-1-1", "2-2-1", "2-50-1", "2-127-1", "2-300-1" })
            foreach ((int width, int height) in new[] { (1, 1), (1, 9), (9, 1), (3, 7), (63, 65), (4097, 3) })
            {
                using Sequential network = GridEvaluatorTests.Build(device, net, Activation.ReLU, 11);
                GridSpec grid = GridSpec.FromSize(Shown, width, height);
                var evaluator = new GridEvaluator(network, piecewise: true);
                Assert.Equal(GridForm.Piecewise, evaluator.Form);
                float[] expected = new GridEvaluator(network).Evaluate(grid, GridValue.Logit);
                float[] got = evaluator.Evaluate(grid, GridValue.Logit);
                for (int k = 0; k < got.Length; k++)
                    Assert.Equal(expected[k], got[k], Tolerance(network, grid.X[k % width], grid.Y[k / width]));
            }
    }

    [Fact]
    public void UnitsThatDoNotDependOnXCountToo()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = BoundaryFinderTests.Diamond(device);
        GridSpec grid = GridSpec.FromSize(new(-1, 1, -1, 1), 33, 33);
        float[] expected = new GridEvaluator(network).Evaluate(grid, GridValue.Logit);
        float[] got = new GridEvaluator(network, piecewise: true).Evaluate(grid, GridValue.Logit);
        Assert.Equal(expected, got, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void OtherNetworksAreRefused()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu"), ilgpu = ComputeDevice.Open("cpu:ilgpu");
        using Sequential deep = GridEvaluatorTests.Build(device, "2-3-3-1", Activation.ReLU, 0);
        using Sequential there = GridEvaluatorTests.Build(ilgpu, "2-3-1", Activation.ReLU, 0);
        string Refusal(Sequential network) =>
            Assert.Throws<ArgumentException>(() => new GridEvaluator(network, piecewise: true)).Message;
        Assert.Contains("one hidden layer of ReLU", Refusal(deep));
        Assert.Contains("the device cpu", Refusal(there));
    }

    // (K + 2) · 2⁻²⁴ · Σ|a||b| for the second layer's sum, and as much for the errors of the first layer's outputs
    static float Tolerance(Sequential network, float x, float y)
    {
        float[] w = network.Layers[0].Parameters()[0].Value.ToArray(), b = network.Layers[0].Parameters()[1].Value.ToArray();
        float[] v = network.Layers[2].Parameters()[0].Value.ToArray();
        double sum = Math.Abs(network.Layers[2].Parameters()[1].Value.Item());
        for (int k = 0; k < b.Length; k++) sum += Math.Abs(v[k]) * (Math.Abs(w[k] * x) + Math.Abs(w[b.Length + k] * y) + Math.Abs(b[k]));
        return (float)((b.Length + 2) * sum / (1 << 24)) + 1e-30f;
    }
}
