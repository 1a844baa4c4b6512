using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>
/// <see cref="SideBySideTraining{TActivation, TLoss, TView}"/>: networks that one lane trains together end as each does alone.
/// </summary>
public class SideBySideTests
{
    static readonly DataSet Moons = DataSets.MakeMoons(200, noise: 0.1, seed: 3);

    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 2)]
    [InlineData(8, 1)]
    [InlineData(4, 1)]
    [InlineData(1, 1)]
    public void OnTheCpu(int lanes, int cores)
    {
        using ComputeDevice device = ComputeDevice.OpenCpu(lanes, cores);
        foreach (int networks in (int[])[2, 3, 8, 9, 21]) Check(device, "2-50-1", networks, 70);
        Check(device, "2-20-9-1", 11, 70);
        Check(device, "2-1", 40, 33);
    }

    [Theory]
    [InlineData(DriverDevice.Name, 700)]
    [InlineData("cpu:ilgpu", 9)]
    public void OnOtherProcessors(string name, int steps)
    {
        using ComputeDevice device = DriverDevice.Open(name);
        Check(device, "2-50-1", 19, DriverDevice.IsSlow(device) ? 20 : steps);
    }

    [Fact]
    public void AWarmUpCompilesAllThatARunNeeds()
    {
        using ComputeDevice device = DriverDevice.Open();
        // many of one shape, which train side by side; one that trains alone; and wide ones, too large to train side by side
        Recipe[] recipes =
        [
            .. Enumerable.Range(0, 20).Select(k => new Recipe { Net = NetworkSpec.Parse("2-9-1"), Seed = (ulong)k, Steps = 5 }),
            new Recipe { Net = NetworkSpec.Parse("2-10-1"), Steps = 5 },
            .. Enumerable.Range(0, 20).Select(k => new Recipe { Net = NetworkSpec.Parse("2-64-64-1"), Seed = (ulong)k, Steps = 5 }),
        ];
        var population = new Population(device, recipes, [PopulationData.Of(Moons)]);
        population.WarmUp();
        TimeSpan compiled = device.CompileTime;
        population.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(compiled, device.CompileTime);
    }

    static void Check(ComputeDevice device, string net, int networks, int steps)
    {
        using ComputeDevice cpu = ComputeDevice.OpenCpu(16, 1);
        Recipe Of(int k) => new()
        {
            Net = NetworkSpec.Parse(net, Activation.Tanh),
            Seed = (ulong)k,
            Steps = steps,
            Optimizer = new() { LearningRate = 0.01f * (k + 1) },
        };
        Recipe[] recipes = [.. Enumerable.Range(0, networks).Select(Of)];
        IReadOnlyList<PopulationResult> together = Train(device, recipes);
        for (int k = 0; k < networks; k++)
        {
            PopulationResult alone = Train(cpu, [recipes[k]])[0];
            float[] losses = [together[k].FinalLoss, together[k].MeanLossLast1000];
            Results.Check(device, [alone.FinalLoss, alone.MeanLossLast1000], losses);
            Results.Check(device, alone.Parameters, together[k].Parameters);
        }
    }

    // with launches of 13 steps no block of rows and no block of losses ends where a launch ends
    static IReadOnlyList<PopulationResult> Train(ComputeDevice device, Recipe[] recipes) =>
        new Population(device, recipes, [PopulationData.Of(Moons)], stepsPerLaunch: 13)
            .Run(cancellation: TestContext.Current.CancellationToken);
}
