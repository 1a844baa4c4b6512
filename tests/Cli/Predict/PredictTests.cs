using System.Globalization;
using System.Text.Json;
using GpuMlp.Devices;
using GpuMlp.Records;
using GpuMlp.Tables;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Predict;

/// <summary>gpumlp predict, evaluate and data: what a model learned of columns is done again to new rows.</summary>
public class PredictTests
{
    static string Rows(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(k => FormattableString.Invariant(
        $"{(k % 9 == 0 ? "" : $"{500000 + k % 17 * 0.01:R}")},{(k % 3 == 0 ? "red" : "blue")},{(k % 17 > 8 ? "no" : "\"yes, sure\"")}\n")));

    [Fact]
    public void NewRowsAreTreatedAsThoseTrainedOn()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "east,colour,answer\n" + Rows(0, 300));
        Gpumlp.Outcome trained = Gpumlp
            .Run("train --device cpu --no-plots --quiet --standardize --missing mean --net 3-16-1 --lr 0.05 --json --data",
            folder.File("d.csv"), "--out", folder.File("r"));
        Assert.True(trained.ExitCode == 0, trained.Error);
        double accuracy = JsonDocument.Parse(trained.Out).RootElement.GetProperty("accuracy").GetDouble();
        Assert.InRange(accuracy, 0.8, 1);
        string model = folder.File("r/model.safetensors");

        // columns in another order, one more, no label
        string[] swapped = [.. Rows(0, 300).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
            .Select(fields => $"x;{fields[1]};{fields[0]}")];
        File.WriteAllText(folder.File("new.csv"), $"junk;colour;east\n{string.Join('\n', swapped)}\n");
        Gpumlp.Outcome predicted = Gpumlp
            .Run($"predict {model} --device cpu --data", folder.File("new.csv"), "--out", folder.File("p.csv"));
        Assert.True(predicted.ExitCode == 0, predicted.Error);
        string[] lines = File.ReadAllLines(folder.File("p.csv"));
        Assert.Equal(("class,p(no),\"p(yes, sure)\"", 301), (lines[0], lines.Length));
        int right = Enumerable.Range(0, 300)
            .Count(k => lines[k + 1].StartsWith(k % 17 > 8 ? "no," : "\"yes, sure\",", StringComparison.Ordinal));
        Assert.Equal(accuracy, right / 300.0, 1e-9);
        Assert.All(lines.Skip(1), line => Assert.Equal(1, float.Parse(line.Split(',')[^2], CultureInfo.InvariantCulture)
            + float.Parse(line.Split(',')[^1], CultureInfo.InvariantCulture), 1e-6f));

        Gpumlp.Outcome judged = Gpumlp.Run($"evaluate {model} --device cpu --json --data", folder.File("d.csv"));
        Assert.Equal(accuracy, JsonDocument.Parse(judged.Out).RootElement.GetProperty("metrics").GetProperty("accuracy").GetDouble());

        DataTable table = DataTable.Read(folder.File("d.csv"));
        using ComputeDevice device = ComputeDevice.Open("cpu");
        Model loaded = ModelFile.Load(model, device);
        using (loaded.Network)
        {
            Assert.Equal(accuracy,
                loaded.PredictClass(table).Select((k, row) => loaded.ClassNames[k] == table.Columns[2].Text(row)).Average(ok => ok ? 1.0
                    : 0), 1e-9);
            Assert.Throws<InvalidOperationException>(() => loaded.Predict(table));
            Assert.Equal(["east", "colour"], loaded.Columns!.Features.Select(column => column.Name));
            ModelFile.Save(folder.File("again"), loaded);
            Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(folder.File("again")));
        }

        Gpumlp.Outcome kept = Gpumlp.Run($"predict {model} --data", folder.File("new.csv"), "--out", folder.File("p.csv"));
        Assert.Equal(2, kept.ExitCode);
        Assert.Contains("is there already", kept.Error);
        File.WriteAllText(folder.File("bad.csv"), "east,colour\n1,red\n2,green\n");
        Gpumlp.Outcome refused = Gpumlp.Run($"predict {model} --quiet --data", folder.File("bad.csv"), "--out", folder.File("q.csv"));
        Assert.Equal((2, false), (refused.ExitCode, File.Exists(folder.File("q.csv"))));
        Assert.Contains("bad.csv:3:2: 'green' in column colour is none of the texts", Assert.Single(refused.ErrorLines));
    }

    [Fact]
    public void NumbersComeBackInTheirOwnUnits()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "a,price\n"
            + string.Concat(Enumerable.Range(0, 100).Select(k => $"{k},{300000 + 4000 * k}\n")));
        Gpumlp.Outcome trained = Gpumlp
            .Run("train --device cpu --no-plots --quiet --standardize --loss mse --lr 0.05 --batch 8 --net 1-16-1 --data",
            folder.File("d.csv"), "--out", folder.File("r"));
        Assert.True(trained.ExitCode == 0, trained.Error);
        Gpumlp.Outcome predicted = Gpumlp.Shell(
            $"printf 'a\\n10\\n50\\n' | $gpumlp predict {folder.File("r/model.safetensors")} --quiet --data - --out -", folder.File("."));
        string[] lines = predicted.Out.Split('\n');
        Assert.Equal("value", lines[0]);
        Assert.Equal(340000, float.Parse(lines[1], CultureInfo.InvariantCulture), 8000f);
        Assert.Equal(500000, float.Parse(lines[2], CultureInfo.InvariantCulture), 8000f);
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(folder.File("r/run.json"))).RootElement.GetProperty("metrics")
            .GetProperty("training");
        Assert.InRange(metrics.GetProperty("rmse").GetDouble(), 1, 10000);
        Assert.InRange(metrics.GetProperty("baseline").GetProperty("rmse").GetDouble(), 115000, 116000);
        Gpumlp.Outcome judged = Gpumlp.Run($"evaluate {folder.File("r/model.safetensors")} --json --data", folder.File("d.csv"));
        Assert.Equal(JsonSerializer.Serialize(metrics),
            JsonSerializer.Serialize(JsonDocument.Parse(judged.Out).RootElement.GetProperty("metrics")));
    }

    [Fact]
    public void SeveralTargetsAreLearnedAndPredicted()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "a,b,sum,product\n" + string.Concat(Enumerable.Range(0, 120).Select(k =>
            FormattableString.Invariant(
                $"{k % 11 * 0.1:R},{k % 7 * 0.2:R},{k % 11 * 0.1 + k % 7 * 0.2:R},{k % 11 * 0.1 * (k % 7) * 20:R}\n"))));
        Gpumlp.Outcome trained = Gpumlp.Run(
            "train --device cpu --no-plots --standardize --loss mse --lr 0.05 --batch 16 --net 2-16-2 --label sum,product --json --data",
            folder.File("d.csv"), "--out", folder.File("r"));
        Assert.True(trained.ExitCode == 0, trained.Error);
        Assert.Contains("labels sum, product (numbers), 2 features (a, b)", trained.Error);
        Gpumlp.Outcome predicted = Gpumlp
            .Run($"predict {folder.File("r/model.safetensors")} --quiet --data", folder.File("d.csv"), "--out", "-");
        string[] lines = predicted.Out.Split('\n');
        Assert.Equal("value(sum),value(product)", lines[0]);
        double[] row = [.. lines[1 + 117].Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal(1.7, row[0], 0.15);
        Assert.Equal(70, row[1], 3d);
        Gpumlp.Outcome refused = Gpumlp.Run("train --device cpu --loss mse --net 2-16-1 --label sum,product --data", folder.File("d.csv"),
            "--out", folder.File("q"));
        Assert.Contains("mse takes an output per label, and the data has 2 labels per row; the network has 1",
            Assert.Single(refused.ErrorLines));
    }

    [Fact]
    public void RowsThatADroppingModelCannotTakeHaveNoPrediction()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"),
            string.Concat(Enumerable.Range(0, 60).Select(k => $"{(k == 7 ? "?" : $"{k}")},{k % 5},{(k > 30 ? 4 : 2)}\n")));
        Gpumlp.Outcome trained = Gpumlp
            .Run("train --device cpu --no-plots --standardize --missing drop --net 2-8-1 --data", folder.File("d.csv"), "--out",
                folder.File("r"));
        Assert.Contains("d: commas, no header, 59 rows, label 3 (2 classes: 2 30, 4 29), 2 features", trained.Error);
        Gpumlp.Outcome predicted = Gpumlp.Run($"predict {folder.File("r/model.safetensors")} --data", folder.File("d.csv"), "--out", "-");
        string[] lines = predicted.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("class,p(2),p(4)", ",,", 61), (lines[0], lines[8], lines.Length));
        Assert.Contains("1 row lacks a value and has no prediction", predicted.Error);
    }

    [Fact]
    public void DataWritesWhatTrainReads()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("data moons --samples 50 --out", folder.File("m.csv")).ExitCode);
        Assert.Equal(0, Gpumlp.Run("data moons --samples 50 --out", folder.File("m.npz")).ExitCode);
        Assert.Contains("is there already; name another file", Gpumlp.Run("data moons --samples 9 --out", folder.File("m.csv")).Error);
        Assert.Equal(0, Gpumlp.Run("data moons --samples 50 --force --out", folder.File("m.csv")).ExitCode);
        File.WriteAllText(folder.File("named.csv"), "a,b,c\n1,2,no\n3,4,yes\n");
        Assert.Contains("y holds the numbers of the classes: 0 is no, 1 is yes",
            Gpumlp.Run("data --out", folder.File("named.npz"), folder.File("named.csv")).Error);
        DataTable text = DataTable.Read(folder.File("m.csv")), arrays = DataTable.Read(folder.File("m.npz"));
        Assert.Equal((50, "x"), (text.Count, text.Columns[0].Name));
        for (int row = 0; row < 50; row++)
            Assert.Equal(text.Columns.Select(column => column.Number(row)), arrays.Columns.Select(column => column.Number(row)));
        string[] losses = [.. ((string[])[folder.File("m.csv"), folder.File("m.npz"), "moons"]).Select(data =>
        {
            string[] more = data == "moons" ? ["--samples", "50"] : [];
            Gpumlp.Outcome run = Gpumlp
                .Run("train --device cpu --no-plots --steps 300 --quiet --data", [data, "--out", folder.File(Name(data)), .. more]);
            Assert.True(run.ExitCode == 0, run.Error);
            return File.ReadAllText(Path.Combine(folder.File(Name(data)), "losses.csv"));
        })];
        Assert.Single(losses.Distinct());

        static string Name(string data) => $"r{Path.GetExtension(data).TrimStart('.')}";
    }
}
