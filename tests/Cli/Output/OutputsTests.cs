using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Output;

/// <summary>What is in a folder after runs that failed, were killed, or ran at the same time.</summary>
public sealed class OutputsTests : IDisposable
{
    const string Quick = "train --quiet --no-plots --steps 300 --samples 100 --out";

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("train --no-plots --samples 100 --steps 500", "train --no-plots --samples 100 --steps 200000 --force")]
    [InlineData("sweep --device cpu --no-plots --samples 50 --steps 9 --seeds 0..3",
        "sweep --device cpu --no-plots --samples 50 --steps 9 --seeds 0..3000 --force")]
    public void AFullDiskKeepsTheEarlierRun(string first, string second)
    {
        using var disk = new SmallDisk();
        Assert.Equal(0, Gpumlp.Run($"{first} --quiet --out", disk.File("run")).ExitCode);
        string[] before = Tree.Contents(disk.File("run"));
        Gpumlp.Outcome outcome = Gpumlp.Run($"{second} --quiet --out", disk.File("run"));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith("gpumlp: ", Assert.Single(outcome.ErrorLines));
        Assert.DoesNotContain(".gpumlp-new", outcome.Error);
        Assert.DoesNotContain(".tmp", outcome.Error);
        Assert.Equal(before, Tree.Contents(disk.File("run")));
    }

    [Fact]
    public void WhatAFailedRunLeftIsReplacedWithForceAndNothingElseIs()
    {
        using var disk = new SmallDisk();
        string run = disk.File("run"), again = $"train --quiet --no-plots --steps 300 --samples 100 --out {run}";
        Assert.Equal(1, Gpumlp.Run("train --quiet --no-plots --steps 300000 --samples 100 --out", run).ExitCode);
        Assert.False(Directory.Exists(run));
        Assert.Equal(1, Gpumlp.Run("train --quiet --steps 60 --snapshot-every 1 --out", run).ExitCode);
        string[] left = Tree.Names(run);
        Assert.Contains("model.safetensors", left);
        Assert.DoesNotContain("run.json", left);
        Assert.Equal(2, Gpumlp.Run(again).ExitCode);
        Assert.Equal(left, Tree.Names(run));
        Assert.Equal(0, Gpumlp.Run($"{again} --force").ExitCode);
        Assert.Equal(["losses.csv", "model.safetensors", "run.json"], Tree.Names(run));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--api modules")]
    public void ADivergedRunKeepsTheEarlierOne(string options)
    {
        Assert.Equal(0, Gpumlp.Run("train --quiet --steps 500 --out", scratch.File("run")).ExitCode);
        string[] before = Tree.Contents(scratch.File("run"));
        Gpumlp.Outcome outcome = Gpumlp.Run($"train --quiet --steps 500 --lr 1e38 --force {options} --out", scratch.File("run"));
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("keeps its earlier run", Assert.Single(outcome.ErrorLines));
        Assert.Equal(before, Tree.Contents(scratch.File("run")));
    }

    [Fact]
    public void WhatTheUserPutBesideARunStays()
    {
        Assert.Equal(0, Gpumlp.Run("train --quiet --steps 300 --out", scratch.File("run")).ExitCode);
        File.WriteAllText(scratch.File("run/frames/boundary-mine.png"), "mine");
        Assert.Equal(0, Gpumlp.Run($"{Quick} {scratch.File("run")} --force").ExitCode);
        File.WriteAllText(scratch.File("run/data.png"), "mine");
        Assert.Equal(0, Gpumlp.Run($"{Quick} {scratch.File("run")} --force").ExitCode);
        string[] expected = ["data.png", "frames/boundary-mine.png", "losses.csv", "model.safetensors", "run.json"];
        Assert.Equal(expected, Tree.Names(scratch.File("run")));

        Gpumlp.Outcome outcome = Gpumlp.Run("train --quiet --steps 2000000000 --snapshot-every 0 --force --out", scratch.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("data.png in it is not an earlier run's", Assert.Single(outcome.ErrorLines));
        Assert.Equal(expected, Tree.Names(scratch.File("run")));
        Assert.Equal("mine", File.ReadAllText(scratch.File("run/data.png")));
    }

    [Theory]
    [InlineData("train --no-plots --steps 2000000000", "losses.csv")]
    [InlineData("train --no-plots --steps 2000000000", "run.json")]
    [InlineData("sweep --device cpu --steps 2000000000", "sweep.csv")]
    [InlineData("sweep --device cpu --steps 2000000000", "mosaic.png")]
    public void AFolderWhereAFileIsToBeIsBadInput(string arguments, string name)
    {
        Directory.CreateDirectory(scratch.File($"run/{name}"));
        Gpumlp.Outcome outcome = Gpumlp.Run($"{arguments} --force --quiet --out", scratch.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"{name} in it is a folder", Assert.Single(outcome.ErrorLines));
        Assert.Equal([name], Tree.Names(scratch.File("run")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfTwoAtOnceOneWritesAndTheOtherSaysThatTheFolderIsInUse(bool force)
    {
        var pairs = new Pairs(scratch, "--no-plots --steps 3000");
        for (int k = 0; k < 3; k++) Assert.Null(pairs.Run(scratch.File(force ? "run" : $"run{k}"), force));
    }

    [Fact]
    public void TwoWithoutANameHaveAFolderEach()
    {
        Process Start() => Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll"), "train", "--quiet", "--no-plots", "--steps", "300"])
        { WorkingDirectory = scratch.File("") })!;
        Process[] both = [Start(), Start()];
        foreach (Process one in both) one.WaitForExit();
        Assert.Equal([0, 0], both.Select(one => one.ExitCode));
        Assert.Equal(6, Tree.Names(scratch.File("runs")).Length);
        Assert.Equal(2, Directory.GetDirectories(scratch.File("runs")).Length);
    }

    [Fact]
    public void AKilledRunsFolderIsTakenOver()
    {
        using Process killed = Gpumlp.Start(
            "train --quiet --no-plots --device cpu --engine layers --steps 1000000000 --out", scratch.File("run"));
        SpinWait.SpinUntil(() => Directory.Exists(scratch.File("run/.gpumlp-new")), TimeSpan.FromSeconds(30));
        killed.Kill();
        killed.WaitForExit();
        Assert.NotEmpty(Tree.Names(scratch.File("run")));
        Assert.Equal(0, Gpumlp.Run(Quick, scratch.File("run")).ExitCode);
        Assert.Equal(["losses.csv", "model.safetensors", "run.json"], Tree.Names(scratch.File("run")));
    }

    static readonly string[] Checkpoint = ["checkpoint.losses", "checkpoint.safetensors", "checkpoint.snapshots"];

    [Fact]
    public void AnInterruptedRunTakesTheEarlierOnesPlace()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill, which Windows has not.");
        Assert.Equal(0, Gpumlp.Run(Quick, scratch.File("run")).ExitCode);
        using Process process = Gpumlp.Start("train --no-plots --engine layers --steps 1000000000 --force --out", scratch.File("run"));
        process.StandardError.ReadLine();                           // the device is chosen
        Thread.Sleep(1000);
        Gpumlp.Interrupt(process);
        Assert.Equal(130, Gpumlp.End(process).ExitCode);
        Assert.Equal("cancelled", Record("run").GetProperty("stopReason").GetString());
        Assert.Equal([.. Checkpoint, "losses.csv", "model.safetensors", "run.json"], Tree.Names(scratch.File("run")));
        IEnumerable<string?> outputs = Record("run").GetProperty("outputs").EnumerateArray().Select(name => name.GetString());
        Assert.Equal(Tree.Names(scratch.File("run")), outputs);
    }

    [Fact]
    public void ARunThatIsEndedWhileItDrawsLeavesNoTemporary()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill, which Windows has not.");
        for (int k = 0; k < 3; k++) Assert.Null(Endings.Terminate(scratch.File($"run{k}"), TimeSpan.FromMilliseconds(150 * k)));
    }

    [Fact]
    public void TwoGridsIntoOneFileLeaveOneWholeAndNothingOfAKilledOne()
    {
        Assert.Equal(0, Gpumlp.Run(Quick, scratch.File("run")).ExitCode);
        File.WriteAllText(scratch.File(".g.npy.77-abcdefgh.tmp"), "");
        string arguments = $"grid {scratch.File("run/model.safetensors")} --quiet --size 2000x1000 --force --out {scratch.File("g.npy")}";
        Process[] both = [Gpumlp.Start(arguments), Gpumlp.Start(arguments)];
        Assert.Equal([0, 0], both.Select(one => Gpumlp.End(one).ExitCode));
        Assert.Equal([1000, 2000], Npy.Read(scratch.File("g.npy")).Shape);
        Assert.Equal(["g.npy", "run"], scratch.Names);
    }

    JsonElement Record(string run) => JsonDocument.Parse(File.ReadAllText(scratch.File($"{run}/run.json"))).RootElement;
}
