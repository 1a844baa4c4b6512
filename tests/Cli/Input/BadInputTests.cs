using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Input;

/// <summary>A mistake of the user costs one line that names it and the promised exit code, and leaves no file behind.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData(2, "--samples 1", "--samples 1: a number of rows is a whole number from 2")]
    [InlineData(2, "--lr 0", "--lr 0: a learning rate is a positive number")]
    [InlineData(2, "--lr nan", "--lr nan: a learning rate is a positive number")]
    [InlineData(2, "--init-scale 0", "--init-scale 0: a scale is a positive number; a network that begins with zeros alone does not learn")]
    [InlineData(2, "--net 2-0-1", "--net 2-0-1: '0' is not a width")]
    [InlineData(2, "--net 3-50-1", "--net 3-50-1: the network takes 3 inputs, the data has 2 features")]
    [InlineData(2, "--net 2-50-2", "--net 2-50-2: bce takes one output, the network has 2")]
    [InlineData(2, "--steps -1", "--steps -1: a number of steps is a whole number from 0")]
    [InlineData(2, "--window 1:0,0:1", "--window 1:0,0:1: a window is x0:x1,y0:y1")]
    [InlineData(2, "--data csv:no-such.csv", "--data csv:no-such.csv: there is no such file")]
    [InlineData(2, "--data blobs --noise 1", "--noise 1: --data blobs has no noise")]
    [InlineData(2, "--rng numpy --seed 4294967296", "--seed 4294967296: with --rng numpy")]
    [InlineData(2, "--quiet --engine fused --net 2-2-2-2-2-2-2-2-2-1", "--engine fused: ")]
    [InlineData(2, "--quiet --device gpu", "--device gpu: allowed are auto, cpu")]
    [InlineData(2, "--config no-such.json", "--config no-such.json: there is no such file")]
    [InlineData(2, "--steps 50000000 --snapshot-every 250",
        "--snapshot-every 250: 50,000,000 steps would give 200,001 pictures, at most 2,000 are drawn")]
    [InlineData(2, "--steps 2147483647", "--steps 2147483647: a number of steps is a whole number from 0 to 2147483591")]
    [InlineData(2, "--optimizer lion", "--optimizer lion: allowed are sgd, momentum, nesterov, adam, adamw")]
    [InlineData(2, "--momentum 0.9", "--momentum 0.9: --optimizer sgd has none to set")]
    [InlineData(2, "--optimizer nesterov --momentum 1", "--momentum 1: momentum is a number above 0 and below 1")]
    [InlineData(2, "--weight-decay -1", "--weight-decay -1: weight decay is a number of 0 or more")]
    [InlineData(2, "--schedule linear", "--schedule linear: allowed are constant, step, cosine")]
    [InlineData(2, "--activation rleu",
        "--activation rleu: allowed are relu, leaky-relu, tanh, sigmoid, silu, gelu, elu; did you mean relu?")]
    [InlineData(2, "--warmup 200 --steps 100", "--warmup 200: is longer than the run of --steps 100")]
    [InlineData(2, "--clip 0", "--clip 0: a norm to clip at is a positive number")]
    [InlineData(2, "--api modules --optimizer adam", "--optimizer adam: --api modules runs the tutorial's sample")]
    [InlineData(2, "--optimiser adam", "'--optimiser'")]
    [InlineData(3, "--device cuda:77", "'cuda:77' is not available")]
    [InlineData(5, "--net 2-1000000-1000000-1", "out of memory: --net 2-1000000-1000000-1: about 12,000,060,000,012 bytes are needed, ")]
    [InlineData(5, "--net 2-1000000-1000000-1 --engine layers --device cpu", "bytes are needed, ")]
    [InlineData(5, "--batch 2000000000 --net 2-64-1", "out of memory: --net 2-64-1 with --batch 2000000000")]
    public void BadOptionsAreNamed(int exitCode, string options, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --out", folder.File("run"));
        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Out));
        string line = Assert.Single(outcome.ErrorLines);
        Assert.StartsWith("gpumlp: ", line);
        Assert.Contains(message, line);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AnOutputThatCannotBeIsRefusedBeforeTheWork()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("file"), "");
        Directory.CreateDirectory(folder.File("full/inside"));
        (string, string)[] cases = [("file", "is a file"), ("file/run", "cannot write there"), ("full", "not empty")];
        foreach ((string output, string why) in cases)
        {
            Gpumlp.Outcome outcome = Gpumlp.Run("train --steps 2000000000 --no-plots --out", folder.File(output));
            Assert.Equal(2, outcome.ExitCode);
            Assert.StartsWith($"gpumlp: --out {folder.File(output)}: ", Assert.Single(outcome.ErrorLines));
            Assert.Contains(why, outcome.Error);
        }
        Assert.Equal(["file", "full"], folder.Names);
    }

    [Theory]
    [InlineData("""{"config": {"steps": 5, "dropout": 0.9}}""", "c.json:1:", "'dropout' is not a setting")]
    [InlineData("""{"config": {"netz": "2-50-1"}}""", "c.json:1:", "'netz' is not a setting of config; did you mean net?")]
    [InlineData("""{"config": 5}""", "c.json:1:", "config is no object, which is needed")]
    [InlineData("""{"config": {"steps": "many"}}""", "c.json:1:",
        "config.steps has a value of another type than the setting takes, a number")]
    [InlineData("""{"config": {"lr": 0.1,}}""", "c.json:1:", "not JSON: The JSON object contains a trailing comma at the end\n")]
    [InlineData("""{"config": {"lr": -1}}""", "c.json:1:", "config.lr -1: a learning rate is a positive number")]
    [InlineData("""{"config": {"loss": "bec"}}""", "c.json:1:",
        "config.loss bec: allowed are bce, bce-torch, bce-logits, mse, cross-entropy; did you mean bce?")]
    [InlineData("""{"config": {"net": 7}}""", "c.json:1:", "config.net has a value of another type")]
    [InlineData("""{"config": {"window": "wide"}}""", "c.json:1:", "config.window wide: a window is x0:x1,y0:y1")]
    [InlineData("""{"config": {"initScale": 0}}""", "c.json:1:", "config.initScale 0: a scale is a positive number")]
    [InlineData("""{"config": {"lr": 1, "lr": 2}}""", "c.json:1:", "twice")]
    [InlineData("""{"steps": 5}""", "c.json: ", "no object 'config'")]
    [InlineData("""{"schemaVersion": 9, "config": {}}""", "c.json: schemaVersion 9", "reads 1")]
    [InlineData("""{"config": """, "c.json:1:", "not JSON")]
    public void ABadConfigIsNamedWithItsPlace(string text, string where, string what)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("c.json"), text);
        Gpumlp.Outcome outcome = Gpumlp.Run("train --config", folder.File("c.json"), "--out", folder.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(where, Assert.Single(outcome.ErrorLines));
        Assert.Contains(what, outcome.Error);
        Assert.Equal(["c.json"], folder.Names);
    }

    [Fact]
    public void ABadValueInAFileIsNamedWithLineAndColumn()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "a,b,label\n1,2,0\n1,x,1\n");
        Gpumlp.Outcome outcome = Gpumlp.Run("train --data", $"csv:{folder.File("d.csv")}", "--out", folder.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("d.csv:3:2: 'x'", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void ADivergingRunSaysAtWhichStepAndKeepsItsHistory()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --loss bce-logits --lr 1e9 --quiet --json --out", folder.File("run"));
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("diverged at step ", Assert.Single(outcome.ErrorLines));
        Assert.Equal(["losses.csv", "run.json"], Directory.GetFiles(folder.File("run")).Select(Path.GetFileName).Order());
        var record = System.Text.Json.JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal("diverged", record.GetProperty("stopReason").GetString());
        Assert.Contains($"step {record.GetProperty("divergedStep").GetInt32()}:", outcome.Error);
    }

    [Theory]
    [InlineData("", "the features reach 3.4E+38: --standardize may help")]
    [InlineData("--standardize --lr 1e38", "a lower --lr than 1E+38 may help")]
    public void WhatMayHelpADivergingRunIsWhatMadeItDiverge(string options, string advice)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("big.csv"), "x,y,label\n3.4e38,-3.4e38,0\n-3.4e38,3.4e38,1\n");
        string data = $"csv:{folder.File("big.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run(
            $"train --quiet --no-plots --steps 2000 {options} --data", data, "--out", folder.File("run"));
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains(advice, outcome.Error);
    }
}
