using System.Globalization;
using System.Text;
using System.Text.Json;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>gpumlp train: the files that it leaves, and that the same request leaves the same files.</summary>
public class TrainTests
{
    [Fact]
    public void TheDefaultsTrainTheTutorialsNetworkAndLeaveEveryOutput()
    {
        using var folder = new ScratchFolder();
        string output = folder.File("run");
        Gpumlp.Outcome outcome = Gpumlp.Run("train --out", output);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("accuracy", outcome.Out);
        Assert.Contains("auto: ", outcome.Error);
        string[] expected =
            [
                "boundary.gif", "boundary.png", "confusion.png", "data.png", "frames", "loss.png", "losses.csv", "model.safetensors",
                "roc.png", "run.json",
            ];
        Assert.Equal(expected, Names(output));
        Assert.Equal([.. Enumerable.Range(0, 41).Select(k => $"boundary-{250 * k:D6}.png")], Names(Path.Combine(output, "frames")));
        foreach (string picture in Directory.GetFiles(output, "*.png", SearchOption.AllDirectories))
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture)[..4]);
        Assert.Equal(10_000, LossesCsv.Read(Path.Combine(output, "losses.csv")).Length);

        JsonElement record = Json(File.ReadAllText(Path.Combine(output, "run.json")));
        Assert.Equal(1, record.GetProperty("schemaVersion").GetInt32());
        Assert.Equal("cpu", record.GetProperty("device").GetProperty("kind").GetString());
        Assert.True(record.GetProperty("device").GetProperty("sameBits").GetBoolean());
        Assert.Contains("up to 8 linear layers", record.GetProperty("engineReason").GetString());
        Assert.Equal("normal", record.GetProperty("init").GetString());
        Assert.Equal("completed", record.GetProperty("stopReason").GetString());
        Assert.Equal(201, record.GetProperty("parameters").GetInt32());
        Assert.InRange(record.GetProperty("accuracy").GetDouble(), 0.97, 1);
        Assert.Equal("moons", record.GetProperty("config").GetProperty("data").GetString());
        Assert.Equal(["open", "compile", "train", "evaluate", "plot", "total"],
            record.GetProperty("timings").EnumerateObject().Select(timing => timing.Name));
    }

    [Fact]
    public void JsonIsTheOnlyThingOnStdoutAndTheSameAsTheFile()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --steps 0 --no-plots --json --quiet --out", folder.File("run"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(JsonValueKind.Null, Json(outcome.Out).GetProperty("finalLoss").ValueKind);
        Assert.Equal(File.ReadAllText(folder.File("run/run.json")).Trim(), outcome.Out.Trim());
    }

    [Theory]
    [InlineData("--optimizer nesterov --momentum 0.8 --weight-decay 0.001 --lr 0.005 --schedule step --warmup 50 --batch 4", 0.98)]
    [InlineData("--optimizer adamw --lr 0.005 --schedule cosine --clip 1", 0.99)]
    public void AnOptimizerLearnsAndItsRunIsRepeatedFromItsRecordInBothEngines(string options, double accuracy)
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run($"train {options} --steps 4000 --no-plots --quiet --out", folder.File("first")).ExitCode);
        string repeat = $"train --engine layers --quiet --config {folder.File("first/run.json")} --out";
        Assert.Equal(0, Gpumlp.Run(repeat, folder.File("second")).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("first/losses.csv")), File.ReadAllBytes(folder.File("second/losses.csv")));
        JsonElement record = Json(File.ReadAllText(folder.File("first/run.json")));
        Assert.Equal("fused", record.GetProperty("engine").GetString());
        Assert.InRange(record.GetProperty("accuracy").GetDouble(), accuracy, 1);
    }

    [Fact]
    public void ARecordOfOtherDataAndAnotherOptimizerDoesNotForceTheirDefaultsOnARun()
    {
        using var folder = new ScratchFolder();
        const string first = "train --samples 300 --optimizer momentum --steps 9 --no-plots --quiet --out";
        Assert.Equal(0, Gpumlp.Run(first, folder.File("first")).ExitCode);
        string second = $"train --config {folder.File("first/run.json")} --data blobs --optimizer adamw --quiet --json --out";
        Gpumlp.Outcome outcome = Gpumlp.Run(second, folder.File("second"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        JsonElement config = Json(outcome.Out).GetProperty("config");
        Assert.Equal((9, 300), (config.GetProperty("steps").GetInt32(), config.GetProperty("samples").GetInt32()));
        Assert.Equal(0.01f, config.GetProperty("weightDecay").GetSingle());
        Assert.NotEqual("-1.5:2.5,-1:1.5", config.GetProperty("window").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("--rng numpy --engine layers")]
    public void NoStepsLeaveOnePictureOfTheNetworkAsItBegan(string options)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train --steps 0 {options} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["boundary-000000.png"], Names(folder.File("run/frames")));
        Assert.Empty(LossesCsv.Read(folder.File("run/losses.csv")));
    }

    [Fact]
    public void QuietSaysNothingAndNoPlotsDrawsNothing()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --steps 10 --no-plots --quiet --out", folder.File("run"));
        Assert.Equal(new Gpumlp.Outcome(0, "", ""), outcome);
        Assert.Equal(["losses.csv", "model.safetensors", "run.json"], Names(folder.File("run")));
    }

    [Theory]
    [InlineData("train --data xor --samples 300 --noise 0.05 --seed 7 --net 2-8-8-1 --activation tanh --batch 4 --lr 0.1 " +
        "--loss bce-logits --steps 500")]
    [InlineData("train --rng numpy --seed 3 --data spirals --init uniform --engine layers --steps 500")]
    public void AConfigOrTheSameOptionsAgainGiveTheSameBytes(string options)
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run($"{options} --no-plots --out", folder.File("first")).ExitCode);
        Assert.Equal(0, Gpumlp.Run($"{options} --no-plots --out", folder.File("second")).ExitCode);
        Assert.Equal(0, Gpumlp.Run("train --config", folder.File("first/run.json"), "--out", folder.File("third")).ExitCode);
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
        {
            byte[] first = File.ReadAllBytes(folder.File($"first/{file}"));
            Assert.Equal(first, File.ReadAllBytes(folder.File($"second/{file}")));
            Assert.Equal(first, File.ReadAllBytes(folder.File($"third/{file}")));
        }
        Assert.Equal(Config("first"), Config("third"));

        string Config(string run) => Json(File.ReadAllText(folder.File($"{run}/run.json"))).GetProperty("config").GetRawText();
    }

    [Fact]
    public void AnOptionComesBeforeTheConfigAndWhatItLeavesOutHasItsDefault()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("c.json"),
            """{"config": {"steps": 20, "noPlots": true, "seed": 5}, "accuracy": "results are ignored"}""");
        JsonElement record = Json(Gpumlp.Run("train --json --steps 3000 --config", folder.File("c.json"), "--out", folder.File("run")).Out);
        Assert.Equal(3000, record.GetProperty("steps").GetInt32());
        Assert.Equal(0, Gpumlp.Run("train --quiet --steps 3000 --seed 5 --no-plots --out", folder.File("options")).ExitCode);
        JsonElement byOptions = Json(File.ReadAllText(folder.File("options/run.json")));
        Assert.Equal(byOptions.GetProperty("config").GetRawText(), record.GetProperty("config").GetRawText());
        Assert.Equal(
            File.ReadAllBytes(folder.File("options/model.safetensors")), File.ReadAllBytes(folder.File("run/model.safetensors")));
        Assert.InRange(record.GetProperty("accuracy").GetDouble(), 0.97, 1);
    }

    [Theory]
    [InlineData("--samples 300 --seed 3 --steps 700 --snapshot-every 350", "bce")]
    [InlineData("--samples 300 --seed 3 --steps 700 --no-plots --init-scale 9", "bce")]
    [InlineData("--samples 60 --steps 0", "bce")]
    [InlineData("--samples 300 --data blobs --net 2-8-3 --loss cross-entropy --steps 300 --snapshot-every 100", "cross-entropy")]
    [InlineData("--samples 300 --loss mse --net 2-8-1 --steps 300 --engine layers --no-plots", "mse")]
    [InlineData("--samples 300 --api modules --steps 300 --no-plots", "bce")]
    public void TheLossThatPeopleReadIsTheMeanOverTheRows(string options, string loss)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = Json(File.ReadAllText(folder.File("run/run.json")));
        JsonElement training = record.GetProperty("metrics").GetProperty("training"), config = record.GetProperty("config");
        (int samples, ulong seed) = (config.GetProperty("samples").GetInt32(), config.GetProperty("seed").GetUInt64());
        DataSet rows = loss == "cross-entropy" ? DataSets.MakeBlobs(samples, 3, deviation: 1, new PhiloxStream(seed, StreamPurpose.Data))
            : DataSets.MakeMoons(samples, 0.1, seed);
        double mean = MeanLoss(rows, SafetensorsFile.Read(folder.File("run/model.safetensors")), loss);
        Assert.InRange(training.GetProperty("loss").GetDouble() / mean, 1 - 1e-5, 1 + 1e-5);
        Assert.Equal(record.GetProperty("accuracy").GetDouble(), training.GetProperty("accuracy").GetDouble());
        string shown = training.GetProperty("loss").GetDouble().ToString("G4", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"\ntraining   {samples} rows: loss {shown}, accuracy", outcome.Out);
        float[] losses = LossesCsv.Read(folder.File("run/losses.csv"));
        if (losses.Length > 0) Assert.Contains(FormattableString.Invariant($"losses     last step {losses[^1]:G4}"), outcome.Out);
        else Assert.DoesNotContain("losses ", outcome.Out);
    }

    // the mean loss by the definitions, in float64
    static double MeanLoss(DataSet rows, SafetensorsFile model, string loss)
    {
        double Sum(string layer, int o, double[] x)
        {
            float[] w = model.Find($"{layer}.weight")!.Floats;
            return x.Select((value, i) => value * w[o * x.Length + i]).Sum() + model.Find($"{layer}.bias")!.Floats[o];
        }
        int Width(string layer) => model.Find($"{layer}.bias")!.Floats.Length;
        double[] Outputs(string layer, double[] x) => [.. Enumerable.Range(0, Width(layer)).Select(o => Sum(layer, o, x))];
        return Enumerable.Range(0, rows.Count).Average(row =>
        {
            double[] z = Outputs("2", [.. Outputs("0", [rows.Inputs[row, 0], rows.Inputs[row, 1]]).Select(a => Math.Max(a, 0))]);
            double y = rows.Labels[row], p = 1 / (1 + Math.Exp(-z[0]));
            return loss switch
            {
                "bce" => Math.Max(y == 1 ? -z[0] : z[0], 0) + Math.Log(1 + Math.Exp(-Math.Abs(z[0]))),
                "mse" => (p - y) * (p - y),
                "cross-entropy" => Math.Log(z.Sum(Math.Exp)) - z[(int)y],
                _ => throw new ArgumentOutOfRangeException(nameof(loss)),
            };
        });
    }

    [Theory]
    [InlineData(0.01234, "step 1,000 · training loss 0.0123 · accuracy 99.5 % · cpu")]
    [InlineData(1.2e-7, "step 1,000 · training loss 1.2e-7 · accuracy 99.5 % · cpu")]
    [InlineData(0, "step 1,000 · training loss 0.0000 · accuracy 99.5 % · cpu")]
    public void APictureNamesTheLossAndAccuracyOfTheSameRows(double loss, string title) =>
        Assert.Equal(title, GpuMlp.Cli.Train.TrainOutputs.Title(1000, new GpuMlp.Cli.Output.RowScore(loss, 0.995), "cpu"));

    [Fact]
    public void NumpysSeed0ReplaysTheGoldenRun()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("train --rng numpy --seed 0 --no-plots --out", folder.File("run")).ExitCode);
        Close(Golden.Load("losses"), LossesCsv.Read(folder.File("run/losses.csv")), 2e-5);
        SafetensorsFile model = SafetensorsFile.Read(folder.File("run/model.safetensors"));
        double[] w1 = Golden.Load("final_w1");                                                  // (2, 50); the file has (50, 2)
        Close([.. Enumerable.Range(0, 100).Select(k => w1[k % 2 * 50 + k / 2])], model.Find("0.weight")!.Floats, 5e-5);
        Close(Golden.Load("final_b1"), model.Find("0.bias")!.Floats, 5e-5);
        Close(Golden.Load("final_w2"), model.Find("2.weight")!.Floats, 5e-5);
        Close(Golden.Load("final_b2"), model.Find("2.bias")!.Floats, 5e-5);

        static void Close(double[] expected, float[] actual, double tolerance)
        {
            Assert.Equal(expected.Length, actual.Length);
            Assert.InRange(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), 0, tolerance);
        }
    }

    [Fact]
    public void AFileOfOnesOwnTrainsAndItsClassNamesReachTheModel()
    {
        using var folder = new ScratchFolder();
        var text = new StringBuilder("length,width,depth,kind\n");
        for (int row = 0; row < 40; row++)
        {
            string kind = row % 2 == 0 ? "oak" : "ash";
            text.Append(FormattableString.Invariant($"{100 + 10 * (row % 2)},{row % 7},{row % 5 * 0.5},{kind}\n"));
        }
        File.WriteAllText(folder.File("trees.csv"), text.ToString());
        string data = $"csv:{folder.File("trees.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "train --net 3-8-1 --standardize --label kind --steps 2000 --data", data, "--out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("left out", outcome.Error);
        string[] names = ["boundary.gif", "boundary.png", "confusion.png", "data.png", "frames", "loss.png", "losses.csv",
            "model.safetensors", "roc.png", "run.json"];
        Assert.Equal(names, Names(folder.File("run")));
        Assert.Contains("100.0 %", outcome.Out);
        Assert.Equal("""["ash","oak"]""", SafetensorsFile.Read(folder.File("run/model.safetensors")).Metadata["classes"]);
    }

    [Fact]
    public void ForceReplacesWhatAnEarlierRunLeftAndNothingElse()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("train --steps 20 --snapshot-every 10 --out", folder.File("run")).ExitCode);
        File.WriteAllText(folder.File("run/notes.txt"), "mine");
        Assert.Equal(2, Gpumlp.Run("train --steps 20 --out", folder.File("run")).ExitCode);
        Assert.Equal(0, Gpumlp.Run("train --steps 20 --no-plots --force --out", folder.File("run")).ExitCode);
        Assert.Equal(["losses.csv", "model.safetensors", "notes.txt", "run.json"], Names(folder.File("run")));
    }

    [Fact]
    public void ADriversDeviceWritesTheSameLossesAsTheCpu()
    {
        using ComputeDevice driver = DriverDevice.Open();
        using var folder = new ScratchFolder();
        foreach (string device in (string[])["cpu", DriverDevice.Id])
        {
            string train = $"train --engine layers --steps {(driver.SameBits ? 200 : 20)} --no-plots --device {device} --out";
            Assert.Equal(0, Gpumlp.Run(train, folder.File(device)).ExitCode);
        }
        Results.Check(driver, Losses(folder.File("cpu/losses.csv")), Losses(folder.File($"{DriverDevice.Id}/losses.csv")));
        if (!driver.SameBits) return;
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder.File($"cpu/{file}")), File.ReadAllBytes(folder.File($"{DriverDevice.Id}/{file}")));
    }

    static float[] Losses(string file) =>
        [.. File.ReadLines(file).Skip(1).Select(line => float.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))];

    static string[] Names(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
