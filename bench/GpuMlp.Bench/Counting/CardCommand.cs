using GpuMlp.Devices;
using GpuMlp.Training;
using ILGPU.Runtime.Cuda;

namespace GpuMlp.Bench.Counting;

/// <summary>
/// --card [FOLDER]: the jobs of --count timed on this machine's NVIDIA card, then what --count prints, with predictions for that card. The
/// exit code is 3 where there is none.
/// </summary>
static class CardCommand
{
    internal const string Name = "--card";

    const int Times = 5;

    internal static int Run(string[] arguments)
    {
        DeviceDescription found = ComputeDevice.List().First(d => d.Kind == DeviceKind.Cuda);
        if (!found.IsAvailable || found.Name.Contains("emulated", StringComparison.Ordinal))
        {
            Console.Error.WriteLine($"no card: {(found.IsAvailable ? $"{found.Name} has no times" : found.Excluded)}");
            return 3;
        }
        Card card;
        using (ComputeDevice device = ComputeDevice.Open(found.Id))
        {
            card = Of((CudaDevice)device.Accelerator.Device);
            Console.WriteLine($"# {card.Name}\n\nMeasured, the fastest of {Times}; a step, a row or a point:\n");
            Console.WriteLine("| job | measured |\n| --- | --- |");
            foreach ((string job, double seconds) in Measured(new CardJobs(device)))
                Console.WriteLine($"| {job} | {CountCommand.Time(seconds)} |");
            Console.WriteLine();
        }
        return CountCommand.Run(arguments, card);
    }

    // kHz, and two words of the bus a cycle
    static Card Of(CudaDevice device) => new(
        device.Name, device.NumMultiprocessors, 1e3 * device.ClockRate, 1e3 * device.MemoryClockRate * 2 * device.MemoryBusWidth / 8);

    static IEnumerable<(string Job, double Seconds)> Measured(CardJobs jobs)
    {
        double More(Func<int, double> run, int few, int many, double units) => (Fastest(run, many) - Fastest(run, few)) / units;
        yield return (Budgets.Fused, More(n => jobs.Train("2-50-1", n, EngineChoice.Fused), 10_000, 110_000, 100_000));
        yield return (Budgets.Deep, More(n => jobs.Train("2-64-64-1", n, EngineChoice.Fused), 1000, 9000, 8000));
        yield return (Budgets.Member, More(rows => jobs.TrainAll(64, rows), 2000, 20_000, 64 * 18_000));
        yield return (Budgets.Grid, More(side => jobs.Evaluate("2-50-1", side), 1024, 4096, 4096.0 * 4096 - 1024 * 1024));
        yield return (Budgets.DeepGrid, More(side => jobs.Evaluate("2-64-64-1", side), 1024, 4096, 4096.0 * 4096 - 1024 * 1024));
        yield return (Budgets.Layers, More(n => jobs.Train("2-50-1", n, EngineChoice.Layers), 1000, 3000, 2000));
    }

    // the first also compiles
    static double Fastest(Func<int, double> run, int amount) => Enumerable.Range(0, Times).Min(_ => run(amount));
}
