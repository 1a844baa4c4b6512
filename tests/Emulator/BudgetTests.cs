using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>
/// What launches execute, counted on the emulated card by bench/GpuMlp.Bench, stays within the budgets that are in its table.
/// </summary>
public class BudgetTests
{
    static ChildProcess.Result Count(params string[] arguments)
    {
        // the benchmarks are built with these tests, in the same configuration
        string[] output = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
        string folder = Path.Combine([Project.Root().FullName, "bench", "GpuMlp.Bench", "bin", .. output]);
        return ChildProcess.Dotnet(folder, [], [Path.Combine(folder, "GpuMlp.Bench.dll"), "--count", .. arguments]);
    }

    [Fact]
    public void EveryJobStaysWithinItsBudget()
    {
        ChildProcess.Result result = Count(EmulatedCard.Folder);
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        string[] rows = result.Output.Split('\n');
        Assert.Equal(23, rows.Count(row => row.Contains("≤", StringComparison.Ordinal)));
        Assert.Equal(5, rows.Count(row => row.Contains("≥", StringComparison.Ordinal)));
        Assert.Contains(rows, row => row.StartsWith("| fused step, 2-50-1 | 1 × 32, ", StringComparison.Ordinal));
    }

    [Fact]
    public void AFolderWithoutTheCardIsOneSentence()
    {
        using var folder = new ScratchFolder();
        ChildProcess.Result result = Count(folder.Path);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("--count counts on the emulated card (FOLDER/libcuda.so.1), but ", result.Error, StringComparison.Ordinal);
    }
}
