using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuMlp.Cli.Map;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Plotting;
using GpuMlp.Tests.Support;
using GpuMlp.Training;
using SkiaSharp;

namespace GpuMlp.Tests.Cli.Map;

/// <summary>gpumlp map as a process: its values compared with train and with the library, its files, and bad input.</summary>
public class MapTests
{
    static float[] Map(ScratchFolder folder, string options, string name = "map")
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"map {options} --quiet --out", folder.File(name));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return Npy.Read(folder.File($"{name}/map.npy")).Values<float>();
    }

    // the definition, written down once more
    static float Value(IReadOnlyList<float> losses, int steps)
    {
        double[] quotients = [.. Enumerable.Range(0, steps).Select(k =>
            k < losses.Count && float.IsFinite(losses[k]) ? Math.Min(losses[k] / (double)losses[0], 1e6) : 1e6)];
        return (float)(quotients.TakeLast(20).Average() < 1 ? -quotients.Sum() : quotients.Sum(quotient => 1 / quotient));
    }

    [Fact]
    public void APixelIsWhatTrainMakesOfItsOptions()
    {
        using var folder = new ScratchFolder();
        const string common =
            "--device cpu --data moons --samples 30 --net 2-6-1 --activation tanh --loss mse --batch 3 --steps 70 --seed 4";
        float[] values = Map(folder, $"{common} --x lr:log:0.01..1e4 --y init-scale:lin:0.5..3 --size 3x2");
        Assert.Equal([2, 3], Npy.Read(folder.File("map/map.npy")).Shape);
        foreach ((int pixel, string lr, string scale) in ((int, string, string)[])[(0, "0.01", "0.5"), (4, "10", "3"), (5, "1e4", "3")])
        {
            string train = $"train {common} --lr {lr} --init-scale {scale} --no-plots --quiet --out";
            Gpumlp.Run(train, folder.File($"alone{pixel}"));
            Assert.Equal(Value(LossesCsv.Read(folder.File($"alone{pixel}/losses.csv")), 70), values[pixel]);
        }
        Assert.Contains(values, value => value < 0);
        Assert.Contains(values, value => value > 0);
    }

    [Fact]
    public void AFullBatchTakesAllRowsInEachStep()
    {
        using var folder = new ScratchFolder();
        const int Steps = 40;
        const string axes = "--x lr:log:0.05..20 --y momentum:lin:0.1..0.9 --optimizer momentum";
        float[] values = Map(folder, $"--device cpu --steps {Steps} --size 4x3 {axes}");
        using ComputeDevice cpu = ComputeDevice.OpenCpu(16, 1);
        DataSet data = DataSets.MakeNormal(16);
        int[] all = [.. Enumerable.Range(0, Steps * 16).Select(k => k % 16)];
        for (int pixel = 0; pixel < values.Length; pixel++)
        {
            var optimizer = new OptimizerSpec
            {
                Kind = OptimizerKind.Momentum,
                LearningRate = (float)Math.Pow(10, Math.Log10(0.05) + pixel % 4 / 3.0 * Math.Log10(400)),
                Momentum = (float)(0.1 + pixel / 4 * 0.4),
            };
            var recipe = new Recipe
            {
                Net = new NetworkSpec([2, 8, 1], Activation.Tanh) { LinearOutput = true },
                Loss = new MseLoss(),
                Batch = 16,
                Steps = Steps,
                Optimizer = optimizer,
            };
            foreach (Picks picks in (Picks[])[Picks.Fixed(all), Picks.InOrder(16)])
            {
                using Sequential network = recipe.Build(cpu);
                using var trainer = new Trainer(network, data, recipe, new TrainingOptions { SnapshotEvery = 0 }, picks);
                Assert.Equal(Value(trainer.Run(cancellation: TestContext.Current.CancellationToken).Losses, Steps), values[pixel]);
            }
        }
    }

    [Fact]
    public void BandsAreOneMap()
    {
        using var folder = new ScratchFolder();
        float[] values = Map(folder, "--device cpu --steps 3 --size 180x120");               // more pixels than a band has
        Assert.Equal(180 * 120, values.Length);
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("map/run.json"))).RootElement;
        Assert.Equal(2, record.GetProperty("plan").GetProperty("bands").GetInt32());
        Assert.Equal(values.Count(value => value < 0), record.GetProperty("converged").GetInt32());
        Assert.DoesNotContain(0f, values);
        // the corner is the same training in a map of the four corners
        float[] corners = [values[0], values[179], values[^180], values[^1]];
        Assert.Equal(corners, Map(folder, "--device cpu --steps 3 --size 2x2", "corners"));
    }

    [Fact]
    public void EveryDeviceDrawsTheSameBits()
    {
        DriverDevice.Need();
        using ComputeDevice driver = DriverDevice.Open();
        Assert.SkipUnless(driver.SameBits, "the driver's device has results that are close, not equal");
        using var folder = new ScratchFolder();
        const string options = "--batch 2 --steps 40 --size 5x3 --y weight-decay:lin:0..0.5";
        float[] cpu = Map(folder, $"--device cpu {options}", "cpu");
        Assert.Equal(cpu, Map(folder, $"--device {DriverDevice.Id} {options}", "driver"));
        Assert.Equal(cpu, Map(folder, $"--device cpu:ilgpu {options}", "ilgpu"));
        foreach (string device in (string[])["driver", "ilgpu"])
        {
            foreach (string file in (string[])["map.npy", "map.png"])
                Assert.Equal(File.ReadAllBytes(folder.File($"cpu/{file}")), File.ReadAllBytes(folder.File($"{device}/{file}")));
        }
    }

    [Fact]
    public void FilesAndRecordAreWhole()
    {
        using var folder = new ScratchFolder();
        const string options = "map --device cpu --size 20x30 --steps 25 --x lr:log:0.01..100 --y l1:lin:0..0.1 --init-scale 2";
        Gpumlp.Outcome outcome = Gpumlp.Run($"{options} --json --out", folder.File("map"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["map.npy", "map.png", "run.json"], Directory.GetFiles(folder.File("map")).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllText(folder.File("map/run.json")).Trim(), outcome.Out.Trim());
        JsonElement record = JsonDocument.Parse(outcome.Out).RootElement;
        JsonElement given = record.GetProperty("options");
        string again = string.Join(' ', given.EnumerateObject().Select(option => $"--{option.Name} {option.Value}"));
        float[] values = Npy.Read(folder.File("map/map.npy")).Values<float>();
        Assert.Equal(values, Map(folder, $"--device cpu {again}", "again"));
        Assert.Equal(600, record.GetProperty("converged").GetInt32() + record.GetProperty("diverged").GetInt32());
        using SKBitmap picture = Pictures.Decode(folder.File("map/map.png"));
        Assert.True(picture.Width > 480 && picture.Height > 480);                // 24 and 16 pixels a side for each value, and the axes
        Assert.InRange(picture.Pixels.Distinct().Count(), 100, 100_000);

        outcome = Gpumlp.Run($"{options} --out", folder.File("map"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("not empty", outcome.Error);
        Assert.Equal(values, Map(folder, "--device cpu --force " + options["map --device cpu ".Length..]));
    }

    [Fact]
    public void AZoomGoesDeeperWithMoreStepsAndSaysWhereFloat32Ends()
    {
        using var folder = new ScratchFolder();
        const string axes = "map --device cpu --size 9x9 --x lr:log:0.01..100 --y init-scale:lin:1..3";
        Gpumlp.Outcome outcome = Gpumlp.Run($"{axes} --zoom 1,2,100 --json --out", folder.File("near"));
        JsonElement record = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal("1500", record.GetProperty("options").GetProperty("steps").GetString());
        Assert.Equal("init-scale:lin:1.99..2.01", record.GetProperty("y").GetString());
        double ofRows = record.GetProperty("zoom").GetProperty("limitOfRows").GetDouble();
        Assert.Equal(0.25 / (MathF.BitIncrement(2f) - 2), ofRows, 0.01 * ofRows);               // rows are 2 / 8 apart without a zoom
        Assert.DoesNotContain("warning", outcome.Error);

        outcome = Gpumlp.Run($"{axes} --zoom 1,2,5e7 --steps 20 --json --out", folder.File("deep"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches("warning: 9 columns have only [2-8] different values of lr: numbers of float32 tell neighbouring columns apart up "
            + @"to a zoom of about \d\.?\d?E\+0[67] here", outcome.Error);
        Assert.Matches("warning: 9 rows have only [12] different values? of init-scale", outcome.Error);
        Assert.Equal("20", JsonDocument.Parse(outcome.Out).RootElement.GetProperty("options").GetProperty("steps").GetString());
        Assert.Equal(0, Gpumlp.Run($"{axes} --zoom 1,2,1e300 --steps 1 --out", folder.File("deepest")).ExitCode);
    }

    [Fact]
    public void PartsMakeTheBytesOfTheWhole()
    {
        using var folder = new ScratchFolder();
        const string options = "--device cpu --size 13x11 --steps 30 --x lr:log:0.05..20";
        Map(folder, options, "whole");
        string parts = folder.File("parts");
        foreach (int part in (int[])[2, 0]) Assert.Equal(0, Gpumlp.Run($"map {options} --shard {part}/3 --out", parts).ExitCode);
        Gpumlp.Outcome outcome = Gpumlp.Run("map --merge", parts);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains("missing 1/3; map --shard", Assert.Single(outcome.ErrorLines));

        Assert.Equal(0, Gpumlp.Run($"map {options} --shard 1/3 --out", parts).ExitCode);
        outcome = Gpumlp.Run($"map {options} --shard 1/3 --out", parts);
        Assert.Equal((0, true), (outcome.ExitCode, outcome.Out.Contains("this part is done")));
        outcome = Gpumlp.Run($"map {options} --seed 3 --shard 1/3 --out", parts);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("is of another map: --seed is 0 in one and 3 in the other", Assert.Single(outcome.ErrorLines));

        outcome = Gpumlp.Run("map --json --merge", parts);
        Assert.Equal(0, outcome.ExitCode);
        foreach (string file in (string[])["map.npy", "map.png"])
            Assert.Equal(File.ReadAllBytes(folder.File($"whole/{file}")), File.ReadAllBytes(folder.File($"parts/{file}")));
        JsonElement merged = JsonDocument.Parse(outcome.Out).RootElement;
        JsonElement whole = JsonDocument.Parse(File.ReadAllText(folder.File("whole/run.json"))).RootElement;
        foreach (string name in (string[])["version", "options", "x", "y", "device", "data", "converged", "diverged", "zoom", "outputs"])
            Assert.Equal(whole.GetProperty(name).GetRawText(), merged.GetProperty(name).GetRawText());

        Assert.Equal(0, Gpumlp.Run($"map {options} --seed 3 --force --shard 1/3 --out", parts).ExitCode);
        outcome = Gpumlp.Run("map --merge", parts);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("are of different maps: --seed is 0 in one and 3 in the other", Assert.Single(outcome.ErrorLines));
        File.Copy(Path.Combine(parts, "map-0-of-3.safetensors"), Path.Combine(parts, "map-1-of-3.safetensors"), true);
        outcome = Gpumlp.Run("map --merge", parts);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("map-1-of-3.safetensors: it holds another part than 1/3, so it was copied or renamed", outcome.Error);
        File.WriteAllText(Path.Combine(parts, "map-1-of-3.safetensors"), "nothing");
        outcome = Gpumlp.Run("map --merge", parts);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("It is no part of a map; move it away", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void PartsOfAnotherMapAreRefusedBeforeTheTraining()
    {
        using var folder = new ScratchFolder();
        const string options = "--device cpu --size 4x4 --steps 5";
        string parts = folder.File("parts");
        Assert.Equal(0, Gpumlp.Run($"map {options} --shard 0/3 --out", parts).ExitCode);
        foreach ((string other, string difference) in ((string, string)[])[
            ("--seed 3 --shard 1/3", "--seed is 0 in one and 3 in the other"),
            ("--shard 1/4", "it is one of 3 parts there, and of 4 here")])
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"map {options} {other} --out", parts);
            Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
            Assert.Contains($"map-0-of-3.safetensors beside it is of another map: {difference}; name another folder, or begin anew with "
                + "--force", Assert.Single(outcome.ErrorLines));
            Assert.Equal(["map-0-of-3.safetensors"], Tree.Names(parts));
        }
    }

    [Fact]
    public void AFinishedMapIsNoFolderForParts()
    {
        using var folder = new ScratchFolder();
        const string options = "--device cpu --size 4x4 --steps 5";
        Map(folder, options, "whole");
        string[] before = Tree.Contents(folder.Path);
        Gpumlp.Outcome outcome = Gpumlp.Run($"map {options} --shard 0/2 --out", folder.File("whole"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains("an earlier run is in it, which --merge would replace", Assert.Single(outcome.ErrorLines));
        Assert.Equal(before, Tree.Contents(folder.Path));
        Assert.Equal(0, Gpumlp.Run($"map {options} --force --shard 0/2 --out", folder.File("whole")).ExitCode);
    }

    [Fact]
    public void APartThatWasKilledGoesOnAfterItsLastBand()
    {
        using var folder = new ScratchFolder();
        const string options = "--device cpu --size 200x100 --steps 200 --net 2-2-1";
        Map(folder, options, "whole");
        string parts = folder.File("parts"), begun = Path.Combine(parts, "map-0-of-1.begun");
        using (Process process = Gpumlp.Start($"map {options} --shard 0/1 --out", parts))
        {
            while (!File.Exists(begun) && !process.HasExited) Thread.Sleep(5);
            process.Kill();
            process.WaitForExit();
        }
        Gpumlp.Outcome other = Gpumlp.Run($"map {options} --seed 3 --shard 0/1 --out", parts);
        Assert.Contains("map-0-of-1.begun is of another map", Assert.Single(other.ErrorLines));
        Gpumlp.Outcome outcome = Gpumlp.Run($"map {options} --shard 0/1 --out", parts);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("16,384 of 20,000 networks are done", outcome.Error);
        Assert.Equal(["map-0-of-1.safetensors"], Tree.Names(parts));
        Assert.Equal(0, Gpumlp.Run("map --quiet --merge", parts).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("whole/map.npy")), File.ReadAllBytes(Path.Combine(parts, "map.npy")));
    }

    [Theory]
    [InlineData("--shard 3/3", "--shard 3/3: part K of 3 is a whole number from 0 to 2")]
    [InlineData("--shard 3", "--shard 3: allowed are K/N, as 0/8, auto, and auto/N; N is 1 to 100000")]
    [InlineData("--size 2x2 --shard 0/5", "--shard 0/5: there are 4 pixels; so many parts are the most")]
    [InlineData("--shard 0/2 --json", "--shard 0/2: --json goes with --merge, which has a record to print")]
    [InlineData("--merge nowhere", "--out does not go with --merge: the parts say what map it is")]
    [InlineData("--x depth:log:1..2", "--x depth:log:1..2: an axis goes through one of lr, init-scale, momentum, weight-decay, l1, seed")]
    [InlineData("--x lr", "--x lr: NAME:log:FROM..TO or NAME:lin:FROM..TO is needed, as in lr:log:1e-3..10")]
    [InlineData("--x 0.1..1", "--x 0.1..1: NAME:log:FROM..TO or NAME:lin:FROM..TO is needed, as in lr:log:1e-3..10; NAME is one of lr, ")]
    [InlineData("--x lr:sqrt:1..2", "--x lr:sqrt:1..2: NAME:log:FROM..TO or")]
    [InlineData("--x lr:log:1", "--x lr:log:1: NAME:log:FROM..TO or")]
    [InlineData("--x lr:log:0..1", "--x lr:log:0..1: a learning rate is a positive number, not 0")]
    [InlineData("--x lr:log:NaN..1", "--x lr:log:NaN..1: a learning rate is a positive number, not NaN")]
    [InlineData("--x lr:log:1..1e99", "--x lr:log:1..1e99: a learning rate is a positive number; float32 holds")]
    [InlineData("--x lr:log:1..one", "--x lr:log:1..one: a learning rate is a positive number, not one")]
    [InlineData("--x lr:log:10..1", "--x lr:log:10..1: an axis goes from a number to a larger one")]
    [InlineData("--x weight-decay:log:0..1", "--x weight-decay:log:0..1: a logarithmic scale goes through positive numbers")]
    [InlineData("--x init-scale:lin:1..2", "--y init-scale:log:0.1..10: --x goes through init-scale already")]
    [InlineData("--x momentum:lin:0.1..0.9", "--momentum 0.1: --optimizer sgd has none to set; momentum and nesterov have")]
    [InlineData("--lr 0.1", "--lr is an axis of the map; leave it out, or name another axis")]
    [InlineData("--size 0x9", "--size 0x9: two whole numbers of pixels from 1 to 16,384 are needed, as in 1024x1024")]
    [InlineData("--size 1e3", "--size 1e3: two whole numbers")]
    [InlineData("--size 999999999x2", "--size 999999999x2: two whole numbers")]
    [InlineData("--zoom 1,2", "--zoom 1,2: X,Y,F is needed: a value of lr, one of init-scale, and a factor of 1 or more, as in 0.5,1,100")]
    [InlineData("--zoom 1,NaN,3", "--zoom 1,NaN,3: X,Y,F is needed")]
    [InlineData("--zoom 1,1,0.5", "--zoom 1,1,0.5: X,Y,F is needed")]
    [InlineData("--zoom 0,1,2", "--zoom 0,1,2: 0 is not on the axis, --x lr:log:0.01..1000")]
    [InlineData("--zoom 1000.5,1,2", "--zoom 1000.5,1,2: 1000.5 is not on the axis, --x lr:log:0.01..1000")]
    [InlineData("--y l1:lin:0..0.5 --zoom 1,-0.1,2", "--zoom 1,-0.1,2: -0.1 is not on the axis, --y l1:lin:0..0.5")]
    [InlineData("--optimizer momentum --x momentum:lin:0.1..0.95 --zoom 0.95,1,2",
        "--zoom 0.95,1,2: momentum would go to 1.1625: momentum is a number above 0 and below 1")]
    [InlineData("--steps 0", "--steps 0: a map makes one step at least")]
    [InlineData("--batch 0", "--batch 0: a batch is a whole number from 1 to 2147483647, or full")]
    [InlineData("--net 2-8-2", "--net 2-8-2: mse takes one output")]
    public void BadInputIsOneLine(string options, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"map --device cpu {options} --out", folder.File("map"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"gpumlp: {message}", Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AMapThatDoesNotFitIsOutOfMemory()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("map --device cpu --quiet --net 2-30000-30000-1 --out", folder.File("map"));
        Assert.Equal(5, outcome.ExitCode);
        Assert.Matches(@"[\d,]+ bytes.*, [\d,]+ are available", Assert.Single(outcome.ErrorLines));
        const string line = "DOTNET_GCHeapHardLimit=0x8000000 $gpumlp map --quiet --size 16384x16384 --out map";
        outcome = Gpumlp.Shell(line, folder.Path);
        Assert.Equal(5, outcome.ExitCode);
        Assert.Matches(@"--size 16384x16384: about [\d,]+ bytes are needed, [\d,]+ are available", Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void ASignalLeavesNothingBehind(string signal, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill, which Windows has not.");
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.Start("map --device cpu --size 4000x4000 --steps 1000 --out", folder.File("map"));
        while (!Directory.Exists(folder.File("map")) && !process.HasExited) Thread.Sleep(20);
        Thread.Sleep(1000);
        Gpumlp.Interrupt(process, signal);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("nothing is written", outcome.Error);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void ASignalToAPartSaysThatItsBandsAreKept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill, which Windows has not.");
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.Start("map --device cpu --size 400x400 --steps 10000 --shard 0/2 --out", folder.File("map"));
        while (process.StandardError.ReadLine() is string line && !line.StartsWith("training", StringComparison.Ordinal)) { }
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("stopping; whole bands are kept; the same command goes on", outcome.Error);
    }
}
