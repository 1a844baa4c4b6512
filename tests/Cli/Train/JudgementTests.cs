using System.Globalization;
using System.Text;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>gpumlp train: rows that are kept back, files of rows to judge on, and what is said of each part.</summary>
public class JudgementTests
{
    static JsonElement Record(ScratchFolder folder, string run) =>
        JsonDocument.Parse(File.ReadAllText(folder.File($"{run}/run.json"))).RootElement;

    // two clouds that overlap a little; the third column leaks the row's number
    static string Clouds(int rows, int shift = 0)
    {
        var text = new StringBuilder("a,b,leak,kind\n");
        for (int row = 0; row < rows; row++)
        {
            double side = row % 3 == 0 ? 0.8 : -0.8, a = side + (row * 37 % 101 - 50) / 50.0, b = side + (row * 53 % 89 - 44) / 44.0;
            text.Append(CultureInfo.InvariantCulture, $"{a},{b},{row * row + shift},{(row % 3 == 0 ? "rare" : "often")}\n");
        }
        return text.ToString();
    }

    [Fact]
    public void RowsKeptBackAreJudgedByThemselvesAndRecorded()
    {
        using var folder = new ScratchFolder();
        const string options = "train --samples 300 --validation 0.2 --validate-every 500 --steps 1200 --out";
        Gpumlp.Outcome outcome = Gpumlp.Run(options, folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = Record(folder, "run"), metrics = record.GetProperty("metrics"), split = record.GetProperty("split");
        Assert.Equal((240, 60), (split.GetProperty("training").GetInt32(), split.GetProperty("validation").GetInt32()));
        Assert.Equal((240, 60), (metrics.GetProperty("training").GetProperty("rows").GetInt32(),
            metrics.GetProperty("validation").GetProperty("rows").GetInt32()));
        Assert.False(metrics.TryGetProperty("test", out _));
        Assert.Matches(@"^[\d,-]+$", split.GetProperty("validationRows").GetString());
        foreach (string part in (string[])["training", "validation"])
        {
            JsonElement of = metrics.GetProperty(part);
            double accuracy = of.GetProperty("accuracy").GetDouble();
            Assert.InRange(accuracy, of.GetProperty("accuracyLow").GetDouble(), of.GetProperty("accuracyHigh").GetDouble());
            int Counted(int label, int predicted) => of.GetProperty("confusion")[label][predicted].GetInt32();
            Assert.Equal(accuracy, (double)(Counted(0, 0) + Counted(1, 1)) / of.GetProperty("rows").GetInt32());
            Assert.Equal(["0", "1"], of.GetProperty("perClass").EnumerateArray().Select(row => row.GetProperty("class").GetString()));
            Assert.InRange(of.GetProperty("auc").GetDouble(), 0.9, 1);
            Assert.Equal(0.5, of.GetProperty("baseline").GetProperty("accuracy").GetDouble());
            string rows = $"{of.GetProperty("rows").GetInt32()} rows";
            string loss = of.GetProperty("loss").GetDouble().ToString("G4", CultureInfo.InvariantCulture);
            Assert.Contains($"\n{part,-10} {rows}: loss {loss}, accuracy", outcome.Out);
        }
        (float[] losses, ValidationLoss[] looks) = LossesCsv.ReadAll(folder.File("run/losses.csv"));
        Assert.Equal(1200, losses.Length);
        Assert.Equal([500, 1000, 1200], looks.Select(look => look.Steps));
        Assert.Equal(metrics.GetProperty("validation").GetProperty("loss").GetDouble(), looks[^1].Loss);
        Assert.StartsWith("step,loss,validation\n0,", File.ReadAllText(folder.File("run/losses.csv")));

        string again = $"train --engine layers --no-plots --quiet --config {folder.File("run/run.json")} --out";
        Assert.Equal(0, Gpumlp.Run(again, folder.File("again")).ExitCode);
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder.File($"run/{file}")), File.ReadAllBytes(folder.File($"again/{file}")));
    }

    [Fact]
    public void WhatIsLearnedOfColumnsComesFromTheTrainingRowsAlone()
    {
        using var folder = new ScratchFolder();
        string text = Clouds(90);
        File.WriteAllText(folder.File("rows.csv"), text);
        string data = $"csv:{folder.File("rows.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run("train --net 3-8-1 --standardize --validation 0.3 --steps 500 --no-plots --data", data,
            "--out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        HashSet<int> kept = [];
        foreach (string range in Record(folder, "run").GetProperty("split").GetProperty("validationRows").GetString()!.Split(','))
        {
            int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
            for (int row = ends[0]; row <= ends[^1]; row++) kept.Add(row - 1);
        }
        Assert.Equal(27, kept.Count);
        double[] leak = [.. Enumerable.Range(0, 90).Where(row => !kept.Contains(row)).Select(row => (double)row * row)];
        double mean = leak.Average(), deviation = Math.Sqrt(leak.Average(x => (x - mean) * (x - mean)));
        JsonElement standardizer = JsonDocument.Parse(
            SafetensorsFile.Read(folder.File("run/model.safetensors")).Metadata["standardizer"]).RootElement;
        JsonElement Of(string name) =>
            standardizer.EnumerateObject().First(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value[2];
        Assert.InRange(Of("mean").GetDouble() / mean, 1 - 1e-12, 1 + 1e-12);
        Assert.InRange(Of("deviation").GetDouble() / deviation, 1 - 1e-12, 1 + 1e-12);
        // of all 90 rows the mean is another one, whatever rows were kept back
        Assert.NotEqual(Enumerable.Range(0, 90).Average(row => (double)row * row), Of("mean").GetDouble());
    }

    [Fact]
    public void FilesOfRowsAreJudgedAndChangeNothing()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("rows.csv"), Clouds(90));
        File.WriteAllText(folder.File("valid.csv"), Clouds(30, 1_000_000));
        File.WriteAllText(folder.File("test.csv"), "a,b,leak,kind\n1,1,5,rare\n-1,-1,9,often\n2,1,5,rare\n");
        string common = $"train --net 3-8-1 --standardize --steps 500 --no-plots --data csv:{folder.File("rows.csv")}";
        Assert.Equal(0, Gpumlp.Run($"{common} --out", folder.File("alone")).ExitCode);
        Gpumlp.Outcome outcome = Gpumlp.Run(
            $"{common} --validation {folder.File("valid.csv")} --test csv:{folder.File("test.csv")} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(
            File.ReadAllBytes(folder.File("alone/model.safetensors")), File.ReadAllBytes(folder.File("run/model.safetensors")));
        JsonElement metrics = Record(folder, "run").GetProperty("metrics");
        Assert.Equal((90, 30, 3), (Rows("training"), Rows("validation"), Rows("test")));
        JsonElement perClass = metrics.GetProperty("test").GetProperty("perClass");
        Assert.Equal([1, 2], perClass.EnumerateArray().Select(row => row.GetProperty("rows").GetInt32()));
        Assert.Contains("\ntest       class", outcome.Out);

        int Rows(string part) => metrics.GetProperty(part).GetProperty("rows").GetInt32();
    }

    [Fact]
    public void PatienceKeepsTheBestWeightsAndSaysSo()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --samples 80 --noise 0.5 --validation 0.5 --validate-every 100 --patience 3 --lr 0.3 " +
            "--steps 200000 --net 2-50-1 --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = Record(folder, "run");
        int best = record.GetProperty("restoredSteps").GetInt32();
        Assert.Equal("patience", record.GetProperty("stopReason").GetString());
        Assert.Equal(best + 300, record.GetProperty("steps").GetInt32());
        Assert.Contains("the validation loss fell no more, the weights after step", outcome.Out);
        ValidationLoss[] looks = LossesCsv.ReadAll(folder.File("run/losses.csv")).Validation;
        double loss = record.GetProperty("metrics").GetProperty("validation").GetProperty("loss").GetDouble();
        Assert.Equal((best, loss), (looks.MinBy(look => look.Loss).Steps, looks.Min(look => look.Loss)));
    }

    [Fact]
    public void ARegressionHasItsErrorsAndNoClasses()
    {
        using var folder = new ScratchFolder();
        var text = new StringBuilder("x,y\n");
        for (int row = 0; row < 60; row++) text.Append(CultureInfo.InvariantCulture, $"{row / 60.0},{3 * row / 60.0 + row % 2 * 0.1}\n");
        File.WriteAllText(folder.File("line.csv"), text.ToString());
        const string options = "train --net 1-8-1 --loss mse --lr 0.05 --steps 3000 --validation 0.25";
        Gpumlp.Outcome outcome = Gpumlp.Run($"{options} --data csv:{folder.File("line.csv")} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement record = Record(folder, "run"), validation = record.GetProperty("metrics").GetProperty("validation");
        Assert.InRange(validation.GetProperty("rmse").GetDouble(), 0.02, 0.2);
        Assert.InRange(validation.GetProperty("mae").GetDouble(), 0.02, validation.GetProperty("rmse").GetDouble());
        Assert.InRange(validation.GetProperty("r2").GetDouble(), 0.9, 1);
        Assert.InRange(validation.GetProperty("baseline").GetProperty("rmse").GetDouble(), 0.5, 1.5);
        Assert.False(validation.TryGetProperty("confusion", out _));
        Assert.False(File.Exists(folder.File("run/confusion.png")));
        Assert.Contains("always the mean", outcome.Out);
    }

    [Theory]
    [InlineData("--validation 1.5", "--validation 1.5: a share of the rows is a number above 0 and below 1; anything else names a file")]
    [InlineData("--validation nowhere.csv", "--validation nowhere.csv: there is no such file")]
    [InlineData("--test nowhere.csv", "--test nowhere.csv: there is no such file")]
    [InlineData("--patience 3", "--patience 3: there is no loss to wait for; it needs --validation")]
    [InlineData("--validate-every 3", "--validate-every 3: there is nothing to look at; it needs --validation")]
    [InlineData("--validation 0.1 --min-delta 0.1", "--min-delta 0.1: it needs --patience")]
    [InlineData("--validation 0.1 --patience 0", "--patience 0: patience is a whole number from 1 to 2147483647")]
    [InlineData("--validation 0.1 --api modules", "--validation 0.1: --api modules runs the tutorial's sample")]
    public void WhatCannotBeJudgedIsRefused(string options, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --quiet --out", folder.File("run"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith($"gpumlp: {message}", Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("a,b,c,kind\n1,2,3,x\n1,2,3,y\n", "test.csv: has no column leak; it has a, b, c, kind")]
    [InlineData("a,b,leak,kind\n1,2,3,rare\n1,2,3,other\n", "test.csv:3:4: 'other' is none of the classes often, rare")]
    [InlineData("a,b,kind\n1,2,rare\n1,2,often\n", "test.csv: has no column leak; it has a, b, kind")]
    public void AFileOfOtherRowsIsRefused(string text, string why)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("rows.csv"), Clouds(30));
        File.WriteAllText(folder.File("test.csv"), text);
        string files = $"--data csv:{folder.File("rows.csv")} --test {folder.File("test.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run($"train --net 3-8-1 --quiet {files} --out", folder.File("run"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.EndsWith(why, Assert.Single(outcome.ErrorLines));
    }
}
