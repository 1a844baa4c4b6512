using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Grids;

/// <summary>Where a driver ends launches early, grids are evaluated in smaller parts, with the same bits.</summary>
public sealed class CutLaunchTests
{
    static readonly GridSpec Grid = GridSpec.FromSize(new Window(-1.5, 2.5, -1, 1.5), 9, 5);

    [Theory]
    [InlineData("cpu:ilgpu", "2-9-1")]
    [InlineData("cpu:ilgpu", "2-6-5-1")]
    [InlineData("cpu:ilgpu", "2-300-1-1")]
    [InlineData(DriverDevice.Name, "2-9-1")]
    [InlineData(DriverDevice.Name, "2-6-5-1")]
    public void EveryWayToEvaluateTakesSmallerParts(string name, string net)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        using Sequential network = GridEvaluatorTests.Build(device, net, Activation.ReLU, 1);
        float[] own = Parameters(network);
        float[][] sets = [.. Enumerable.Range(0, 3).Select(set => own.Select(v => v + set).ToArray())];
        var evaluator = new GridEvaluator(network);
        Check(device, () => evaluator.Evaluate(Grid));
        Check(device, () => evaluator.EvaluateClasses(Grid));
        Check(device, () => evaluator.EvaluateSets(Grid, sets, GridValue.Logit));
        Check(device, () =>
        {
            using var values = evaluator.EvaluateOnDevice(Grid);
            return values.ToArray();
        });
        Assert.Equal(own, Parameters(network));
    }

    [Theory]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void ClassesOfManyOutputsTakeSmallerBatches(string name)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        using var network = new Sequential(new Linear(device, 2, 4), new ReLU(), new Linear(device, 4, 3));
        var evaluator = new ClassEvaluator(network);
        Check(device, () => evaluator.Evaluate(Grid));
    }

    static void Check<T>(ComputeDevice device, Func<T[]> evaluate)
    {
        T[] expected = evaluate();
        foreach (int cut in (int[])[1, 5])
        {
            device.Watch.Cut = cut;
            Assert.Equal(expected, evaluate());
            Assert.Equal(0, device.Watch.Cut);
        }
        device.Watch.Cut = int.MaxValue;
        Assert.True(Assert.Throws<DeviceException>(evaluate).IsStopped);
        device.Watch.Cut = 0;
        device.Finished();
    }

    static float[] Parameters(Sequential network)
    {
        var parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        return parameters;
    }
}
