using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Shell;

/// <summary>stdout and stderr as shells hand them over (closed, full, without a reader), and what is written to them.</summary>
public class StreamsTests
{
    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("2> >(true)")]
    [InlineData("<&- >&- 2>&-")]
    [InlineData(">/dev/full")]
    public void WhatIsToldOfARunMayBeLostAndTheRunIsNot(string redirection)
    {
        NeedFull();
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp train --steps 20 --snapshot-every 10 --out run {redirection}", folder.Path);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(20, LossesCsv.Read(folder.File("run/losses.csv")).Length);
        string[] expected =
        [
            "boundary.gif", "boundary.png", "confusion.png", "data.png", "loss.png", "losses.csv", "model.safetensors", "roc.png",
            "run.json",
        ];
        Assert.Equal(expected, Directory.GetFiles(folder.File("run")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("sweep --seeds 0..1 --steps 20 --no-plots --out run", 0)]
    [InlineData("gradcheck --net 2-2-1", 0)]
    [InlineData("train --bogus", 2)]
    [InlineData("grid nowhere --size 2x2 --out g.npy", 2)]
    [InlineData("", 2)]
    [InlineData("train --device cuda:77 --out run", 3)]
    [InlineData("train --loss bce-logits --lr 1e9 --out run", 4)]
    public void TheExitCodeIsTheSameWithoutStderr(string arguments, int exitCode)
    {
        NeedFull();
        using var folder = new ScratchFolder();
        foreach (string redirection in (string[])["2>&-", "2>/dev/full"])
        {
            Assert.Equal(exitCode, Gpumlp.Shell($"$gpumlp {arguments} {redirection}", folder.Path).ExitCode);
            if (Directory.Exists(folder.File("run"))) Directory.Delete(folder.File("run"), true);
        }
    }

    [Theory]
    [InlineData("devices")]
    [InlineData("devices --json")]
    [InlineData("train -h")]
    [InlineData("--version")]
    [InlineData("gradcheck --net 2-2-1")]
    [InlineData("gradcheck --net 2-2-1 --json")]
    [InlineData("train --quiet --steps 20 --no-plots --json --out")]
    public void AResultThatCannotBeWrittenIsAFailureWithOneMessage(string arguments)
    {
        NeedFull();
        using var folder = new ScratchFolder();
        foreach (string redirection in (string[])[">/dev/full", ">&-"])
        {
            string output = arguments.EndsWith("--out", StringComparison.Ordinal) ? $"run{redirection.Length}" : "";
            Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp {arguments} {output} {redirection}", folder.Path);
            Assert.Equal(1, outcome.ExitCode);
            string[] errors = [.. outcome.ErrorLines.Where(line => !line.StartsWith("device ", StringComparison.Ordinal))];
            Assert.StartsWith("gpumlp: stdout cannot be written: ", Assert.Single(errors));
            if (output.Length > 0) Assert.True(File.Exists(folder.File($"{output}/run.json")));
        }
    }

    [Fact]
    public void AGridForStdoutNeedsOneAndAReaderMayGoAway()
    {
        NeedFull();
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Shell("$gpumlp train --steps 0 --no-plots --quiet --out run", folder.Path).ExitCode);
        const string Grid = "$gpumlp grid run/model.safetensors --quiet --size 500x500 --out -";
        foreach (string redirection in (string[])[">/dev/full", ">&-"])
        {
            Gpumlp.Outcome outcome = Gpumlp.Shell($"{Grid} {redirection}", folder.Path);
            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith("gpumlp: stdout cannot be written: ", Assert.Single(outcome.ErrorLines));
        }
        Gpumlp.Outcome gone = Gpumlp.Shell($"set -o pipefail; {Grid} | head -c 6", folder.Path);
        Assert.Equal((0, ""), (gone.ExitCode, gone.Error));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void WhereFewFilesMayBeOpenTheProgramSaysSo(int files)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Shell($"ulimit -n {files}; exec $gpumlp train --quiet --steps 20 --out run", folder.Path);
        if (outcome.ExitCode == 0) return;                                                      // so few files may be enough elsewhere
        Assert.InRange(outcome.ExitCode, 1, 5);
        Assert.Contains("ulimit -n", Assert.Single(outcome.ErrorLines));
        Assert.DoesNotContain("run.json", folder.Names);
    }

    [Theory]
    [InlineData("a\e[2Jb", @"a\x1b[2Jb")]
    [InlineData("\0\a\b\t\n\r\x7f", @"\x00\x07\x08\x09\x0a\x0d\x7f")]
    [InlineData("\u0085\u009b", @"\x85\x9b")]
    [InlineData("\u202efdp\u2066\u2028\u200b\ufeff", @"\u202efdp\u2066\u2028\u200b\ufeff")]
    [InlineData("Größe µ 学 😀", "Größe µ 学 😀")]
    public void WhatActsOnATerminalIsShownByItsNumber(string text, string plain)
    {
        Assert.Equal(plain, Terminal.Plain(text));
        Assert.Equal(["x", plain], Terminal.Columns([["x"], [text]]));
    }

    [Fact]
    public void ALineHasAnEnd() => Assert.InRange(Terminal.Plain(new string('x', 1_000_000)).Length, 4200, 5001);

    [Theory]
    [InlineData("x,y\u001b]0;t\u0007,label\n1,2,0\n1,oops,1\n", "'oops' in column 'y]0;t'")]
    [InlineData("x,y,label\n1,2,0\n1,\u001b[31mred,1\n", "'[31mred' in column 'y'")]
    [InlineData("x,y,label\n1,2,0\n1,LONG,1\n",
        "'LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL…' in column 'y' is not a number")]
    [InlineData("LONG,y,label\n1,2,0\nz,1,1\n",
        "'z' in column 'LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL…' is not a number")]
    public void FieldsOfAFileAreShownPlainAndShort(string text, string message)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), text.Replace("LONG", new string('L', 1_000_000)));
        Gpumlp.Outcome outcome = Gpumlp.Run("train --data", $"csv:{folder.File("d.csv")}", "--out", folder.File("run"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        Assert.InRange(outcome.Error.Length, 1, 500);
        Assert.DoesNotContain(outcome.Error.TrimEnd('\n'), char.IsControl);
    }

    [Fact]
    public void LongSettingsKeysAndNamesAreCutInEveryMessage()
    {
        using var folder = new ScratchFolder();
        string name = new('n', 500_000), columns = string.Join(',', Enumerable.Range(0, 10_000).Select(k => $"column{k}"));
        File.WriteAllText(folder.File("key.json"), "{\"config\": {\"" + name + "\": 1}}");
        File.WriteAllText(folder.File("value.json"), "{\"config\": {\"net\": \"2-" + name + "-1\"}}");
        File.WriteAllText(folder.File("many.csv"), $"{columns}\n{string.Join(',', Enumerable.Repeat("0", 10_000))}\n");
        string longOption = name[..100_000];
        string[] all =
        [
            $"--config {folder.File("key.json")}",
            $"--config {folder.File("value.json")}",
            $"--net {longOption}",
            $"--device {longOption}",
            $"--label none --data csv:{folder.File("many.csv")}",
        ];
        foreach (string arguments in all)
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"train {arguments} --out", folder.File("run"));
            Assert.Equal(2, outcome.ExitCode);
            Assert.InRange(Assert.Single(outcome.ErrorLines).Length, 1, 1000);
        }
    }

    [Fact]
    public void TheNameOfAFolderIsShownPlainInTheResultToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("train --steps 1 --no-plots --out", folder.File("a\e[31mb"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(@"a\x1b[31mb", outcome.Out);
        Assert.DoesNotContain('\e', outcome.Out);
    }

    static void NeedFull() => Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
}
