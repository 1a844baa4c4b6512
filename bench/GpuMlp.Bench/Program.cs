using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GpuMlp.Bench.Counting;

namespace GpuMlp.Bench;

/// <summary>
/// Runs the benchmarks that the arguments name (BenchmarkDotNet's own options; without any, all benchmarks). The exit code is 1 where a
/// benchmark failed or none ran, 2 for an unknown job. <see cref="CountCommand"/> and
/// <see cref="CardCommand"/> are programs of their own.
/// </summary>
static class Program
{
    static int Main(string[] arguments)
    {
        if (arguments is [CountCommand.Name, .. string[] ofCount]) return CountCommand.Run(ofCount);
        if (arguments is [CardCommand.Name, .. string[] ofCard]) return CardCommand.Run(ofCard);
        BenchConfig config;
        string[] rest;
        try
        {
            (config, rest) = BenchConfig.From(arguments);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        if (rest.Length == 0) rest = ["--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest, config);
        OpenDevices.Close();
        return rest.Intersect(OnlyTells).Any() || AllRan([.. summaries]) ? 0 : 1;
    }

    // options of BenchmarkDotNet that only print something
    static readonly string[] OnlyTells = ["--list", "--help", "--info", "--version"];

    // BenchmarkDotNet's own result does not count a body or a set-up that throws: its row just has no numbers
    static bool AllRan(Summary[] summaries)
    {
        BenchmarkReport[] reports = [.. summaries.SelectMany(s => s.Reports)];
        BenchmarkReport[] failed = [.. reports.Where(r => !r.Success && AbsentDevice.Of(r.BenchmarkCase) is null)];
        foreach (BenchmarkReport report in failed) Console.Error.WriteLine($"failed: {report.BenchmarkCase.DisplayInfo}");
        if (!reports.Any(r => r.Success)) Console.Error.WriteLine("no benchmark ran");
        return failed.Length == 0 && reports.Any(r => r.Success) && !summaries.Any(s => s.HasCriticalValidationErrors);
    }
}
