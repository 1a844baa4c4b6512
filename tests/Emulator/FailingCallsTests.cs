using System.Text.RegularExpressions;
using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>Each function of the driver fails once, and at every call: gpumlp says so in one line, and ends.</summary>
public sealed partial class FailingCallsTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    // the emulator has no others
    static string[] Functions() =>
    [
        .. Directory.GetFiles(Path.Combine(Project.Root().FullName, "tests", "CudaEmulator", "Api"), "*.cs")
            .SelectMany(file => EntryPoint().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().Order(),
    ];

    [GeneratedRegex(@"EntryPoint = nameof\((cu\w+)\)")]
    private static partial Regex EntryPoint();

    [Theory]
    [InlineData("1")]
    [InlineData("*")]
    public void EveryFunctionMayFail(string call)
    {
        string[] functions = Functions();
        Assert.True(functions.Length > 40, $"{functions.Length} functions were found");
        EmulatedCard.Gpumlp("devices");                              // publishes the emulator, before the clocks below run
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.ForEach(functions, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, function =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            string command = $"train --steps 3 --engine fused --no-plots --device cuda --out {folder.File(function)}";
            ChildProcess.Result result = EmulatedCard.Gpumlp(command, ("FAIL", $"{function}:{call}:999"));
            string[] lines = [.. result.Error.Split('\n').Where(line => line.StartsWith("gpumlp: ", StringComparison.Ordinal))];
            bool told = result.ExitCode == 0 ? lines.Length == 0
                : lines is [string line] && line.Contains("cuda", StringComparison.Ordinal);
            bool late = System.Diagnostics.Stopwatch.GetElapsedTime(start) > Patience;
            if (result.ExitCode is not (0 or 1 or 3 or 5) || !told || late)
                wrong.Add($"{function}: exit {result.ExitCode}, {result.Error}");
        });
        Assert.Empty(wrong);
    }
}
