using System.Text.Json;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Compare;

/// <summary>gpumlp compare: every device and engine is a row, and the bits of the weights say whether they compute the same.</summary>
public class CompareTests
{
    static JsonElement[] Rows(JsonDocument record) => [.. record.RootElement.GetProperty("rows").EnumerateArray()];

    static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    static string Title(JsonElement row) => $"{Text(row, "device")} {Text(row, "engine")}".TrimEnd();

    static JsonDocument Compare(ScratchFolder folder, string options)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"compare --json --quiet {options} --out", folder.File("made"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(outcome.Out.TrimEnd(), File.ReadAllText(folder.File("made/compare.json")).TrimEnd());
        return JsonDocument.Parse(outcome.Out);
    }

    [Fact]
    public void AllEnginesOfTheProcessorAreRowsAndADeviceThatIsNotThereSaysWhy()
    {
        using var folder = new ScratchFolder();
        using JsonDocument record = Compare(folder, "--devices cpu:ilgpu,cuda:77,cpu --steps 40");
        Assert.Equal(1, record.RootElement.GetProperty("schemaVersion").GetInt32());
        JsonElement[] rows = Rows(record);
        Assert.Equal(["cuda:77", "cpu fused", "cpu layers", "cpu modules", "cpu:ilgpu fused", "cpu:ilgpu layers", "cpu:ilgpu modules"],
            rows.Select(Title));
        Assert.Equal(rows.Select(row => Title(row) == "cuda:77"), rows.Select(row => Text(row, "leftOut") is not null));
        Assert.Equal(["compare.json", "compare.png"],
            record.RootElement.GetProperty("outputs").EnumerateArray().Select(name => name.GetString()));
        JsonElement[] made = rows[1..];
        Assert.Equal([null, "cpu fused", "cpu fused", "cpu fused", "cpu fused", "cpu modules"],
            made.Select(row => Text(row, "comparedWith")));
        foreach (JsonElement row in made)
        {
            Assert.Matches("^[0-9a-f]{64}$", Text(row, "weightsSha256"));
            foreach (string part in (string[])["open", "compile", "train", "evaluate", "total"])
                Assert.True(row.GetProperty("timings").GetProperty(part).GetDouble() > 0, part);
            Assert.True(row.GetProperty("launches").GetInt64() >= (Text(row, "engine") == "fused" ? 1 : 40));
            Assert.True(row.GetProperty("bytesToHost").GetInt64() >= 40 * sizeof(float));
            Assert.Equal(40, row.GetProperty("steps").GetInt32());
            if (Text(row, "comparedWith") is not string with || Title(row) == "cpu modules") continue;
            Assert.True(row.GetProperty("sameBits").GetBoolean());
            Assert.Equal(Text(made.Single(other => Title(other) == with), "weightsSha256"), Text(row, "weightsSha256"));
        }
    }

    [Fact]
    public void ADriversDeviceEndsInTheBitsOfTheCpu()
    {
        DriverDevice.Need();
        using var folder = new ScratchFolder();
        using JsonDocument record = Compare(folder, $"--devices cpu,{DriverDevice.Id} --engines fused,layers --steps 30");
        JsonElement[] rows = Rows(record);
        Assert.Equal(4, rows.Length);
        bool isClose = rows.Any(row => row.GetProperty("whyNotSameBits").ValueKind == JsonValueKind.String);
        Assert.SkipWhen(isClose, "the device says itself that it is close, not equal");
        Assert.Single(rows.Select(row => Text(row, "weightsSha256")).Distinct());
        Assert.All(rows[1..], row => Assert.True(row.GetProperty("sameBits").GetBoolean()));
    }

    [Fact]
    public void AnEngineThatDoesNotTakeTheRecipeSaysWhy()
    {
        using var folder = new ScratchFolder();
        using JsonDocument record = Compare(folder, "--devices cpu --net 2-4-4-4-4-4-4-4-4-4-1 --steps 3");
        JsonElement[] rows = Rows(record);
        Assert.Equal(["cpu fused", "cpu layers", "cpu modules"], rows.Select(Title));
        Assert.Contains("linear layers", Text(rows[0], "leftOut"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("leftOut").ValueKind);
        Assert.Contains("--net", Text(rows[2], "leftOut"), StringComparison.Ordinal);
    }

    [Fact]
    public void ARunsSettingsGiveItsWeights()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("train --device cpu --net 2-7-1 --lr 0.05 --steps 60 --seed 5 --style notebook --quiet --out",
            folder.File("run")).ExitCode);
        using JsonDocument record = Compare(folder, $"--config {folder.File("run/run.json")} --devices cpu --engines fused --batch 1");
        Assert.Equal((60, 29), (Rows(record)[0].GetProperty("steps").GetInt32(), record.RootElement.GetProperty("parameters").GetInt32()));
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(folder.File("run/run.json")));
        Assert.Equal(run.RootElement.GetProperty("finalLoss").GetSingle(), Rows(record)[0].GetProperty("finalLoss").GetSingle());
        Assert.Equal(run.RootElement.GetProperty("accuracy").GetDouble(), Rows(record)[0].GetProperty("accuracy").GetDouble());
    }

    [Theory]
    [InlineData("--config nowhere.json", "--config nowhere.json: there is no such file")]
    [InlineData("--devices gpu", "--devices gpu: 'gpu' is no device")]
    [InlineData("--devices cpu,", "--devices cpu,: '' is no device")]
    [InlineData("--engines fusd", "--engines fusd: allowed are all, fused, layers, modules; did you mean fused?")]
    [InlineData("--data circels", "--data circels: allowed are")]
    [InlineData("--net 3-4-1", "--net 3-4-1")]
    [InlineData("--engine fused", "--engine")]
    public void BadInputIsOneLine(string options, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"compare {options} --out", folder.File("made"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("made")));
    }

    [Fact]
    public void WhereNoDeviceIsThereItIsExit3()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("compare --devices cuda:77 --steps 3 --out", folder.File("made"));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("cuda:77", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("made")));
    }

    [Fact]
    public void AFolderWithAnythingInItIsLeftAloneWithoutForceAndItsRunWithIt()
    {
        using var folder = new ScratchFolder();
        string made = folder.File("made"), options = "--devices cpu --engines fused --steps 3 --quiet --out";
        Assert.Equal(0, Gpumlp.Run("train --steps 3 --no-plots --quiet --out", made).ExitCode);
        Assert.Equal(2, Gpumlp.Run($"compare {options}", made).ExitCode);
        string[] before = [.. Directory.GetFiles(made).Select(File.ReadAllText)];
        foreach (int _ in (int[])[1, 2]) Assert.Equal(0, Gpumlp.Run($"compare --force {options}", made).ExitCode);
        Assert.Equal(before, Directory.GetFiles(made).Where(file => !file.Contains("compare.")).Select(File.ReadAllText));
        Assert.Equal(0, Gpumlp.Run("train --force --steps 4 --no-plots --quiet --out", made).ExitCode);
        Assert.True(File.Exists(Path.Combine(made, "compare.json")));
    }

    [Fact]
    public void AFolderWithSomebodyElsesFileIsRefused()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.File("made"));
        File.WriteAllText(folder.File("made/compare.json"), "mine");
        Gpumlp.Outcome outcome = Gpumlp.Run("compare --devices cpu --steps 3 --force --out", folder.File("made"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("compare.json in it is not an earlier run's", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.File("made/compare.json")));
    }
}
