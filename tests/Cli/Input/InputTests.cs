using GpuMlp.Cli.Shell;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Input;

/// <summary>What the program reads from files and pipes: never more than it has memory for.</summary>
public class InputTests
{
    [Theory]
    [InlineData("train --data csv:/dev/zero --out run", "/dev/zero: is a device")]
    [InlineData("train --config /dev/zero --out run", "/dev/zero: is a device")]
    [InlineData("grid /dev/zero --size 2x2 --quiet --out g.npy", "/dev/zero: is a device")]
    [InlineData("train --config . --out run", "--config .: is a folder")]
    [InlineData("train --data csv:. --out run", "--data csv:.: is a folder")]
    [InlineData("yes 1,2,3 2>&- | tr -d '\\n' 2>&- |;train --data csv:/dev/stdin --out run",
        "/dev/stdin:1:1: the row is longer than the 67,108,864 bytes")]
    [InlineData("yes 2>&- |;train --config /dev/stdin --out run", "/dev/stdin: is longer than the 1,048,576 bytes")]
    public void WhatHasNoEndIsNotRead(string command, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices are told by Linux.");
        using var folder = new ScratchFolder();
        string[] parts = command.Split(';');
        Gpumlp.Outcome outcome = Gpumlp.Shell($"{string.Concat(parts.SkipLast(1))} $gpumlp {parts[^1]}", folder.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void RowsWithoutEndTakeTheMemoryThatThereIsAndTheMessageHasTheNumbers()
    {
        using var folder = new ScratchFolder();
        const string line = "yes 1,2,0 2>&- | DOTNET_GCHeapHardLimit=0x8000000 $gpumlp train --data csv:/dev/stdin --out run";
        Gpumlp.Outcome outcome = Gpumlp.Shell(line, folder.Path);
        Assert.Equal(5, outcome.ExitCode);
        Assert.Matches(@"^gpumlp: out of memory: .*134,217,\d+ (bytes|are available)", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void TheRuntimesOwnFailureToGetMemoryIsExplainedWithNumbers()
    {
        Assert.Matches(@"\d of the [\d,]+ bytes", HostMemory.Explain(new OutOfMemoryException()));
        Assert.Equal("as it stands", HostMemory.Explain(new InsufficientMemoryException("as it stands")));
    }

    [Fact]
    public void ASweepThatDoesNotFitIsOutOfMemory()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("sweep --device cpu --quiet --batch 100000000 --steps 1 --out", folder.File("run"));
        Assert.Equal(5, outcome.ExitCode);
        Assert.Matches(@"takes [\d,]+ bytes, [\d,]+ are available", Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void DataConfigsAndModelsComeThroughPipes()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("c.json"), """{"config": {"data": "csv:/dev/stdin", "steps": 7, "noPlots": true}}""");
        const string train = "$gpumlp train --config <(cat c.json) --quiet --out run";
        Gpumlp.Outcome outcome = Gpumlp.Shell($"printf '1,2,0\\n3,4,1\\n' | {train}", folder.Path);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        const string twice = "$gpumlp grid <(cat $m) --size 9x9 --quiet --out a.npy && $gpumlp grid $m --size 9x9 --quiet --out b.npy";
        outcome = Gpumlp.Shell($"m=run/model.safetensors; {twice}", folder.Path);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(File.ReadAllBytes(folder.File("b.npy")), File.ReadAllBytes(folder.File("a.npy")));
        outcome = Gpumlp.Shell("$gpumlp grid <(head -c 300 run/model.safetensors) --size 9x9 --quiet --out c.npy", folder.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("truncated", Assert.Single(outcome.ErrorLines));
    }
}
