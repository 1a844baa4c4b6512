using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Output;

/// <summary>What OutputsTests tests, hundreds of times: takes a quarter of an hour, so only with GPUMLP_SOAK=1.</summary>
public sealed class OutputsSoakTests : IDisposable
{
    readonly ScratchFolder scratch = new();
    readonly ITestOutputHelper output;

    public OutputsSoakTests(ITestOutputHelper output)
    {
        this.output = output;
        if (Environment.GetEnvironmentVariable("GPUMLP_SOAK") == "1") return;
        scratch.Dispose();
        Assert.Skip("Takes a quarter of an hour: GPUMLP_SOAK=1 runs it.");
    }

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void PairsOfRunsIntoOneFolder()
    {
        const int count = 300;
        var plain = new Pairs(scratch, "--no-plots --steps 3000");
        var drawing = new Pairs(scratch, "--steps 500 --snapshot-every 100");
        var wrong = new List<string>();
        int bothWrote = 0;
        for (int k = 0; k < count; k++)
        {
            Pairs pairs = k % 6 == 0 ? drawing : plain;
            bool force = k % 2 == 1;
            if (pairs.Run(scratch.File(force ? "forced" : $"run{k}"), force) is string what) wrong.Add($"pair {k}: {what}");
            if (pairs.BothWrote) bothWrote++;
        }
        output.WriteLine($"{count} pairs, {bothWrote} with --force one after the other, {wrong.Count} wrong");
        Assert.Empty(wrong);
    }

    [Fact]
    public void RunsOnAFullDisk()
    {
        const int count = 200;
        using var disk = new SmallDisk();
        var random = new Random(1);
        var wrong = new List<string>();
        int failed = 0;
        Assert.Equal(0, Gpumlp.Run("train --quiet --no-plots --samples 100 --steps 500 --out", disk.File("run")).ExitCode);
        for (int k = 0; k < count; k++)
        {
            string[] before = Tree.Contents(disk.File("run"));
            string much = k % 4 == 3
                ? $"--steps {random.Next(500, 3000)} --snapshot-every 50"
                : $"--no-plots --steps {random.Next(10_000, 300_000)}";
            Gpumlp.Outcome outcome = Gpumlp.Run($"train --quiet --samples 100 --seed {k} --force {much} --out", disk.File("run"));
            string[] now = Tree.Contents(disk.File("run"));
            bool right = outcome.ExitCode == 0
                ? !now.SequenceEqual(before) && !now.Any(name => name.StartsWith('.'))
                : outcome is { ExitCode: 1, ErrorLines.Length: 1 } && now.SequenceEqual(before);
            if (!right) wrong.Add($"run {k}, {much}: exit {outcome.ExitCode} {outcome.Error} {string.Join(", ", now.Except(before))}");
            if (outcome.ExitCode != 0) failed++;
        }
        output.WriteLine($"{count} runs, {failed} had no room, {wrong.Count} wrong");
        Assert.Empty(wrong);
    }

    [Fact]
    public void RunsThatAreEndedWhileTheyDraw()
    {
        const int count = 200;
        var random = new Random(1);
        string[] wrong = [.. Enumerable.Range(0, count)
            .Select(k => Endings.Terminate(scratch.File($"run{k}"), TimeSpan.FromMilliseconds(random.Next(0, 2000)))).OfType<string>()];
        output.WriteLine($"{count} runs ended, {wrong.Length} wrong");
        Assert.Empty(wrong);
    }
}
