using System.Diagnostics;
using GpuMlp.Records;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>Runs that are killed at random times while they write checkpoints, and go on.</summary>
static class Kills
{
    const string Options = "--samples 60 --net 2-5-1 --optimizer adam --device cpu --engine layers --snapshot-every 500 --no-plots";

    /// <summary>Kills one run a number of times: after each there is a readable checkpoint, not older than the one before.</summary>
    public static void Of(ScratchFolder folder, int count, int seed)
    {
        var random = new Random(seed);
        string run = folder.File("run");
        int steps = 0, killed = 0;
        for (int k = 0; k < count; k++)
        {
            string from = steps == 0 ? $"{Options} --steps 100000000 --checkpoint-every {random.Next(20, 400)} --force --out" : "--resume";
            using Process process = Gpumlp.Start($"train --quiet {from}", run);
            // while it starts, at its first checkpoints, and later
            if (random.Next(4) > 0)
                while (StepsSoFar(run) <= steps && !process.HasExited) Thread.Sleep(1);
            Thread.Sleep(random.Next(0, random.Next(2) == 0 ? 30 : 300));
            process.Kill();
            process.WaitForExit();
            int now = Steps(run);
            Assert.True(now >= steps, $"kill {k}: after {now} steps, after {steps} before");
            string[] there = Directory.Exists(run) ? Tree.Names(run) : [];
            string[] wrong = [.. there.Where(name => !name.Split('/').Any(part => part.StartsWith('.')) && !IsOfCheckpoint(name))];
            Assert.Empty(wrong);
            if (now > steps) killed++;
            steps = now;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} kills, {killed} after a new checkpoint, {steps:N0} steps");
        Assert.InRange(killed, count / 3, count);
        Gpumlp.Outcome end = Gpumlp.Run($"train --quiet --resume {run} --steps {steps + 100}");
        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(0, Gpumlp.Run($"train --quiet {Options} --steps {steps + 100} --out", folder.File("whole")).ExitCode);
        foreach (string name in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(run, name)), File.ReadAllBytes(folder.File($"whole/{name}")));
        Assert.All(Tree.Names(run), name => Assert.False(name.StartsWith('.'), name));
    }

    static bool IsOfCheckpoint(string name) =>
        name is StoredCheckpoint.FileName or StoredCheckpoint.LossesName or StoredCheckpoint.SnapshotsName;

    // a file that is just being put in its place cannot be read
    static int StepsSoFar(string run)
    {
        try { return Steps(run); }
        catch (IOException) { return 0; }
    }

    static int Steps(string run) =>
        File.Exists(Path.Combine(run, StoredCheckpoint.FileName)) ? StoredCheckpoint.Read(run).State.Steps : 0;
}
