using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>What is refused of shards: numbers, environments, and folders that hold something else.</summary>
public class ShardInputTests
{
    const string Options = "--device cpu --samples 20 --steps 5 --no-plots --seeds 0..9";

    // the environment without a scheduler's variables, then with these
    static ChildProcess.Result Run(string environment, params string[] arguments)
    {
        string[] names =
            ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "JOB_COMPLETION_INDEX"];
        Dictionary<string, string> variables = names.ToDictionary(name => name, _ => "");
        foreach (string pair in environment.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            variables[pair.Split('=')[0]] = pair.Split('=')[1];
        return ChildProcess.Gpumlp(variables, ["sweep", .. Options.Split(' '), .. arguments]);
    }

    [Theory]
    [InlineData("8/8", "--shard 8/8: part K of 8 is a whole number from 0 to 7")]
    [InlineData("-1/8", "--shard -1/8: part K of 8")]
    [InlineData("0/0", "--shard 0/0: allowed are K/N, as 0/8, auto, and auto/N")]
    [InlineData("3", "--shard 3: allowed are K/N")]
    [InlineData("a/b/c", "--shard a/b/c: allowed are K/N")]
    [InlineData("auto", "--shard auto: SLURM_ARRAY_TASK_ID is not set, nor is JOB_COMPLETION_INDEX")]
    [InlineData("auto/8", "--shard auto/8: SLURM_ARRAY_TASK_ID is not set, nor is JOB_COMPLETION_INDEX")]
    [InlineData("auto", "JOB_COMPLETION_INDEX=3 does not say how many parts there are", "JOB_COMPLETION_INDEX=3")]
    [InlineData("auto/8", "SLURM_ARRAY_TASK_ID=2 and JOB_COMPLETION_INDEX=3 say two things",
        "JOB_COMPLETION_INDEX=3 SLURM_ARRAY_TASK_ID=2")]
    [InlineData("auto/8", "SLURM_ARRAY_TASK_ID=8, and the parts are 0 to 7 (for Slurm: --array=0-7)", "SLURM_ARRAY_TASK_ID=8")]
    [InlineData("auto/8", "JOB_COMPLETION_INDEX=x is no whole number", "JOB_COMPLETION_INDEX=x")]
    [InlineData("auto", "SLURM_ARRAY_TASK_COUNT is not set", "SLURM_ARRAY_TASK_ID=2")]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=5, SLURM_ARRAY_TASK_MIN=3, SLURM_ARRAY_TASK_MAX=5, SLURM_ARRAY_TASK_COUNT=2 is no whole array",
        "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5")]
    public void WrongNumbersAreNamed(string shard, string message, string environment = "")
    {
        using var folder = new ScratchFolder();
        ChildProcess.Result result = Run(environment, "--shard", shard, "--out", folder.File("parts"));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4",
        "shard-2-of-4.rows")]
    [InlineData("auto/8", "SLURM_ARRAY_TASK_ID=3", "shard-3-of-8.rows")]
    [InlineData("auto/8", "JOB_COMPLETION_INDEX=7", "shard-7-of-8.rows")]
    [InlineData("auto/8", "JOB_COMPLETION_INDEX=7 SLURM_ARRAY_TASK_ID=7", "shard-7-of-8.rows")]
    public void ASchedulersVariablesSayWhichPart(string shard, string environment, string file)
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Run(environment, "--shard", shard, "--out", folder.File("parts")).ExitCode);
        Assert.Equal([file], Directory.GetFiles(folder.File("parts")).Select(Path.GetFileName));
    }

    [Fact]
    public void WithoutTheOptionTheyAreOnlyNamed()
    {
        using var folder = new ScratchFolder();
        ChildProcess.Result result = Run("SLURM_ARRAY_TASK_ID=3", "--out", folder.File("whole"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("SLURM_ARRAY_TASK_ID=3: this task trains all networks; with --shard auto/N it trains its part", result.Error);
        Assert.Equal(11, File.ReadAllLines(folder.File("whole/sweep.csv")).Length);
    }

    [Fact]
    public void APartOfAnotherSweepIsRefusedByNameUnlessItIsToBeReplaced()
    {
        using var folder = new ScratchFolder();
        string parts = folder.File("parts");
        Sweeps.Shard(Options, "0/2", parts);
        Gpumlp.Outcome other = Gpumlp.Run($"sweep {Options} --lr 0.5 --shard 0/2 --out", parts);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("shard-0-of-2.rows is another sweep's: --lr is not given there and 0.5 here; name another folder", other.Error);
        other = Gpumlp.Run($"sweep {Options} --lr 0.5 --shard 1/2 --out", parts);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("shard-0-of-2.rows beside it is another sweep's: --lr is not given there and 0.5 here; name", other.Error);
        Assert.Equal(["shard-0-of-2.rows"], Directory.GetFiles(parts).Select(Path.GetFileName));
        Sweeps.Shard($"{Options} --lr 0.5 --force", "1/2", parts);
        Gpumlp.Outcome merge = Gpumlp.Run("sweep --merge", parts);
        Assert.Equal(2, merge.ExitCode);
        Assert.Contains("shard-1-of-2.rows is of another sweep than shard-0-of-2.rows: --lr is 0.5 there and not given", merge.Error);
        Assert.Equal(0, Gpumlp.Run($"sweep {Options} --force --shard 1/2 --out", parts).ExitCode);
        Sweeps.Merge(parts);
    }

    [Fact]
    public void AFinishedSweepIsNoFolderForParts()
    {
        using var folder = new ScratchFolder();
        Sweeps.Run(Options, folder.File("whole"));
        string[] before = Tree.Contents(folder.Path);
        Gpumlp.Outcome part = Gpumlp.Run($"sweep {Options} --shard 0/2 --out", folder.File("whole"));
        Assert.Equal(2, part.ExitCode);
        Assert.Contains("an earlier run is in it, which --merge would replace", part.Error);
        Assert.Equal(before, Tree.Contents(folder.Path));
    }

    [Fact]
    public void DataThatChangedIsAnotherSweep()
    {
        using var folder = new ScratchFolder();
        string file = folder.File("points.csv"), options = $"--device cpu --steps 5 --no-plots --data {file} --seeds 0..1";
        File.WriteAllText(file, "x,y,label\n0,0,0\n1,1,1\n0,1,0\n");
        Sweeps.Shard(options, "0/2", folder.File("parts"));
        File.WriteAllText(file, "x,y,label\n0,0,0\n1,1,1\n0,2,0\n");
        Gpumlp.Outcome other = Gpumlp.Run($"sweep {options} --shard 0/2 --out", folder.File("parts"));
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("is another sweep's: the data's hash is ", other.Error);
        Sweeps.Shard($"{options} --force", "1/2", folder.File("parts"));
        Assert.Equal(2, Gpumlp.Run("sweep --merge", folder.File("parts")).ExitCode);
    }

    [Fact]
    public void MissingAndUnfinishedAndDoubledPartsAreNamed()
    {
        using var folder = new ScratchFolder();
        string parts = folder.File("parts");
        foreach (int number in (int[])[0, 2]) Sweeps.Shard(Options, $"{number}/4", parts);
        Gpumlp.Outcome merge = Gpumlp.Run("sweep --merge", parts);
        Assert.Equal(1, merge.ExitCode);
        Assert.Contains("are not complete; missing: shard-1-of-4.rows, shard-3-of-4.rows. Start", Assert.Single(merge.ErrorLines));
        Assert.Equal(["shard-0-of-4.rows", "shard-2-of-4.rows"], Directory.GetFiles(parts).Select(Path.GetFileName).Order());

        File.Copy(Path.Combine(parts, "shard-0-of-4.rows"), Path.Combine(parts, "shard-1-of-4.rows"));
        merge = Gpumlp.Run("sweep --merge", parts);
        Assert.Equal(2, merge.ExitCode);
        Assert.Contains("shard-1-of-4.rows holds part 0/4, which is doubled or renamed", merge.Error);
        Gpumlp.Outcome shard = Gpumlp.Run($"sweep {Options} --shard 1/4 --out", parts);
        Assert.Equal(2, shard.ExitCode);
        Assert.Contains("holds part 0: it was copied or renamed; move it away", shard.Error);
        File.Delete(Path.Combine(parts, "shard-1-of-4.rows"));

        Sweeps.Shard($"{Options} --force", "1/3", parts);
        merge = Gpumlp.Run("sweep --merge", parts);
        Assert.Equal(2, merge.ExitCode);
        Assert.Contains("shard-1-of-3.rows is of another sweep than shard-0-of-4.rows: it is one of 3 parts there, and of 4", merge.Error);
    }

    [Fact]
    public void AFileThatIsNoShardStays()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.File("parts"));
        File.WriteAllText(folder.File("parts/shard-0-of-2.rows"), "my own notes");
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {Options} --force --shard 0/2 --out", folder.File("parts"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("shard-0-of-2.rows is no shard of a sweep; move it away", outcome.Error);
        outcome = Gpumlp.Run("sweep --merge", folder.File("parts"));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("shard-0-of-2.rows is no shard of a sweep; move it away", outcome.Error);
        Assert.Equal("my own notes", File.ReadAllText(folder.File("parts/shard-0-of-2.rows")));
    }

    [Theory]
    [InlineData("--merge nowhere", "--merge nowhere: there is no such folder")]
    [InlineData("--merge . --lr 0.1", "--lr does not go with --merge: the shards say what the sweep is")]
    [InlineData("--shard 0/2", "--shard 0/2: --out DIR is needed")]
    [InlineData("--shard 0/2 --out parts --json", "--shard 0/2: --json goes with --merge")]
    [InlineData("--lr log:1e-4..1", "--lr log:1e-4..1: a range without :COUNT is drawn from: --random N says how often")]
    [InlineData("--lr log:1e-4..1:64 --random 5", "--random 5: there is no range to draw from")]
    [InlineData("--lr log:1e-4..1 --random 0", "--random 0: a number of draws from 1, or N:SEED")]
    [InlineData("--lr log:0..1:5", "--lr log:0..1:5: a logarithmic scale goes through positive numbers")]
    [InlineData("--lr lin:0..1:5", "--lr 0: a learning rate is a positive number")]
    [InlineData("--lr log:1e-4:5", "--lr log:1e-4:5: a range is lin:FIRST..LAST:COUNT or log:FIRST..LAST:COUNT")]
    [InlineData("--lr log:1e-4..1:1", "--lr log:1e-4..1:1: a range has 2 to 1,000,000 values")]
    [InlineData("--lr log:1e-4..1,0.5 --random 5", "--lr log:1e-4..1,0.5: a range to draw from stands alone")]
    [InlineData("--lr log:1e-4..1 --random 1000000000 --seeds 0..999",
        "--random (1,000,000,000) × --seeds (1,000) makes 1,000,000,000,000 networks; at most 1,000,000,000 are allowed")]
    [InlineData("--seeds 0..999999,1000..2000000", "1000 stands there twice")]
    [InlineData("--top 0", "--top 0: a whole number from 1 to 1,000")]
    [InlineData("--block 0", "--block 0: a whole number from 1 to 1,000,000")]
    public void BadOptionsAreNamed(string options, string message)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {options}");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
    }
}
