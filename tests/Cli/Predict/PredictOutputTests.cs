using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Predict;

/// <summary>Where predictions are written, and what is said of rows that have none.</summary>
public sealed class PredictOutputTests : IDisposable
{
    readonly ScratchFolder folder = new();
    readonly string model;

    public PredictOutputTests()
    {
        Gpumlp.Run("train --device cpu --steps 20 --no-plots --quiet --out", folder.File("run"));
        model = folder.File("run/model.safetensors");
        File.WriteAllText(folder.File("rows.csv"), "1,2\n3e38,-3e38\n0.5,1\n");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("run/model.safetensors", "is a file that this command reads; name another")]
    [InlineData("rows.csv", "is a file that this command reads; name another")]
    [InlineData("link.csv", "is a file that this command reads; name another")]
    [InlineData("predicted.npy", "predictions are written as CSV; name a .csv file, or - for stdout")]
    [InlineData("predicted.csv.gz", "predictions are written as CSV; name a .csv file, or - for stdout")]
    public void OtherFilesAreRefused(string output, string message)
    {
        if (output == "link.csv") File.CreateSymbolicLink(folder.File(output), folder.File("rows.csv"));
        byte[] before = File.ReadAllBytes(model);
        Gpumlp.Outcome outcome = Gpumlp.Run($"predict {model} --force --data", folder.File("rows.csv"), "--out", folder.File(output));
        Assert.Equal((2, $"gpumlp: --out {folder.File(output)}: {message}"), (outcome.ExitCode, outcome.Error.Trim()));
        Assert.Equal(before, File.ReadAllBytes(model));
        Assert.StartsWith("1,2\n", File.ReadAllText(folder.File("rows.csv")));
    }

    [Fact]
    public void OutputsThatAreNotFiniteAreCounted()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"predict {model} --device cpu --out - --data", folder.File("rows.csv"));
        Assert.Equal((0, 4), (outcome.ExitCode, outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("1 row has outputs that are not finite: features are too large for the model's float32", outcome.Error);

        File.WriteAllText(folder.File("judged.csv"), "1,2,0\n3e38,-3e38,1\n0.5,1,1\n");
        outcome = Gpumlp.Run($"evaluate {model} --device cpu --data", folder.File("judged.csv"));
        Assert.Contains("loss not finite", outcome.Out);
        Assert.Contains("1 of 3 outputs are not finite: features are too large for the model's float32", outcome.Error);
    }

    // n.csv by a model of a table with a missing value
    Gpumlp.Outcome PredictNew(string missing)
    {
        File.WriteAllText(folder.File("d.csv"), "a,b,c\n1,2,x\n,3,y\n4,1,x\n2,5,y\n");
        string train = $"train --device cpu --steps 5 --no-plots --quiet --missing {missing} --data";
        Assert.Equal(0, Gpumlp.Run(train, folder.File("d.csv"), "--out", folder.File("m")).ExitCode);
        return Gpumlp.Run($"predict {folder.File("m/model.safetensors")} --device cpu --out - --data", folder.File("n.csv"));
    }

    [Fact]
    public void RowsThatAllLackAValueHaveEmptyLines()
    {
        File.WriteAllText(folder.File("n.csv"), "a,b\n,1\n2,\n");
        Gpumlp.Outcome outcome = PredictNew("drop");
        Assert.Equal((0, "class,p(x),p(y)\n,,\n,,\n"), (outcome.ExitCode, outcome.Out));
        Assert.Contains("2 rows lack a value", outcome.Error);
    }

    [Fact]
    public void EachRowHasALineAlsoOneOfSeparatorsAlone()
    {
        File.WriteAllText(folder.File("n.csv"), "a,b\n1,2\n,\n\n,2.75\n\n");
        Gpumlp.Outcome outcome = PredictNew("mean");
        string[] lines = outcome.Out.Split('\n');
        Assert.Equal((0, 5, lines[3]), (outcome.ExitCode, lines.Length, lines[2]));
        Assert.Contains("1 line among the rows is blank or a comment and has no prediction", outcome.Error);
    }

    [Fact]
    public void WhatIsWrittenBeforeAFailureEndsWithAWholeLine()
    {
        File.WriteAllText(folder.File("n.csv"), string.Concat(Enumerable.Repeat("1,2\n", 40_000)) + "1,z\n");
        Gpumlp.Outcome outcome = Gpumlp.Run($"predict {model} --device cpu --out - --data", folder.File("n.csv"));
        string[] lines = outcome.Out.Split('\n');
        Assert.Equal((2, ""), (outcome.ExitCode, lines[^1]));
        Assert.InRange(lines.Length, 30_000, 40_002);
        Assert.All(lines[..^1], line => Assert.Equal(3, line.Split(',').Length));

        File.WriteAllText(folder.File("n.csv"), "1,2\nz,3\n");
        outcome = Gpumlp.Run($"predict {model} --device cpu --out - --data", folder.File("n.csv"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
    }

    [Fact]
    public void AFirstRowThatIsTakenForNamesIsSaidWhereItMayBeARow()
    {
        const string note = "the first row is taken for the columns' names: --no-header makes it a row";
        File.WriteAllText(folder.File("n.csv"), "1,z\n2,3\n");
        Gpumlp.Outcome outcome = Gpumlp.Run($"predict {model} --device cpu --out - --data", folder.File("n.csv"));
        Assert.Contains(note, outcome.ErrorLines);
        File.WriteAllText(folder.File("n.csv"), "a,b\n2,3\n");
        outcome = Gpumlp.Run($"predict {model} --device cpu --out - --data", folder.File("n.csv"));
        Assert.DoesNotContain(note, outcome.ErrorLines);
    }

    [Theory]
    [InlineData("data - --out -")]
    [InlineData("train --data - --out nowhere")]
    [InlineData("predict run/model.safetensors --data - --out -")]
    public void AStandardInputThatIsClosedIsNotWaitedFor(string arguments)
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp {arguments} <&-", folder.Path);
        Assert.Equal((2, "gpumlp: the standard input is closed"), (outcome.ExitCode, outcome.ErrorLines[^1]));
    }

    [Fact]
    public void AWorkingDirectoryThatIsGoneIsNamed()
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell("mkdir gone && cd gone && rmdir ../gone && exec $gpumlp devices", folder.Path);
        Assert.Equal((2, "gpumlp: the working directory is no longer there; change to another folder"),
            (outcome.ExitCode, outcome.Error.Trim()));
    }
}
