using System.Diagnostics;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>
/// --checkpoint-every and --resume: a run that is stopped, killed or made longer ends in the files of one that never stopped.
/// </summary>
public sealed class ResumeTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    Gpumlp.Outcome Train(string line, int exitCode = 0)
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp train --device cpu {line}", folder.File("."));
        Assert.True(exitCode == outcome.ExitCode, $"{line}: {outcome}");
        return outcome;
    }

    byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));

    void Same(string run, string other, params string[] more)
    {
        foreach (string file in (string[])["losses.csv", "model.safetensors", .. more])
            Assert.True(Bytes($"{run}/{file}").SequenceEqual(Bytes($"{other}/{file}")), file);
    }

    [Fact]
    public void ALongerRunHasTheFilesOfOneThatNeverStopped()
    {
        const string Run = "--samples 80 --net 2-5-1 --optimizer adam --snapshot-every 100";
        Train($"{Run} --steps 450 --out whole");
        Train($"{Run} --steps 230 --checkpoint-every 100 --out part");
        Train("--resume part --steps 450 --engine layers");
        Same("whole", "part", "boundary.png", "boundary.gif", "frames/boundary-000100.png", "frames/boundary-000400.png");
        Train("--resume part");                                        // a finished run writes the same files again
        Same("whole", "part", "boundary.png", "boundary.gif");
        Train("--resume part/checkpoint.safetensors --out other --no-plots");
        Same("whole", "other");
        Assert.True(File.Exists(folder.File("other/checkpoint.safetensors")));
        Train("--samples 80 --net 2-3-1 --steps 10 --no-plots --out other --force");
        Assert.False(File.Exists(folder.File("other/checkpoint.safetensors")), "a new run leaves no checkpoint of the old");
    }

    [Fact]
    public void AKilledRunGoesOn()
    {
        const string Run = "--samples 80 --net 2-16-16-1 --no-plots --validation 0.25 --steps 150000";
        Train($"{Run} --out whole");
        string command = $"exec $gpumlp train --device cpu --quiet {Run} --checkpoint-every 0.01s --out part";
        int before = 0, kills = Environment.GetEnvironmentVariable("GPUMLP_SOAK") == "1" ? 100 : 3;
        var random = new Random(3);
        for (int k = 0; k < kills; k++)
        {
            using Process process = Gpumlp.StartShell(command, folder.File("."));
            long start = Stopwatch.GetTimestamp();
            while (!File.Exists(folder.File("part/checkpoint.safetensors")) && Stopwatch.GetElapsedTime(start).TotalSeconds < 60)
                Thread.Sleep(1);
            Thread.Sleep(random.Next(400));
            process.Kill();
            process.WaitForExit();
            int steps = StoredCheckpoint.Read(folder.File("part")).State.Steps;
            Assert.InRange(steps, Math.Max(before, 1), 150_000);
            before = steps;
            command = "exec $gpumlp train --device cpu --quiet --resume part";
        }
        Train("--resume part");
        Same("whole", "part");
    }

    [Theory]
    [InlineData("--resume part --lr 0.5", "--lr 0.5: the run that goes on has 0.01; leave it out, or begin a new run")]
    [InlineData("--resume part --net 2-6-1", "--net 2-6-1: the run that goes on has 2-5-1")]
    [InlineData("--resume part --steps 5", "--steps 5: the checkpoint is after 20 steps")]
    [InlineData("--resume part --config part/run.json", "--config part/run.json: --resume has the run's settings; leave it out")]
    [InlineData("--resume part/checkpoint.safetensors", "is a file: say with --out where the run goes on, or name the run's folder")]
    [InlineData("--resume part/model.safetensors --out x", "part/model.safetensors: is no checkpoint")]
    [InlineData("--resume nothing", "nothing: there is no such file")]
    [InlineData("--resume without", "without/checkpoint.safetensors: there is none; the run was begun without --checkpoint-every")]
    [InlineData("--checkpoint-every 0", "--checkpoint-every 0: allowed are a number of steps from 1, or of seconds as 30s")]
    [InlineData("--checkpoint-every 5 --api modules", "--checkpoint-every 5: --api modules runs")]
    public void WhatWouldBeAnotherRunIsRefused(string line, string message)
    {
        Train("--samples 40 --net 2-5-1 --steps 20 --checkpoint-every 10 --no-plots --out part");
        Directory.CreateDirectory(folder.File("without"));
        Assert.Contains(message, Train(line, exitCode: 2).Error);
        Assert.False(Directory.Exists(folder.File("x")));
    }

    [Fact]
    public void AScheduleThatGoesByTheStepsKeepsThem()
    {
        Train("--samples 40 --net 2-5-1 --steps 20 --schedule cosine --checkpoint-every 10 --no-plots --out part");
        Assert.Contains("--steps 40: --schedule cosine goes by the 20 steps that the run began with",
            Train("--resume part --steps 40", exitCode: 2).Error);
    }

    [Fact]
    public void OtherDataAndDamagedFilesAreRefused()
    {
        File.WriteAllText(folder.File("d.csv"), "x,y,label\n0,0.5,no\n1,0.25,yes\n0.75,2,yes\n-1,0,no\n");
        Train("--data d.csv --net 2-5-1 --steps 20 --checkpoint-every 10 --no-plots --out part");
        File.AppendAllText(folder.File("d.csv"), "3,3,yes\n");
        Assert.Contains("is not the checkpoint's data (4 rows, hash ", Train("--resume part", exitCode: 2).Error);
        using (FileStream losses = File.OpenWrite(folder.File("part/checkpoint.losses"))) losses.WriteByte(77);
        Assert.Contains("checkpoint.losses: its first 20 numbers are not those that", Train("--resume part", exitCode: 2).Error);
        File.Delete(folder.File("part/checkpoint.losses"));
        Assert.Contains("checkpoint.losses: is missing, and part/checkpoint.safetensors needs it",
            Train("--resume part", exitCode: 2).Error);
    }

    [Fact]
    public void ADefaultOfPicturesGivesWay()
    {
        Gpumlp.Outcome outcome = Train("--samples 40 --net 2-2-1 --steps 600000 --out long");
        Assert.Contains("a picture is drawn every 5,000 steps; --snapshot-every says otherwise", outcome.Error);
        Assert.Equal(121, Directory.GetFiles(folder.File("long/frames")).Length);
        Assert.Contains("at most 2,000 are drawn", Train("--steps 600000 --snapshot-every 250 --out no", exitCode: 2).Error);
    }
}
