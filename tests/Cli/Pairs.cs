using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli;

/// <summary>Two runs that start at once into one folder, and what each leaves alone.</summary>
sealed class Pairs
{
    readonly string arguments;
    readonly string[][] alone = new string[2][];

    /// <param name="scratch">Where to run each alone.</param>
    /// <param name="options">What both do, but for the seed.</param>
    public Pairs(ScratchFolder scratch, string options)
    {
        arguments = $"train --quiet --samples 100 {options}";
        for (int seed = 0; seed < 2; seed++)
        {
            string folder = scratch.File($"alone{seed}{Path.GetRandomFileName()}");
            Assert.Equal(0, Gpumlp.Run($"{arguments} --seed {seed} --out", folder).ExitCode);
            alone[seed] = AllButRecord(folder);
        }
        Assert.NotEqual(alone[0], alone[1]);
    }

    /// <summary>Whether a pair wrote both, which may be with --force where the one came when the other had ended.</summary>
    public bool BothWrote { get; private set; }

    /// <summary>Runs a pair; what they leave must be one's.</summary>
    /// <returns>What is wrong, null if nothing is.</returns>
    public string? Run(string folder, bool force)
    {
        Process[] both = [.. new[] { 0, 1 }.Select(seed => Gpumlp.Start($"{arguments} --seed {seed} {(force ? "--force" : "")} --out", folder))];
        Gpumlp.Outcome[] ended = [.. both.Select(Gpumlp.End)];
        foreach (Process one in both) one.Dispose();
        BothWrote = ended.All(one => one.ExitCode == 0);
        bool refused = ended.Count(one => one.ExitCode == 0) == 1
            && ended.Single(one => one.ExitCode != 0) is { ExitCode: 2, ErrorLines: [string line] } && (line.Contains("is in use") || line.Contains("not empty"));
        if (!refused && !(BothWrote && force)) return string.Join(" and ", ended.Select(one => $"exit {one.ExitCode} {one.Error}"));
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        int seed = run.RootElement.GetProperty("config").GetProperty("seed").GetInt32();
        if (!BothWrote && ended[seed].ExitCode != 0) return $"run.json is of seed {seed}, which was refused";
        string[] found = AllButRecord(folder);
        return found.SequenceEqual(alone[seed]) ? null : $"not seed {seed}'s: {string.Join(", ", found.Except(alone[seed]).Concat(alone[seed].Except(found)))}";
    }

    static string[] AllButRecord(string folder) => [.. Tree.Contents(folder).Where(file => !file.StartsWith("run.json ", StringComparison.Ordinal))];
}
