using System.Diagnostics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>Parts of a sweep by themselves: merged they are the sweep that one task trains, byte for byte.</summary>
public class ShardTests
{
    // some networks diverge, the sheet of pictures has a choice of rows, and settings are cut by blocks and by shards
    const string Options = "--device cpu --samples 40 --steps 60 --net 2-3-1,2-4-1 --lr log:0.01..1e20:9 --seeds 0..29 --top 3 --block 50";

    [Theory]
    [InlineData("", 1, 3, 7)]
    [InlineData("--noise 0.3 --validation 0.3", 8)]
    [InlineData("--no-plots --random 4 --init-scale log:0.1..10 --data-seeds", 2)]
    public void AnyNumberOfPartsMakesTheSameBytes(string more, params int[] counts)
    {
        using var folder = new ScratchFolder();
        Sweeps.Run($"{Options} {more}", folder.File("whole"));
        foreach (int count in counts)
        {
            string parts = folder.File($"parts{count}");
            for (int number = 0; number < count; number++) Sweeps.Shard($"{Options} {more}", $"{number}/{count}", parts);
            Sweeps.Merge(parts);
            Sweeps.AssertSame(folder.File("whole"), parts);
        }
    }

    [Fact]
    public void ThereMayBeMorePartsThanNetworks()
    {
        using var folder = new ScratchFolder();
        const string few = "--device cpu --samples 20 --steps 5 --seeds 0..2";
        Sweeps.Run(few, folder.File("whole"));
        for (int number = 0; number < 5; number++) Sweeps.Shard(few, $"{number}/5", folder.File("parts"));
        Sweeps.Merge(folder.File("parts"));
        Sweeps.AssertSame(folder.File("whole"), folder.File("parts"));
    }

    [Fact]
    public void APartThatWasDoneIsNotTrainedAgain()
    {
        using var folder = new ScratchFolder();
        Sweeps.Shard(Options, "1/3", folder.File("parts"));
        byte[] before = File.ReadAllBytes(folder.File("parts/shard-1-of-3.rows"));
        Gpumlp.Outcome outcome = Sweeps.Shard(Options, "1/3", folder.File("parts"));
        Assert.Contains("part 1/3: 180 of 540 networks, 180 of them are done", outcome.Error);
        Assert.Equal(before, File.ReadAllBytes(folder.File("parts/shard-1-of-3.rows")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(3000)]
    public void WhatAKilledTaskLeftHalfWrittenIsTrainedAgain(int length)
    {
        using var folder = new ScratchFolder();
        Sweeps.Shard(Options, "0/1", folder.File("parts"));
        string file = folder.File("parts/shard-0-of-1.rows");
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..length]);
        Gpumlp.Outcome early = Gpumlp.Run("sweep --merge", folder.File("parts"));
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("shard-0-of-1.rows (", Assert.Single(early.ErrorLines));
        Sweeps.Shard(Options, "0/1", folder.File("parts"));
        Assert.Equal(whole.Length, new FileInfo(file).Length);                          // the blocks' times differ, nothing else
        Sweeps.Run(Options, folder.File("whole"));
        Sweeps.Merge(folder.File("parts"));
        Sweeps.AssertSame(folder.File("whole"), folder.File("parts"));
    }

    [Fact]
    public void ADamagedBlockAndWhatFollowsItIsTrainedAgain()
    {
        using var folder = new ScratchFolder();
        Sweeps.Shard(Options, "0/1", folder.File("parts"));
        string file = folder.File("parts/shard-0-of-1.rows");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(1, Gpumlp.Run("sweep --merge", folder.File("parts")).ExitCode);
        Gpumlp.Outcome again = Sweeps.Shard(Options, "0/1", folder.File("parts"));
        Assert.Matches("part 0/1: 540 of 540 networks, [1-4]\\d\\d of them are done", again.Error);
        Sweeps.Merge(folder.File("parts"));
    }

    [Fact]
    public void TwoTasksWithTheSameNumberNeverWriteOneFile()
    {
        using var folder = new ScratchFolder();
        const string endless = "--device cpu --samples 40 --steps 100000 --net 2-8-1 --seeds 0..99999 --block 20";
        using Process first = Sweeps.StartShard(endless, "0/2", folder.File("parts"));
        while (Sweeps.Bytes(folder.File("parts/shard-0-of-2.rows")) == 0) Thread.Sleep(5);
        Gpumlp.Outcome second = Gpumlp.Run($"sweep {endless} --shard 0/2 --out", folder.File("parts"));
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("--shard 0/2: another task writes shard-0-of-2.rows at this moment", second.Error);
        Gpumlp.Outcome merge = Gpumlp.Run("sweep --merge", folder.File("parts"));
        Assert.Equal(1, merge.ExitCode);
        Assert.Contains("shard-0-of-2.rows is being written at this moment", merge.Error);
        first.Kill();
        first.WaitForExit();
    }

    [Fact]
    public void KilledAtAnyTimeTheyGoOn()
    {
        using var folder = new ScratchFolder();
        ShardKills.Of(folder, 8, 1);
    }

    [Fact]
    public void SigtermKeepsWholeBlocksAndSaysSo()
    {
        using var folder = new ScratchFolder();
        const string endless = "--device cpu --samples 40 --steps 100000 --net 2-8-1 --seeds 0..99999 --block 10";
        string file = folder.File("parts/shard-0-of-1.rows");
        using Process process = Sweeps.StartShard(endless, "0/1", folder.File("parts"));
        while (Sweeps.Bytes(file) < 2000) Thread.Sleep(5);
        Gpumlp.Interrupt(process, "TERM");
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(143, outcome.ExitCode);
        Assert.Contains("stopping; whole blocks are kept; the same command goes on", outcome.Error);
        using Process again = Sweeps.StartShard(endless, "0/1", folder.File("parts"));
        string? line;
        while ((line = again.StandardError.ReadLine()) is not null && !line.StartsWith("part ", StringComparison.Ordinal)) { }
        Assert.Matches(@"part 0/1: 100,000 of 100,000 networks, \d+0 of them are done", line);
        again.Kill();
        again.WaitForExit();
    }
}
