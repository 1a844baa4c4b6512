using GpuMlp.Cli.Compare;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Records;

namespace GpuMlp.Tests.Cli.Compare;

/// <summary>The first step at which a faulty training differs, and by how much.</summary>
public sealed class FirstDifferenceTests : IDisposable
{
    const int Steps = 1000;                                        // more than there are looks, so that a second search follows the first

    static readonly TrainConfig config = TrainData.Resolve(new TrainConfig { Steps = Steps, Samples = 50 });
    static readonly TrainInput input = TrainInput.Load(config, TrainData.Streams(config).Data);

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => device.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(500)]
    [InlineData(997)]
    [InlineData(998)]
    [InlineData(999)]
    public void IsTheStepOfTheFault(int wrong)
    {
        var search = new FirstDifference(
            watch => new WrongAtAStep(device, input, null, watch), watch => new WrongAtAStep(device, input, wrong, watch), Steps);
        Assert.Equal(wrong, search.Find(Token));
    }

    [Fact]
    public void IsNoneWhereTheWeightsAreTheSame()
    {
        var search = new FirstDifference(
            watch => new WrongAtAStep(device, input, null, watch), watch => new WrongAtAStep(device, input, null, watch), Steps);
        Assert.Null(search.Find(Token));
    }

    [Fact]
    public void ARowSaysTheStepTheLossesTheWeightsAndThePixels()
    {
        const int Wrong = 37;
        GridSpec grid = input.Grid(input.Axes.Window!.Value, 60, 45);
        var contest = new Contest(input, config, grid,
            (on, engine, watch) => new WrongAtAStep(on, input, engine == "layers" ? Wrong : null, watch), new Terminal(true, false));
        DeviceDescription cpu = ComputeDevice.List()[0];
        Trained right = contest.Train(cpu, "fused", Token).Trained!, wrong = contest.Train(cpu, "layers", Token).Trained!;
        CompareRow same = contest.Compare(right, right, Token);
        Assert.Equal((true, "cpu fused"), (same.SameBits, same.ComparedWith));
        CompareRow row = contest.Compare(wrong, right, Token);
        Assert.False(row.SameBits);
        RowDifference found = row.Difference!;
        Assert.Equal((Wrong, Wrong, Wrong), (found.FirstStep, found.FirstLoss, found.FirstWeights));
        Assert.Equal((wrong.Losses[Wrong], right.Losses[Wrong]), (found.Loss, found.OtherLoss));
        Assert.Equal(wrong.Losses.Zip(right.Losses).Max(pair => Math.Abs((double)pair.First - pair.Second)), found.LargestLoss);
        double[] distances = [.. wrong.Weights.Values.Zip(right.Weights.Values, (a, b) => Math.Abs((double)a - b))];
        Assert.Equal(distances.Max(), found.LargestWeight);
        int at = Array.IndexOf(distances, distances.Max());
        string name = at < 100 ? $"0.weight[{at}]" : at < 150 ? $"0.bias[{at - 100}]" : at < 200 ? $"2.weight[{at - 150}]" : "2.bias[0]";
        Assert.Equal(name, found.LargestWeightAt);
        Assert.Equal(distances.Count(distance => distance > 0), found.DifferentWeights);
        Assert.Equal(wrong.Outputs!.Zip(right.Outputs!).Count(pair => pair.First > 0.5f != pair.Second > 0.5f), found.Pixels);
        Assert.True(found.Pixels > 0);
    }
}
