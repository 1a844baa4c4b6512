using System.Text.Json;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Tests.Cli;

/// <summary>The program's other verbs, its help, and the table of options.</summary>
public class ProgramTests
{
    [Fact]
    public void VersionIsANumberOnStdout()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("--version");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", outcome.Out);
    }

    [Fact]
    public void WithoutAVerbTheHelpIsAnError()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains("Usage: gpumlp VERB", outcome.Error);
    }

    [Fact]
    public void HelpNamesEveryOptionWithItsDefaultAndShowsExamples()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("train -h");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string text = string.Join(' ', outcome.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (TrainOption option in TrainOptions.All)
        {
            string fallback = option.Takes is null ? "" : $" [{option.Otherwise ?? option.Text(new TrainConfig())}]";
            Assert.Contains($" {$"--{option.Name} {option.Takes}".TrimEnd()} {option.Help}{fallback} ", text);
        }
        Assert.Contains("Examples:\n  gpumlp train\n", outcome.Out);
    }

    [Theory]
    [InlineData("")]
    [InlineData("train")]
    [InlineData("sweep")]
    [InlineData("grid")]
    [InlineData("convert")]
    [InlineData("completion")]
    [InlineData("bench")]
    [InlineData("devices")]
    [InlineData("gradcheck")]
    public void HelpFits80ColumnsAndBreaksBetweenWords(string verb)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"{verb} -h"), noVerb = Gpumlp.Run("");
        Assert.Equal(0, outcome.ExitCode);
        string help = verb == "" ? outcome.Out + noVerb.Error : outcome.Out;
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 80 || !line.Trim().Contains(' '), line));
        if (verb == "") return;
        Assert.Contains($"  {verb} ", noVerb.Error, StringComparison.Ordinal);
        Assert.Contains("\nUsage: gpumlp " + verb, help, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpIsAVerbToo()
    {
        Gpumlp.Outcome asVerb = Gpumlp.Run("help grid"), asOption = Gpumlp.Run("grid -h");
        Assert.Equal((0, asOption.Out), (asVerb.ExitCode, asVerb.Out));
        Assert.Equal((0, Gpumlp.Run("-h").Out), (Gpumlp.Run("help").ExitCode, Gpumlp.Run("help").Out));
    }

    [Fact]
    public void AParagraphHasEveryWordOnceAndLinesThatAreAsLongAsTheyMayBe()
    {
        string text = "one two three, four five-and-twenty-blackbirds six; 7 8 9 10 11 12 13 14";
        string[] lines = [.. Paragraph.Wrap("  --a  ", text, 20, 7, " \\")];
        Assert.Equal(
        [
            "  --a  one two \\",
            "       three, four \\",
            "       five-and-twenty-blackbirds \\",
            "       six; 7 8 9 \\",
            "       10 11 12 13 \\",
            "       14",
        ], lines);
        Assert.Equal(["", "  x"], [.. Paragraph.Wrap("", "", 80), .. Paragraph.Wrap("  ", "x", 80)]);
    }

    [Fact]
    public void DevicesListsWhatThereIsAndWhatIsLeftOut()
    {
        Gpumlp.Outcome table = Gpumlp.Run("devices"), json = Gpumlp.Run("devices --json");
        Assert.Equal((0, 0), (table.ExitCode, json.ExitCode));
        JsonElement devices = JsonDocument.Parse(json.Out).RootElement.GetProperty("devices");
        Assert.Equal(["cpu", "cpu:ilgpu"], devices.EnumerateArray().Take(2).Select(device => device.GetProperty("id").GetString()));
        foreach (JsonElement device in devices.EnumerateArray())
        {
            Assert.Contains(device.GetProperty("id").GetString()!, table.Out);
            if (device.GetProperty("excluded").GetString() is string reason) Assert.Contains($"excluded: {reason}", table.Out);
        }
    }

    [Fact]
    public void EverySettingOfAConfigHasAnOptionAndEveryOptionASetting()
    {
        IEnumerable<string> settings = typeof(TrainConfig).GetProperties().Where(property => property.CanWrite)
            .Select(property => property.Name.ToLowerInvariant());
        Assert.Equal(settings.Append("noheader").Order(), TrainOptions.All.Select(option => option.Name.Replace("-", "")).Order());
    }

    [Fact]
    public void EveryOptionSetsItsOwnSettingAndReadsWhatItPrints()
    {
        foreach (TrainOption option in TrainOptions.All)
        {
            string text = option.Name switch
            {
                "label" or "test" or "class-weight" or "features" or "ignore" or "derive" or "axes" or "fix" => "kind",
                "checkpoint-every" => "30s",
                "views" => "units,warp",
                "separator" => ";",
                "decimal" => ",",
                "thousands" => "'",
                "window" => "0:1,2:3",
                "size" => "640x480",
                "samples" or "data-seed" or "validate-every" or "patience" or "folds" or "checkpoint-every" => "7",
                "noise" or "momentum" or "weight-decay" or "clip" or "validation" => "0.25",
                _ => option.Text(new TrainConfig())!,
            };
            TrainConfig config = option.Parse(text)(new TrainConfig());
            Assert.Equal(text, option.Text(config));
            Assert.Equal(config, option.Parse(text)(config));
            string other = option.Takes is null ? "true" : option.Name switch
            {
                "data" => "xor",
                "rng" => "numpy",
                "net" => "2-3-1",
                "activation" => "tanh",
                "init" => "he",
                "loss" => "bce-torch",
                "optimizer" => "adam",
                "momentum" or "validation" => "0.5",
                "schedule" => "cosine",
                "engine" => "layers",
                "api" => "modules",
                "device" => "cpu",
                "style" => "notebook",
                "format" => "svg",
                "views" => "weights",
                "label" => "other",
                "missing" => "drop",
                "decimal" => ".",
                "window" => "0:9,0:9",
                "size" => "1024x768",
                _ => "3",
            };
            Assert.NotEqual(config, option.Parse(other)(config));
        }
    }
}
