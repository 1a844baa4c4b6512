using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Kernels;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>One step of either engine has the bits that <see cref="SumOrder"/>'s sums have in the same order.</summary>
/// <remarks><see cref="SameBitsTests"/> compares the other devices with these.</remarks>
public class OneStepTests
{
    const float Rate = 0.05f;

    // sums of less than one block and of more, in each direction: inputs, outputs (2 to 256, and more), a single output, rows
    static readonly NetworkSpec spec = new([9, 17, 260, 33, 1], Activation.ReLU) { LinearOutput = true };

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public void HasTheDefinitionsBits(int rows)
    {
        var random = new Random(rows);
        var inputs = new float[rows, spec.Widths[0]];
        for (int k = 0; k < inputs.Length; k++) inputs[k / spec.Widths[0], k % spec.Widths[0]] = random.NextSingle() * 2 - 1;
        var data = new DataSet("numbers", inputs, Samples.Even(random, rows), []);
        (float[] before, float[] after, float loss) = Step(data);
        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Layers, EngineChoice.Fused])
            foreach (int lanes in (int[])[16, 8, 4, 1])
            {
                using ComputeDevice device = ComputeDevice.OpenCpu(lanes, 2);
                using Sequential network = spec.Build(device, new MseLoss());
                network.LoadParameters(before);
                Recipe recipe = Recipe.Of(network) with { Steps = 1, Batch = rows, Optimizer = new() { LearningRate = Rate } };
                var options = new TrainingOptions { SnapshotEvery = 1, Engine = engine };
                using var trainer = new Trainer(network, data, recipe, options, Picks.Fixed([.. Enumerable.Range(0, rows)]));
                TrainingResult result = trainer.Run(cancellation: TestContext.Current.CancellationToken);
                Assert.Equal((engine, lanes, loss), (engine, lanes, result.Losses[0]));
                Assert.Equal(after, result.Snapshots[0].Parameters);
            }
    }

    // layer by layer forward and backward, then w = fma(-rate, dw, w)
    static (float[] Before, float[] After, float Loss) Step(DataSet data)
    {
        float[] before = Parameters(), after = [.. before];
        int n = data.Count, depth = spec.Depth;
        var starts = new int[depth];
        for (int l = 1; l < depth; l++) starts[l] = starts[l - 1] + ((spec.Widths[l - 1] + 1) * spec.Widths[l] + 63) / 64 * 64;
        float[][] a = new float[depth][], z = new float[depth][];
        for (int l = 0; l < depth; l++)
        {
            (int i, int o) = (spec.Widths[l], spec.Widths[l + 1]);
            a[l] = l == 0 ? data.Flat.ToArray() : Array.ConvertAll(z[l - 1], value => value < 0 ? 0 : value);
            z[l] = SumOrder.Forward(a[l], before[starts[l]..], before[(starts[l] + i * o)..], n, i, o);
        }
        float[] difference = [.. z[^1].Select((value, k) => value - data.Labels[k])], dy = Array.ConvertAll(difference, d => (d + d) / n);
        for (int l = depth - 1; l >= 0; l--)
        {
            (int i, int o) = (spec.Widths[l], spec.Widths[l + 1]);
            float[] gradient = [.. SumOrder.WeightGradient(a[l], dy, n, i, o), .. SumOrder.ColumnSums(dy, n, o)];
            for (int k = 0; k < gradient.Length; k++)
                after[starts[l] + k] = MathF.FusedMultiplyAdd(-Rate, gradient[k], before[starts[l] + k]);
            if (l == 0) break;
            float[] dx = SumOrder.InputGradient(dy, before[starts[l]..], n, i, o);
            dy = [.. dx.Select((value, k) => z[l - 1][k] > 0 ? value : 0)];
        }
        return (before, after, SumOrder.RowSums([.. difference.Select(d => d * d)], 1, n)[0] / n);
    }

    static float[] Parameters()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        var random = new PhiloxStream(5, StreamPurpose.Initialization);
        using Sequential network = spec.Build(device, Initialization.Auto, random, new MseLoss());
        var values = new float[network.Arena.Length];
        device.CopyToHost(network.Arena.Values, values);
        return values;
    }
}
