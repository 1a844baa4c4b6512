using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuMlp.Devices;
using GpuMlp.Tests.Plotting;
using GpuMlp.Tests.Support;
using SkiaSharp;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>gpumlp sweep as a process: its outputs, its rows compared with train, and bad input.</summary>
public class SweepTests
{
    static Dictionary<string, string>[] Rows(string path)
    {
        string[] lines = File.ReadAllLines(path), heads = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => heads.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }

    [Fact]
    public void ARowIsWhatTrainMakesOfItsOptions()
    {
        using var folder = new ScratchFolder();
        const string options =
            "--data moons,circles --samples 150 --steps 400 --lr 0.02,0.1 --seeds 3,7..8 --net 2-6-1,2-4-3-1 --activation tanh,silu " +
            "--init-scale 0.5 --optimizer nesterov --momentum 0.5,0.9 --weight-decay 0.1 --schedule cosine --clip 2 --standardize";
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep --device cpu {options} --json --out", folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        IEnumerable<string?> files = Directory.GetFiles(folder.File("sweep")).Select(Path.GetFileName);
        Assert.Equal(["best.safetensors", "mosaic.png", "run.json", "sweep.csv"], files.Order());
        Dictionary<string, string>[] rows = Rows(folder.File("sweep/sweep.csv"));
        Assert.Equal(2 * 2 * 3 * 2 * 2 * 2, rows.Length);
        string Settings(Dictionary<string, string> row) => string.Join(',', row.TakeWhile(p => p.Key != "finalLoss").Select(p => p.Value));
        Assert.Equal(rows.Length, rows.Select(Settings).Distinct().Count());
        Assert.Equal(["3", "7", "8"], rows.Take(3).Select(r => r["seed"]));

        JsonElement record = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(File.ReadAllText(folder.File("sweep/run.json")).Trim(), outcome.Out.Trim());
        int best = record.GetProperty("best").GetProperty("row").GetInt32() - 1;
        string[] noOptions = ["finalLoss", "meanLossLast1000", "accuracy", "divergedStep", "standardize", "label"];
        foreach (int k in (int[])[5, 90, best])
        {
            IEnumerable<string> given = rows[k].Where(p => !noOptions.Contains(p.Key) && p.Value != "").Select(p => $"--{p.Key} {p.Value}");
            string ofRow = string.Join(' ', given);
            Assert.Equal(0, Gpumlp.Run($"train {ofRow} --standardize --no-plots --quiet --out", folder.File($"alone{k}")).ExitCode);
            JsonElement alone = JsonDocument.Parse(File.ReadAllText(folder.File($"alone{k}/run.json"))).RootElement;
            foreach (string name in (string[])["finalLoss", "meanLossLast1000"])
                Assert.Equal(alone.GetProperty(name).GetSingle(), float.Parse(rows[k][name], CultureInfo.InvariantCulture));
            Assert.Equal(alone.GetProperty("accuracy").GetDouble(), double.Parse(rows[k]["accuracy"], CultureInfo.InvariantCulture));
        }
        Assert.Equal(
            File.ReadAllBytes(folder.File($"alone{best}/model.safetensors")), File.ReadAllBytes(folder.File("sweep/best.safetensors")));
        double highest = rows.Max(r => double.Parse(r["accuracy"], CultureInfo.InvariantCulture));
        Assert.Equal(highest, record.GetProperty("best").GetProperty("accuracy").GetDouble());
        using SKBitmap mosaic = Pictures.Decode(folder.File("sweep/mosaic.png"));
        Assert.InRange(mosaic.Pixels.Distinct().Count(), 50, 100_000);
    }

    [Fact]
    public void ValidationRowsRankTheSettingsOverTheirSeeds()
    {
        using var folder = new ScratchFolder();
        const string options = "sweep --device cpu --samples 120 --noise 0.3 --steps 600 --lr 0.001,0.1 --seeds 2..4 --validation 0.3";
        Gpumlp.Outcome outcome = Gpumlp.Run($"{options} --no-plots --out", folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        Dictionary<string, string>[] rows = Rows(folder.File("sweep/sweep.csv"));
        Assert.All(rows, row => Assert.Equal("2", row["data-seed"]));                   // one data set, and one split, for all seeds
        double[] held = [.. rows.Select(row => double.Parse(row["validationAccuracy"], CultureInfo.InvariantCulture))];
        double[] means = [held[..3].Average(), held[3..].Average()];
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("sweep/run.json"))).RootElement;
        JsonElement best = record.GetProperty("best");
        int row = best.GetProperty("row").GetInt32() - 1;
        Assert.Equal(means[0] >= means[1] ? 0 : 1, row / 3);
        Assert.Equal(held[(row / 3 * 3)..(row / 3 * 3 + 3)].Max(), held[row]);
        Assert.InRange(best.GetProperty("overSeeds").GetProperty("mean").GetDouble() - means[row / 3], -1e-12, 1e-12);
        Assert.Equal("validation accuracy, mean over 3 seeds", best.GetProperty("by").GetString());
        Assert.Contains("\nranked     by validation accuracy, mean over 3 seeds: ", outcome.Out);

        File.WriteAllText(folder.File("best.json"), $"{{\"config\": {best.GetProperty("config").GetRawText()}}}");
        Assert.Equal(0, Gpumlp.Run($"train --no-plots --quiet --config {folder.File("best.json")} --out", folder.File("alone")).ExitCode);
        JsonElement alone = JsonDocument.Parse(File.ReadAllText(folder.File("alone/run.json"))).RootElement.GetProperty("metrics");
        Assert.Equal(held[row], alone.GetProperty("validation").GetProperty("accuracy").GetDouble());
        Assert.Equal(
            File.ReadAllBytes(folder.File("alone/model.safetensors")), File.ReadAllBytes(folder.File("sweep/best.safetensors")));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("--data-seeds", 3)]
    public void SeedsShareTheDataUnlessEachIsToHaveItsOwn(string option, int sets)
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run($"sweep --samples 40 --steps 1 --seeds 1..3 {option} --no-plots --out", folder.File("sweep")).ExitCode);
        Assert.Equal(sets == 1 ? ["1", "1", "1"] : ["", "", ""], Rows(folder.File("sweep/sweep.csv")).Select(row => row["data-seed"]));
    }

    [Fact]
    public void ADivergedNetworkIsARow()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "sweep --device cpu --samples 50 --steps 300 --lr 0.1,1e30 --seeds 0..1 --out", folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        Dictionary<string, string>[] rows = Rows(folder.File("sweep/sweep.csv"));
        Assert.Equal(["", "", "1", "1"], rows.Select(r => r["divergedStep"].Length > 0 ? "1" : ""));
        Assert.Equal([false, false, true, true], rows.Select(r => r["accuracy"].Length == 0));
        Assert.Contains("4 networks in 1 batch", outcome.Error);                       // the plan
        Assert.Contains("2 diverged", outcome.Out);
        Assert.Matches(@"\nbest       row \d: training accuracy [\d.]+ %, loss [\d.E-]+ over the last 300 steps --lr", outcome.Out);

        outcome = Gpumlp.Run("sweep --device cpu --samples 50 --steps 300 --lr 1e30 --force --out", folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["mosaic.png", "run.json", "sweep.csv"], Directory.GetFiles(folder.File("sweep")).Select(Path.GetFileName).Order());
        Assert.Contains("no network stayed finite", outcome.Error);
    }

    [Fact]
    public void AutoSaysWhyLittleWorkStaysOnTheProcessor()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("sweep --samples 20 --steps 5 --seeds 0..1 --no-plots --out", folder.File("sweep"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("of work, for which opening another device does not pay)", outcome.Error);
        Assert.False(File.Exists(folder.File("sweep/mosaic.png")));
    }

    [Theory]
    [InlineData("--steps 0", "--steps 0: a sweep makes one step at least")]
    [InlineData("--lr 0.1 --lr 0.2", "--lr is given more than once")]
    [InlineData("--lr 0.1,,0.2", "--lr 0.1,,0.2: a value is missing beside a comma")]
    [InlineData("--lr 0.1,fast", "--lr fast: a learning rate is a positive number")]
    [InlineData("--lr 0.1,1e-1", "--lr 0.1,1e-1: 1e-1 stands there twice")]
    [InlineData("--lr 0..3", "--lr 0..3: a range is lin:FIRST..LAST:COUNT or log:FIRST..LAST:COUNT, as log:1e-4..1:64; without")]
    [InlineData("--lr 0.1,Log:0.1..1:3", "--lr Log:0.1..1:3: a range is lin:FIRST..LAST:COUNT or log:")]
    [InlineData("--batch exp:1..4:2", "--batch exp:1..4:2: a range is lin:FIRST..LAST:COUNT or log:")]
    [InlineData("--seeds lin:0..3:4", "--seeds lin:0..3:4: a range is FIRST..LAST, as in 0..63")]
    [InlineData("--seeds 0..9,4", "--seeds 0..9,4: 4 stands there twice")]
    [InlineData("--seeds 9..0", "--seeds 9..0: a range is FIRST..LAST, the smaller first")]
    [InlineData("--seeds 0..", "--seeds '': a seed is a whole number")]
    [InlineData("--seeds 1..999999999 --lr 0.1,0.2",
        "--lr (2) × --seeds (999,999,999) makes 1,999,999,998 networks; at most 1,000,000,000 are allowed")]
    [InlineData("--seeds 0..18446744073709551615", "makes 18,446,744,073,709,551,616 networks")]
    [InlineData("--activation relu,step", "--activation step: allowed are relu, ")]
    [InlineData("--net 2-5-1,3-5-1", "--net 3-5-1: the network takes 3 inputs, the data has 2 features")]
    [InlineData("--data moons,blobs --noise 0.1", "--noise 0.1: --data blobs has no noise")]
    [InlineData("--quiet --net 2-30000-30000-1", "one network 2-30000-30000-1 with its data takes ", 5)]
    [InlineData("--quiet --device gpu", "--device gpu: allowed are auto, cpu")]
    public void BadListsAreNamedWithTheNumbers(string options, string message, int exitCode = 2)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {options} --out", folder.File("sweep"));
        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AnEmptyListIsNamed()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("sweep --seeds", "");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("gpumlp: --seeds '': the list is empty", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void NetworksThatNobodyCameToHaveNoRow()
    {
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.Start(
            "sweep --device cpu --samples 50 --steps 2000 --net 2-3-1 --seeds 0..9999999 --block 1000 --out", folder.File("sweep"));
        while (process.StandardError.ReadLine() is string line && !line.StartsWith("training", StringComparison.Ordinal)) { }
        var tables = new DirectoryInfo(folder.File("sweep"));
        while (!tables.EnumerateFiles("*sweep.csv*", SearchOption.AllDirectories).Any(file => file.Length > 0)) Thread.Sleep(20);
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.InRange(Rows(folder.File("sweep/sweep.csv")).Length, 1000, 9_000_000);
        Assert.Matches(@"steps each( \(cancelled\))?, [\d,]+ more not begun", outcome.Out);
        Assert.True(File.Exists(folder.File("sweep/mosaic.png")));
    }

    [Fact]
    public void CtrlCLeavesWhatThereIs()
    {
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.Start(
            "sweep --device cpu --samples 50 --steps 2000000000 --seeds 0..3 --no-plots --out", folder.File("sweep"));
        while (process.StandardError.ReadLine() is string line && !line.StartsWith("training", StringComparison.Ordinal)) { }
        Gpumlp.Interrupt(process);
        Assert.Equal(130, Gpumlp.End(process).ExitCode);
        Dictionary<string, string>[] rows = Rows(folder.File("sweep/sweep.csv"));
        Assert.Equal(4, rows.Length);
        Assert.InRange(int.Parse(rows[3]["steps"], CultureInfo.InvariantCulture), 1, 1_999_999_999);
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("sweep/run.json"))).RootElement;
        Assert.Equal("cancelled", record.GetProperty("stopReason").GetString());
    }
}
