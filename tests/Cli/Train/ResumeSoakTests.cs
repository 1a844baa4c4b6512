using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>What ResumeTests tests with some kills, with five hundred: takes a quarter of an hour, so only with GPUMLP_SOAK=1.</summary>
public class ResumeSoakTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void KilledAHundredTimesARunGoesOn(int seed)
    {
        if (Environment.GetEnvironmentVariable("GPUMLP_SOAK") != "1") Assert.Skip("Takes minutes: GPUMLP_SOAK=1 runs it.");
        using var folder = new ScratchFolder();
        Kills.Of(folder, 100, seed);
    }
}
