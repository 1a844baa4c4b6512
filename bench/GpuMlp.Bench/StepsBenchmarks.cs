using BenchmarkDotNet.Attributes;
using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>Training steps of one network: the time of the kernels, the time with copies, and the time from nothing.</summary>
public class StepsBenchmarks
{
    StepsJob? job;
    StepsLaunch? launch;

    /// <summary>The training of the row.</summary>
    [ParamsSource(nameof(Cases))]
    public required StepsCase Case { get; set; }

    /// <summary>All trainings.</summary>
    public static IEnumerable<StepsCase> Cases => StepsCase.All();

    /// <summary>Compiles, and compares the result with the layer engine on the CPU.</summary>
    [GlobalSetup]
    public void Check()
    {
        AbsentDevice.Refuse(Case);
        job = new StepsJob(Case, OpenDevices.Get(Case.Device));
        launch = new StepsLaunch(job);
        job.Check();
        launch.Check();
    }

    /// <summary>Everything is on the device: the launches and the wait for their end.</summary>
    [Benchmark(Description = "kernel")]
    public void Kernel() => launch!.Run();

    /// <summary>
    /// The device is open and the kernels are compiled: data and parameters are uploaded, losses and parameters read back.
    /// </summary>
    [Benchmark(Description = "with copies")]
    public float WithCopies() => job!.Train();

    /// <summary>
    /// From nothing: the device is opened, weights are drawn, kernels are compiled (what .NET has compiled stays compiled), the network
    /// trains.
    /// </summary>
    [Benchmark(Description = "end to end")]
    public float EndToEnd()
    {
        using ComputeDevice device = ComputeDevice.Open(Case.Device);
        using var fresh = new StepsJob(Case, device);
        return fresh.Train();
    }

    /// <summary>Frees what the row used.</summary>
    [GlobalCleanup]
    public void Free()
    {
        launch?.Dispose();
        job?.Dispose();
    }
}
