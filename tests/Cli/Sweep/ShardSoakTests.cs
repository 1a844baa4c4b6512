using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>What ShardTests tests with some kills, with three hundred: takes minutes, so only with GPUMLP_SOAK=1.</summary>
public class ShardSoakTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void KilledAHundredTimesPartsAndMergesGoOn(int seed)
    {
        if (Environment.GetEnvironmentVariable("GPUMLP_SOAK") != "1") Assert.Skip("Takes minutes: GPUMLP_SOAK=1 runs it.");
        using var folder = new ScratchFolder();
        ShardKills.Of(folder, 100, seed);
    }
}
