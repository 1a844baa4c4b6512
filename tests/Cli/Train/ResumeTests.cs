using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>Runs of gpumlp train that stop and go on: the same files as those of the run that never stopped.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    Gpumlp.Outcome Train(string line, int exitCode = 0)
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp train {line}", folder.Path);
        Assert.True(outcome.ExitCode == exitCode, $"{line}: {outcome.ExitCode} {outcome.Error}");
        return outcome;
    }

    byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));

    static readonly string[] checkpoint = [StoredCheckpoint.FileName, StoredCheckpoint.LossesName, StoredCheckpoint.SnapshotsName];

    // the files but the checkpoint's, whose config has other steps and devices; run.json without times and devices
    void Same(string whole, string resumed)
    {
        string[] names = [.. Tree.Names(folder.File(whole)).Except(checkpoint)];
        Assert.Equal(names, Tree.Names(folder.File(resumed)).Except(checkpoint));
        foreach (string name in names.Where(name => name != "run.json"))
            Assert.True(Bytes($"{whole}/{name}").AsSpan().SequenceEqual(Bytes($"{resumed}/{name}")), name);
        Assert.Equal(Record(whole), Record(resumed));
    }

    string Record(string run)
    {
        JsonObject record = JsonNode.Parse(Bytes($"{run}/run.json"))!.AsObject();
        foreach (string name in (string[])["timings", "device", "engine", "engineReason", "outputs"]) record.Remove(name);
        foreach (string name in (string[])["engine", "device", "checkpointEvery"]) record["config"]!.AsObject().Remove(name);
        return record.ToJsonString();
    }

    [Theory]
    [InlineData("--samples 100 --net 2-5-1 --optimizer adam --snapshot-every 300", 700, "--engine layers")]
    [InlineData("--samples 100 --net 2-6-1 --rng numpy --batch 3 --engine layers --no-plots", 700, "--engine fused")]
    [InlineData("--samples 200 --noise 0.4 --validation 0.5 --validate-every 90 --patience 40 --optimizer nesterov --no-plots", 650, "")]
    [InlineData("--samples 200 --noise 0.4 --validation 0.5 --validate-every 20 --patience 2 --lr 0.3 --no-plots", 50, "")]
    [InlineData("--data blobs --net 2-6-3 --loss cross-entropy --standardize --clip 1 --warmup 20 --snapshot-every 0", 900, "")]
    public void ARunThatGoesOnWritesWhatOneThatNeverStoppedDoes(string options, int steps, string changed)
    {
        Train($"{options} --device cpu --steps 1000 --out whole");
        Train($"{options} --device cpu --steps {steps} --checkpoint-every 100 --out run");
        Train($"--resume run --steps 1000 {changed}");
        Same("whole", "run");
        string[] before = Tree.Contents(folder.File("run"));
        Train("--resume run --out ./run/");                                 // complete already: the same files again
        Assert.Equal(before.Where(IsNoRecord), Tree.Contents(folder.File("run")).Where(IsNoRecord));
        Same("whole", "run");
        Train("--resume run/checkpoint.safetensors --out other");
        Same("whole", "other");
        StoredCheckpoint one = StoredCheckpoint.Read(folder.File("run")), two = StoredCheckpoint.Read(folder.File("other"));
        Assert.Equal((one.State.Steps, one.State.Network), (two.State.Steps, two.State.Network));
        Assert.Equal(one.State.Parameters, two.State.Parameters);
        Assert.Equal(one.State.Optimizer, two.State.Optimizer);
        Assert.Equal(one.State.Validation, two.State.Validation);
        Assert.Equal(one.Losses, two.Losses);
        Assert.Equal(one.Snapshots, two.Snapshots);
    }

    static bool IsNoRecord(string line) => !line.StartsWith("run.json", StringComparison.Ordinal);

    [Fact]
    public void ARunGoesOnOnAnotherDevice()
    {
        DriverDevice.Need();
        const string options = "--samples 100 --net 2-5-1 --optimizer adam --no-plots";
        Train($"{options} --device cpu --steps 600 --out whole");
        Train($"{options} --device {DriverDevice.Id} --steps 250 --checkpoint-every 1s --out run");
        Train("--resume run --steps 600 --device cpu");
        Same("whole", "run");
    }

    [Theory]
    [InlineData("INT", 130, "--checkpoint-every 1000s --no-plots")]
    [InlineData("TERM", 143, "--snapshot-every 100000")]
    [InlineData("INT", 130, "--validation 0.2 --validate-every 700 --patience 100000 --optimizer adam --no-plots")]
    public void ASignalWritesACheckpoint(string signal, int exitCode, string more)
    {
        string options = $"--samples 100 --net 2-5-1 --device cpu --engine layers {more}";
        using Process process = Gpumlp.StartShell($"exec $gpumlp train {options} --steps 100000000 --out run", folder.Path);
        while (process.StandardError.ReadLine() is string line && !line.Contains("training", StringComparison.Ordinal)) { }
        Gpumlp.Interrupt(process, signal);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.EndsWith("goes on    with --resume run\n", outcome.Out);
        int steps = StoredCheckpoint.Read(folder.File("run")).State.Steps;
        Assert.InRange(steps, 1, 99_999_999);
        JsonNode record = JsonNode.Parse(Bytes("run/run.json"))!;
        Assert.Equal(checkpoint.Order(), record["outputs"]!.AsArray().Select(name => name!.ToString()).Where(checkpoint.Contains));
        // the checkpoint's steps are more than those of the record asked for now: what a run was is never cut
        string message = Train("--resume run --steps 1", 2).Error;
        Assert.Contains($"the checkpoint is after {steps:N0} steps".Replace('.', ','), message);
        Train($"--resume run --steps {steps + 1500}");
        Train($"{options} --steps {steps + 1500} --out whole");
        Same("whole", "run");
        Train($"--resume run --steps {steps + 1600}");                      // a run that went on can go on again
    }

    [Fact]
    public void KilledAtAnyTimeARunGoesOn() => Kills.Of(folder, count: 8, seed: 1);

    [Theory]
    [InlineData("--net 2-6-1", "--net 2-6-1: the run that goes on has 2-5-1; leave it out, or begin a new run")]
    [InlineData("--lr 0.5", "--lr 0.5: the run that goes on has 0.01")]
    [InlineData("--seed 9", "--seed 9: the run that goes on has 0")]
    [InlineData("--samples 40", "--samples 40: the run that goes on has 50")]
    [InlineData("--optimizer adam", "--optimizer adam: the run that goes on has sgd")]
    [InlineData("--batch 2", "--batch 2: the run that goes on has 1")]
    [InlineData("--steps 5", "--steps 5: the checkpoint is after 200 steps")]
    [InlineData("--config run/run.json", "--resume has the run's settings")]
    public void AChangedOptionIsNamed(string option, string message)
    {
        Train("--samples 50 --net 2-5-1 --steps 200 --no-plots --checkpoint-every 100 --out run");
        string[] before = Tree.Contents(folder.File("run"));
        Assert.Contains(message, Assert.Single(Train($"--resume run {option}", 2).ErrorLines));
        Assert.Equal(before, Tree.Contents(folder.File("run")));
    }

    [Fact]
    public void OtherFilesAreRefusedAndNothingIsWritten()
    {
        File.WriteAllText(folder.File("d.csv"), "x,y,label\n0,0.5,no\n1,0.25,yes\n0.75,2,yes\n-1,0,no\n");
        Train("--data csv:d.csv --net 2-4-1 --steps 60 --no-plots --checkpoint-every 50 --schedule cosine --out run");
        byte[] state = Bytes("run/checkpoint.safetensors"), losses = Bytes("run/checkpoint.losses");
        void Refused(string arguments, string message)
        {
            string[] before = Tree.Contents(folder.Path);
            Assert.Contains(message, Train(arguments, 2).ErrorLines[^1]);
            Assert.Equal(before, Tree.Contents(folder.Path));
        }
        void Changed(string name, byte[] bytes, string message)
        {
            byte[] whole = Bytes($"run/{name}");
            File.WriteAllBytes(folder.File($"run/{name}"), bytes);
            Refused("--resume run", message);
            File.WriteAllBytes(folder.File($"run/{name}"), whole);
        }
        Refused("--resume nowhere", "nowhere: there is no such file");
        Directory.CreateDirectory(folder.File("without"));
        File.WriteAllText(folder.File("without/note"), "");
        Refused("--resume without", "without/checkpoint.safetensors: there is none; a run of layers has one once stopped");
        Refused("--checkpoint-every 0", "--checkpoint-every 0: allowed are a number of steps from 1, or of seconds as 30s");
        Refused("--checkpoint-every 5 --api modules", "--checkpoint-every 5: --api modules runs");
        Refused("--resume run/checkpoint.safetensors", "is a file: say with --out where the run goes on");
        Refused("--resume run/model.safetensors --out new", "run/model.safetensors: is no checkpoint: it is a model");
        Refused("--resume run --steps 90", "--schedule cosine goes by the 60 steps that the run began with");
        Changed("checkpoint.safetensors", state[..^1], "run/checkpoint.safetensors: ");
        Assert.Contains("run/checkpoint.safetensors: is the state of a training that can go on, not a model",
            Gpumlp.Shell("$gpumlp convert run/checkpoint.safetensors a.npz", folder.Path).Error);
        byte[] flipped = [.. state[..^1], (byte)(state[^1] ^ 1)];
        Changed("checkpoint.safetensors", flipped, "run/checkpoint.safetensors: is damaged: its numbers' hash is ");
        byte[] newer = Encoding.Latin1.GetBytes(
            Encoding.Latin1.GetString(state).Replace("\"gpumlp-checkpoint\":\"1\"", "\"gpumlp-checkpoint\":\"2\""));
        Changed("checkpoint.safetensors", newer, "is a checkpoint of version '2'; this program reads 1");
        byte[] network = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(state).Replace("2-4-1", "2-9-1")
            .Replace("2-9-1 relu", "2-4-1 relu"));
        Changed("checkpoint.safetensors", network, "checkpoint.safetensors: the state is of ");
        Changed("checkpoint.losses", losses[..^4], "run/checkpoint.losses: has 236 bytes, ");
        Changed("checkpoint.losses", [.. losses[..^1], (byte)(losses[^1] ^ 1)], "run/checkpoint.losses: its first 60 numbers are not ");
        File.Move(folder.File("run/checkpoint.losses"), folder.File("away"));
        Refused("--resume run", "run/checkpoint.losses: is missing");
        File.Move(folder.File("away"), folder.File("run/checkpoint.losses"));
        File.AppendAllText(folder.File("run/checkpoint.losses"), "what a killed run wrote after the checkpoint");
        Train("--resume run");
        Assert.Equal(losses, Bytes("run/checkpoint.losses"));
        File.AppendAllText(folder.File("d.csv"), "3,3,yes\n");
        Refused("--resume run", "d.csv: is not the checkpoint's data (4 rows, hash ");
        Train("--data - --net 2-4-1 --steps 60 --no-plots --checkpoint-every 50 --out piped < d.csv");
        Train("--resume piped --data d.csv --steps 70");
        Train("--data d.csv --test d.csv --net 2-4-1 --steps 60 --no-plots --checkpoint-every 50 --out judged");
        File.WriteAllText(folder.File("d.csv"), File.ReadAllText(folder.File("d.csv")).Replace("3,3,yes", "3,4,yes"));
        Refused("--resume judged", "--test: its rows are not those that the checkpoint's run was judged on");
    }

    [Fact]
    public void AFullDiskKeepsTheLastCheckpoint()
    {
        using var disk = new SmallDisk();
        string run = disk.File("run");
        Gpumlp.Outcome outcome = Gpumlp.Run(
            "train --quiet --no-plots --samples 100 --device cpu --engine layers --steps 100000000 --checkpoint-every 5000 --out", run);
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("gpumlp: ", Assert.Single(outcome.ErrorLines));
        StoredCheckpoint kept = StoredCheckpoint.Read(run);
        Assert.True(kept.State.Steps > 0 && kept.State.Steps % 5000 == 0);
        Assert.All(Tree.Names(run), name => Assert.Contains(name, checkpoint));
        outcome = Gpumlp.Run($"train --quiet --resume {run}/{checkpoint[0]} --steps {kept.State.Steps + 10} --out", folder.File("other"));
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(kept.State.Steps + 10, LossesCsv.Read(folder.File("other/losses.csv")).Length);
    }

    [Fact]
    public void AFolderThatIsGoneIsAFailureAndARunWithoutCheckpointsRemovesOlderOnes()
    {
        Train("--samples 50 --net 2-5-1 --steps 200 --no-plots --checkpoint-every 100 --out run");
        Train("--samples 50 --net 2-5-1 --steps 300 --no-plots --force --out run");
        Assert.Equal(["losses.csv", "model.safetensors", "run.json"], Tree.Names(folder.File("run")));
        using Process process = Gpumlp.StartShell(
            "exec $gpumlp train --samples 50 --steps 100000000 --engine layers --no-plots --checkpoint-every 0.2s --out gone", folder.Path);
        while (!File.Exists(folder.File("gone/checkpoint.safetensors")) && !process.HasExited) Thread.Sleep(10);
        for (int tries = 0; Directory.Exists(folder.File("gone")) && tries < 100; tries++)
        {
            try { Directory.Delete(folder.File("gone"), true); }
            catch (IOException) { }                                     // a file was just written
        }
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("   at ", outcome.Error);
    }

    [Fact]
    public void LossesOfLongRunsAreThinnedUnlessAllAreAskedFor()
    {
        const string options = "--samples 50 --net 2-3-1 --no-plots --validation 0.2 --validate-every 400001";
        Train($"{options} --steps 1100000 --out run");
        Train($"{options} --steps 1100000 --all-losses --out all");
        (float[] losses, ValidationLoss[] looks) = LossesCsv.ReadAll(folder.File("all/losses.csv"));
        string[] rows = File.ReadAllLines(folder.File("run/losses.csv"));
        Assert.Equal((1_100_000, 550_001), (losses.Length, rows.Length));
        Assert.Equal("step,loss,lossMin,lossMax,validation", rows[0]);
        string[] fourth = rows[3].Split(',');
        float Number(int field) => float.Parse(fourth[field], CultureInfo.InvariantCulture);
        Assert.Equal(("4", Math.Min(losses[4], losses[5]), Math.Max(losses[4], losses[5])), (fourth[0], Number(2), Number(3)));
        Assert.Equal((float)((losses[4] + (double)losses[5]) / 2), Number(1));
        Assert.Equal(3, looks.Length);
        Assert.Equal(3, rows.Skip(1).Count(row => !row.EndsWith(',')));
        Assert.Equal(Bytes("all/model.safetensors"), Bytes("run/model.safetensors"));
    }

    [Fact]
    public void PicturesGiveWayToManySteps()
    {
        Gpumlp.Outcome outcome = Train("--samples 50 --net 2-3-1 --steps 1000000 --out run");
        Assert.Contains("a picture is drawn every 5,000 steps; --snapshot-every says otherwise", outcome.Error);
        Assert.Equal(201, Directory.GetFiles(folder.File("run/frames")).Length);
        Train("--samples 50 --net 2-3-1 --steps 1000000 --snapshot-every 250 --out other", 2);
        // a run that goes on for longer than its pictures were meant for
        Train("--samples 50 --net 2-3-1 --steps 1000 --checkpoint-every 500 --snapshot-every 100 --out more");
        outcome = Train("--resume more --steps 250000");
        Assert.Contains("a picture is drawn every 1,300 steps", outcome.Error);
        Assert.Equal(194, Directory.GetFiles(folder.File("more/frames")).Length);
    }
}
