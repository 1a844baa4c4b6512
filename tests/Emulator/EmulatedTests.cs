using System.Text.RegularExpressions;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>The kernel matrix and the small runs that every driver can do, on the emulated card.</summary>
public sealed partial class EmulatedTests
{
    // not those that cut loops short: each thread then reports it by the same word
    static readonly string[] Classes = ["Kernels.*", "Training.DriverTests", "Support.DeviceRoutesTests"];

    [GeneratedRegex(@"Total: (\d+), Errors: 0, Failed: 0, Skipped: (\d+)")]
    private static partial Regex Summary();

    [Fact]
    public void TheKernelMatrixEndsInTheProcessorsBitsWithoutARace()
    {
        ChildProcess.Result result = EmulatedCard.Tests(Classes, ("RACES", "1"));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Match summary = Summary().Match(result.Output);
        Assert.True(summary.Success, result.Output);
        int Number(int group) => int.Parse(summary.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Number(1) - Number(2) > 85, result.Output);
    }
}
