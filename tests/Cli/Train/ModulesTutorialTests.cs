using System.Text.Json;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>gpumlp train --api modules: the tutorial's second half as a user writes it.</summary>
public class ModulesTutorialTests
{
    [Fact]
    public void LeavesEveryOutputOfTheTutorial()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --api modules --json --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        using JsonDocument record = JsonDocument.Parse(outcome.Out);
        Assert.Equal("modules", record.RootElement.GetProperty("engine").GetString());
        Assert.InRange(record.RootElement.GetProperty("accuracy").GetDouble(), 0.97, 1);
        Assert.Equal([.. Enumerable.Range(0, 41).Select(k => $"boundary-{250 * k:D6}.png")],
            Directory.GetFiles(folder.File("run/frames")).Select(Path.GetFileName).Order());
        foreach (string name in (string[])["data.png", "boundary.png", "boundary.gif", "loss.png", "model.safetensors", "run.json"])
            Assert.True(File.Exists(folder.File($"run/{name}")), name);
    }

    /// <summary>
    /// np.random.seed(0) and the notebook's second half, on variables: the golden losses, within the tolerance that holds for layers too.
    /// </summary>
    [Fact]
    public void NumpysStreamReplaysTheNotebook()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --api modules --rng numpy --seed 0 --no-plots --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        float[] losses = LossesCsv.Read(folder.File("run/losses.csv"));
        double[] golden = Golden.Load("losses");
        Assert.Equal(golden.Length, losses.Length);
        for (int k = 0; k < losses.Length; k++) Assert.Equal(golden[k], losses[k], 2e-5);
    }

    [Fact]
    public void WhatTheSampleDecidesIsRefused()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --api modules --batch 4 --out", folder.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--batch 4: --api modules", outcome.Error);
    }
}
