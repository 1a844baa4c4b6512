using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuMlp.Cli.Shell;
using GpuMlp.Cli.Sweep;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>Sweeps by successive halving: what goes on from rung to rung, and that parts and kills change nothing.</summary>
public class HalvingTests
{
    // eighteen settings, some of which diverge, of three networks each; blocks cut settings
    const string Options = "--device cpu --samples 60 --noise 0.3 --validation 0.3 --lr log:0.01..1e20:9 --net 2-3-1,2-4-1 --seeds 0..2 " +
        "--steps 300 --block 7 --top 2";

    static int[] Kept(string sweep)
    {
        using JsonDocument kept = JsonDocument.Parse(File.ReadAllText(Path.Combine(sweep, "rung-1/kept.json")));
        return [.. kept.RootElement.GetProperty("settings").EnumerateArray().Select(setting => setting.GetInt32())];
    }

    [Fact]
    public void PartsAndKillsOfARungMakeTheSameBytes()
    {
        using var folder = new ScratchFolder();
        string parts = folder.File("parts"), last = folder.File("parts/rung-1/shard-2-of-3.rows");
        Sweeps.Run($"{Options} --halving 3:2", folder.File("whole"));
        Process Start(int rung, string part) => Sweeps.StartShard($"--quiet {Options} --halving 3:2 --rung {rung}", part, parts);
        foreach (Process process in Enumerable.Range(0, 3).Select(number => Start(1, $"{number}/3")).ToList())
            Assert.Equal(0, Gpumlp.End(process).ExitCode);
        using (FileStream rows = File.OpenWrite(last)) rows.SetLength(rows.Length - 100);           // as a task that is killed leaves it
        Assert.Equal(1, Gpumlp.Run("sweep --merge", parts).ExitCode);
        Assert.Equal(0, Gpumlp.End(Start(1, "2/3")).ExitCode);
        Sweeps.Merge(parts);
        Assert.Equal(0, Gpumlp.End(Start(2, "0/1")).ExitCode);
        Sweeps.Merge(parts);
        foreach (string rung in (string[])["rung-1", "."])
            Sweeps.AssertSame(Path.Combine(folder.File("whole"), rung), Path.Combine(parts, rung));
    }

    [Fact]
    public void TheBestByValidationGoOnAndARungIsASweepOfItsSteps()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {Options} --no-plots --json --halving 3:2 --out", folder.File("halved"));
        Assert.Equal(0, outcome.ExitCode);
        using JsonDocument record = JsonDocument.Parse(outcome.Out);                    // one object
        Assert.Equal(300, record.RootElement.GetProperty("steps").GetInt32());
        foreach (string name in (string[])["rung 1 of 2: 18 settings, 100 steps each", "rung 2 of 2: 6 settings, 300 steps each"])
            Assert.Contains(name, outcome.ErrorLines);
        Sweeps.Run($"{Options.Replace("--steps 300", "--steps 100")} --no-plots", folder.File("short"));
        string[] first = File.ReadAllLines(folder.File("halved/rung-1/sweep.csv"));
        Assert.Equal(File.ReadAllLines(folder.File("short/sweep.csv")), first);

        string[][] rows = [.. first.Skip(1).Select(row => row.Split(','))];
        int heldOut = Array.IndexOf(first[0].Split(','), "validationAccuracy");
        double?[] accuracies = [.. rows.Select(row =>
            row[heldOut].Length == 0 ? (double?)null : double.Parse(row[heldOut], CultureInfo.InvariantCulture))];
        // a setting of which a network diverged comes after the others
        double[] means = [.. Enumerable.Range(0, 18).Select(setting =>
            accuracies[(3 * setting)..(3 * setting + 3)] is var three && three.Any(one => one is null) ? -1 : three.Average()!.Value)];
        int[] kept = Kept(folder.File("halved"));
        Assert.Equal(6, kept.Length);
        Assert.Contains(-1, means);
        double worst = kept.Min(setting => means[setting]);
        Assert.All(Enumerable.Range(0, 18).Except(kept), setting => Assert.True(means[setting] <= worst));

        Sweeps.Run($"{Options} --no-plots", folder.File("long"));
        string[] all = File.ReadAllLines(folder.File("long/sweep.csv"));
        Assert.Equal([all[0], .. kept.SelectMany(setting => all[(3 * setting + 1)..(3 * setting + 4)])],
            File.ReadAllLines(folder.File("halved/sweep.csv")));
    }

    [Theory]
    [InlineData(1000, 8100, "3", "1000x100 333x300 111x900 37x2700 12x8100")]
    [InlineData(9, 1000, "3", "9x111 3x333 1x1000")]
    [InlineData(1_000_000, 5, "2", "1000000x1 500000x2 250000x5")]
    [InlineData(100, 100, "10:2", "100x10 10x100")]
    [InlineData(1 << 20, 1 << 20, "2:7", "1048576x16384 524288x32768 262144x65536 131072x131072 65536x262144 32768x524288 16384x1048576")]
    public void RungsShareOutSettingsAndSteps(int settings, int steps, string halving, string rungs) => Assert.Equal(
        rungs, string.Join(' ', Halving.Read(halving).Of(settings, steps).Select(rung => $"{rung.Settings}x{rung.Steps}")));

    [Fact]
    public void WhatDivergedGoesOnOnlyWhereNothingElseIsLeft()
    {
        var survivors = new Survivors(3);
        (bool IsWhole, double? Accuracy, double? Loss)[] standings =
            [(false, 0.9, 0.1), (true, 0.5, 1), (false, null, null), (true, null, double.NaN), (true, 0.5, 2), (false, 0.9, 0.2)];
        for (int k = 0; k < standings.Length; k++)
            survivors.Add(k, Standing.Of(k, standings[k].IsWhole, standings[k].Accuracy, standings[k].Loss));
        Assert.Equal([1, 3, 4], survivors.Settings);
        survivors = new Survivors(5);
        for (int k = 0; k < standings.Length; k++)
            survivors.Add(k, Standing.Of(k, standings[k].IsWhole, standings[k].Accuracy, standings[k].Loss));
        Assert.Equal([0, 1, 3, 4, 5], survivors.Settings);
    }

    [Theory]
    [InlineData("1", 9, 1000, "--halving 1: F or F:RUNGS is needed, as 3 or 3:4, with F from 2 to 1,000 and 2 rungs at least")]
    [InlineData("3:1", 9, 1000, "--halving 3:1: F or F:RUNGS is needed")]
    [InlineData("3:2:1", 9, 1000, "--halving 3:2:1: F or F:RUNGS is needed")]
    [InlineData("3", 2, 1000, "--halving 3: 2 settings are too few for 2 rungs")]
    [InlineData("3:3", 9, 8, "--halving 3:3: 8 steps are too few for 3 rungs, of which each has one in 3 of the settings before")]
    public void WhatHasNoRungsIsRefused(string halving, int settings, int steps, string message) =>
        Assert.StartsWith(message, Assert.Throws<UsageException>(() => Halving.Read(halving).Of(settings, steps)).Message);

    [Fact]
    public void WhatARungLacksIsNamed()
    {
        using var folder = new ScratchFolder();
        static SweepGrid Make(params (string Name, string Text)[] more) => SweepGrid.Make(new SweepRequest(
            [new SweepOption("lr", "log:0.1..1:9"), .. more.Select(option => new SweepOption(option.Name, option.Text))], Halving: "3"));
        static void Refused<T>(string message, Action act) where T : Exception => Assert.StartsWith(message, Assert.Throws<T>(act).Message);
        SweepGrid grid = Make(("validation", "0.3"), ("steps", "90"));
        Refused<UsageException>("--halving 3: --validation is needed: rows kept back decide what goes on", () => Make());
        Refused<UsageException>("--halving 3: the first rung makes 10 steps, --warmup has 20",
            () => Make(("validation", "0.3"), ("steps", "90"), ("warmup", "20")));
        const string Rungs = "1 (9 settings, 10 steps each), 2 (3 settings, 30 steps each), 3 (1 setting, 90 steps each)";
        Refused<UsageException>($"--halving 3: --rung R says which rung the parts are of: {Rungs}",
            () => SweepCommand.ReadRung(null, grid));
        Refused<UsageException>($"--rung 4: the rungs are {Rungs}", () => SweepCommand.ReadRung("4", grid));
        Assert.Same(grid.Rungs[1], SweepCommand.ReadRung("2", grid));

        Assert.Null(KeptSettings.Before(grid.Rungs[0], grid.Rungs, folder.Path));
        Refused<IOException>($"{folder.Path}: rung 2 of 3 trains what rung 1 keeps, and rung 1 is not merged yet: when its parts " +
            $"are done, gpumlp sweep --merge {folder.Path}", () => KeptSettings.Before(grid.Rungs[1], grid.Rungs, folder.Path));
        Directory.CreateDirectory(folder.File("rung-1"));
        var header = new ShardHeader("1", grid.Request, "data", 9, 0, 1, 1);
        foreach (int[] settings in (int[][])[[0, 1], [0, 2, 1], [-1, 0, 1], [0, 1, 9], [1, 1, 2]])
        {
            new KeptSettings(header, settings).Save(folder.File("rung-1/kept.json"));
            Refused<UsageException>($"{folder.File("rung-1/kept.json")} is no list of 3 settings for rung 2; merge rung 1 again",
                () => KeptSettings.Before(grid.Rungs[1], grid.Rungs, folder.Path));
        }
        var kept = new KeptSettings(header, [0, 1, 8]);
        kept.Save(folder.File("rung-1/kept.json"));
        Assert.Equal(kept.Settings, KeptSettings.Before(grid.Rungs[1], grid.Rungs, folder.Path)!.Settings);
        ShardHeader next = header with { Networks = 3, Rung = 2, Kept = kept.Hash };
        kept.Require(next);
        Refused<UsageException>("rung 1 is another sweep's: the data's hash is data there and other here",
            () => kept.Require(next with { Data = "other" }));
        Assert.StartsWith("the hash of what the rung before has kept is ", next.Difference(next with { Kept = "other" }));
    }

    [Fact]
    public void WhatAnotherSweepKeptIsRefused()
    {
        using var folder = new ScratchFolder();
        const string few = "--device cpu --samples 40 --validation 0.3 --no-plots --seeds 0..1 --steps 20 --halving 2:2";
        string parts = folder.File("parts");
        Sweeps.Run($"{few} --lr 0.1,0.2", parts);
        Gpumlp.Outcome other = Gpumlp.Run($"sweep {few} --lr 0.1,0.3 --rung 2 --shard 0/1 --out", parts);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("rung 1 is another sweep's: --lr is 0.1,0.2 there and 0.1,0.3 here; name another folder", other.Error);
        other = Gpumlp.Run($"sweep {few.Replace(" --halving 2:2", "")} --lr 0.1,0.2 --rung 2 --shard 0/1 --out", parts);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("--rung 2: it goes with --halving and --shard", Assert.Single(other.ErrorLines));
    }
}
