using BenchmarkDotNet.Attributes;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>Training steps of many networks at once.</summary>
public class PopulationBenchmarks
{
    // how many of the networks are also trained one by one, for comparison
    const int TrainedAlone = 4;

    ComputeDevice? device;
    Recipe[] recipes = [];
    PopulationBatch? batch;

    /// <summary>The population of the row.</summary>
    [ParamsSource(nameof(Cases))]
    public required PopulationCase Case { get; set; }

    /// <summary>All populations.</summary>
    public static IEnumerable<PopulationCase> Cases => PopulationCase.All();

    static PopulationData[] Data => [PopulationData.Of(StepsJob.Moons)];

    /// <summary>Compiles, and compares a few networks with the layer engine on the CPU.</summary>
    [GlobalSetup]
    public void Check()
    {
        AbsentDevice.Refuse(Case);
        device = OpenDevices.Get(Case.Device);
        var recipe = new Recipe { Initialization = Initialization.He, Steps = Case.Steps };
        recipes = [.. Enumerable.Range(0, Case.Networks).Select(seed => recipe with { Seed = (ulong)seed })];
        IReadOnlyList<PopulationResult> results = Train(device);
        for (int k = 0; k < TrainedAlone; k++) Check(k, results[k].Parameters);
        PopulationData moons = Data[0];
        batch = new PopulationBatch(
            device, recipes, [.. recipes.Select(_ => moons)], [.. Enumerable.Range(0, recipes.Length)], Case.Steps, Case.Steps);
    }

    void Check(int number, float[] parameters)
    {
        var row = new StepsCase("2-50-1", 1, EngineChoice.Layers, "cpu", Case.Steps);
        using var alone = new StepsJob(row, OpenDevices.Get("cpu"), recipes[number].Seed);
        alone.Train();
        float[] expected = alone.Parameters();
        for (int p = 0; p < expected.Length; p++)
        {
            bool right = device!.SameBits ? parameters[p].Equals(expected[p]) : MathF.Abs(parameters[p] - expected[p]) <= 1e-3f;
            if (right) continue;
            string found = $"network {number}, parameter {p} is {parameters[p]:R}, alone on the CPU layer by layer {expected[p]:R}";
            throw new InvalidOperationException($"{Case}: {found}");
        }
    }

    IReadOnlyList<PopulationResult> Train(ComputeDevice on) =>
        new Population(on, recipes, Data, stepsPerLaunch: Case.Steps).Run();

    /// <summary>Everything is on the device: one launch and the wait for its end. Each call trains the networks further.</summary>
    [Benchmark(Description = "kernel")]
    public void Kernel()
    {
        batch!.Run(0, Case.Steps);
        device!.Synchronize();
    }

    /// <summary>
    /// The kernel is compiled: weights are drawn, all inputs are uploaded, losses, parameters and accuracies are read back.
    /// </summary>
    [Benchmark(Description = "with copies")]
    public int WithCopies() => Train(device!).Count;

    /// <summary>From nothing: the device is opened and the kernel is compiled, too.</summary>
    [Benchmark(Description = "end to end")]
    public int EndToEnd()
    {
        using ComputeDevice fresh = ComputeDevice.Open(Case.Device);
        return Train(fresh).Count;
    }

    /// <summary>Frees what the row used.</summary>
    [GlobalCleanup]
    public void Free() => batch?.Dispose();
}
