using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>run.json is a config that repeats its run bit for bit, wherever it lies, and says when its data has changed.</summary>
public sealed class ReplayTests : IDisposable
{
    const string Rows = "x,y,label\n0,0.5,no\n1,0.25,yes\n0.75,2,yes\n-1,0,no\n0.1,0.2,no\n2,1,yes\n";

    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));

    Gpumlp.Outcome Train(string line, string within = ".")
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp train --device cpu --no-plots {line}", folder.File(within));
        Assert.Equal(0, outcome.ExitCode);
        return outcome;
    }

    void Same(string run, string replay)
    {
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(Bytes($"{run}/{file}"), Bytes($"{replay}/{file}"));
    }

    [Theory]
    [InlineData("--samples 60 --net 2-5-1 --steps 400 --seed 3 --optimizer adam --schedule cosine --batch 4 --standardize")]
    [InlineData("--rng numpy --samples 60 --net 2-5-1 --steps 300 --activation tanh --loss bce-logits --clip 1")]
    public void ARecordRepeatsItsRun(string options)
    {
        Train($"{options} --out a");
        Assert.DoesNotContain("changed", Train("--config a/run.json --engine layers --out b").Error);
        Same("a", "b");
        JsonElement data = JsonDocument.Parse(Bytes("a/run.json")).RootElement.GetProperty("data");
        Assert.Equal((60, 32), (data.GetProperty("rows").GetInt32(), data.GetProperty("hash").GetString()!.Length));
        Assert.False(data.TryGetProperty("path", out _));
    }

    [Fact]
    public void AFileIsFoundFromTheRecordAndItsChangesAreSaid()
    {
        Directory.CreateDirectory(folder.File("data/elsewhere"));
        File.WriteAllText(folder.File("data/d.csv"), Rows);
        Train("--data csv:d.csv --net 2-4-1 --steps 200 --out runs/a", "data");
        JsonElement data = JsonDocument.Parse(Bytes("data/runs/a/run.json")).RootElement.GetProperty("data");
        Assert.Equal("../../d.csv", data.GetProperty("path").GetString());
        Directory.Move(folder.File("data"), folder.File("moved"));
        Gpumlp.Outcome again = Train("--config ../runs/a/run.json --out b", "moved/elsewhere");
        Assert.DoesNotContain("changed", again.Error);
        Same("moved/runs/a", "moved/elsewhere/b");
        Train("--config b/run.json --out c", "moved/elsewhere");
        Same("moved/runs/a", "moved/elsewhere/c");

        File.AppendAllText(folder.File("moved/d.csv"), "3,3,yes\n");
        Assert.Contains("../d.csv has changed since the record was written: the run will not be the same, 6 rows then and 7 now",
            Train("--config ../runs/a/run.json --out d", "moved/elsewhere").Error);
        Assert.DoesNotContain("changed", Train("--config ../runs/a/run.json --standardize --out e", "moved/elsewhere").Error);
    }

    [Fact]
    public void FilesOfRowsToJudgeOnMoveWithTheRecordToo()
    {
        Directory.CreateDirectory(folder.File("data/more"));
        foreach (string name in (string[])["d.csv", "more/v.csv", "more/t.csv"]) File.WriteAllText(folder.File($"data/{name}"), Rows);
        const string Files = "--data d.csv --validation more/v.csv --test csv:more/t.csv";
        Train($"{Files} --net 2-4-1 --steps 50 --checkpoint-every 20 --out runs/a", "data");
        JsonElement data = JsonDocument.Parse(Bytes("data/runs/a/run.json")).RootElement.GetProperty("data");
        Assert.Equal(("../../more/v.csv", "../../more/t.csv"),
            (data.GetProperty("validationPath").GetString(), data.GetProperty("testPath").GetString()));
        Directory.Move(folder.File("data"), folder.File("moved"));
        Assert.DoesNotContain("changed", Train("--config moved/runs/a/run.json --out b").Error);
        Same("moved/runs/a", "b");
        Train("--resume moved/runs/a --steps 80");
        Assert.Equal(0, Gpumlp.Shell("$gpumlp sweep --device cpu --no-plots --data d.csv --validation more/v.csv --net 2-4-1 --steps 50 "
            + "--out s", folder.File("moved")).ExitCode);
        Assert.DoesNotContain("changed", Train("--config ../s/run.json --out ../../c", "moved/more").Error);

        File.AppendAllText(folder.File("moved/more/v.csv"), "3,3,yes\n");
        Assert.Contains("the rows of --validation have changed since the record was written", Train("--config b/run.json --out d").Error);
        Assert.Contains("the rows of --validation have changed", Train("--config moved/s/run.json --out e").Error);
    }

    [Fact]
    public void ARecordWithoutItsFilesTakesThemFromWhereItIsCalledOrFromOptions()
    {
        File.WriteAllText(folder.File("d.csv"), Rows);
        Directory.CreateDirectory(folder.File("far/away"));
        Train("--data d.csv --test d.csv --net 2-4-1 --steps 50 --checkpoint-every 20 --out a");
        Directory.Move(folder.File("a"), folder.File("far/away/a"));
        Train("--config far/away/a/run.json --out b");                              // d.csv is here, and not two folders above
        Same("far/away/a", "b");
        File.Move(folder.File("d.csv"), folder.File("renamed.csv"));
        Gpumlp.Outcome outcome = Gpumlp.Shell("$gpumlp train --resume far/away/a --steps 60", folder.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("d.csv: there is no such file", Assert.Single(outcome.ErrorLines));
        Train("--resume far/away/a --steps 60 --data renamed.csv --test csv:renamed.csv");
        File.Copy(folder.File("renamed.csv"), folder.File("kept.csv"));
        File.AppendAllText(folder.File("renamed.csv"), "3,3,yes\n");
        outcome = Gpumlp.Shell("$gpumlp train --resume far/away/a --steps 70 --data renamed.csv --test kept.csv", folder.Path);
        Assert.Contains("--data renamed.csv: is not the checkpoint's data (6 rows", Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void ASweepsRecordTrainsItsBestNetwork()
    {
        const string Options = "--device cpu --no-plots --samples 60 --net 2-4-1,2-6-1 --steps 300 --lr 0.01,0.1 --seeds 0..2";
        Gpumlp.Outcome sweep = Gpumlp.Shell($"$gpumlp sweep {Options} --out s", folder.File("."));
        Assert.Equal(0, sweep.ExitCode);
        Assert.DoesNotContain("changed", Train("--config s/run.json --out best").Error);
        SafetensorsFile swept = SafetensorsFile.Read(folder.File("s/best.safetensors"));
        SafetensorsFile trained = SafetensorsFile.Read(folder.File("best/model.safetensors"));
        Assert.Equal(swept.Tensors.Count, trained.Tensors.Count);
        foreach ((SafeTensor a, SafeTensor b) in swept.Tensors.Zip(trained.Tensors)) Assert.Equal(a.Floats, b.Floats);
    }

    [Fact]
    public void ASweepOfTheFirstVersionTrainsItsBestNetworkToo()
    {
        string record = Path.Combine(AppContext.BaseDirectory, "Records/Files/First/sweep.json");
        Train($"--config {record} --out a");
        JsonElement best = JsonDocument.Parse(File.ReadAllText(record)).RootElement.GetProperty("best");
        JsonElement run = JsonDocument.Parse(Bytes("a/run.json")).RootElement;
        Assert.Equal(best.GetProperty("finalLoss").GetSingle(), run.GetProperty("finalLoss").GetSingle());
        Assert.Equal(best.GetProperty("accuracy").GetDouble(), run.GetProperty("accuracy").GetDouble());
    }
}
