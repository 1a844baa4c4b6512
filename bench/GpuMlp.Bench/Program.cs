using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace GpuMlp.Bench;

/// <summary>Runs the benchmarks that the arguments name (BenchmarkDotNet's own options; none: all).</summary>
static class Program
{
    static int Main(string[] arguments)
    {
        (BenchConfig config, string[] rest) = BenchConfig.From(arguments);
        if (rest.Length == 0) rest = ["--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest, config);
        OpenDevices.Close();
        var failed = summaries.SelectMany(s => s.Reports).Where(r => !r.Success && AbsentDevice.Of(r.BenchmarkCase) is null).ToList();
        foreach (BenchmarkReport report in failed) Console.Error.WriteLine($"failed: {report.BenchmarkCase.DisplayInfo}");
        return failed.Count == 0 && summaries.All(s => !s.HasCriticalValidationErrors) ? 0 : 1;
    }
}
