using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli;

/// <summary>Two runs that start at once into one folder, compared with what each writes alone.</summary>
sealed class Pairs
{
    readonly string arguments;
    readonly string[][] alone = new string[2][];

    /// <summary>Runs both, each alone.</summary>
    /// <param name="scratch">The folder for these runs.</param>
    /// <param name="options">The options of both runs, except the seed.</param>
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

    /// <summary>Whether both runs of the last pair wrote; with --force that is right if the one started when the other had ended.</summary>
    public bool BothWrote { get; private set; }

    /// <summary>Runs a pair; the files that it leaves must be those of one run.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run(string folder, bool force)
    {
        Process Start(int seed) => Gpumlp.Start($"{arguments} --seed {seed} {(force ? "--force" : "")} --out", folder);
        Process[] both = [Start(0), Start(1)];
        Gpumlp.Outcome[] ended = [.. both.Select(Gpumlp.End)];
        foreach (Process one in both) one.Dispose();
        BothWrote = ended.All(one => one.ExitCode == 0);
        bool refused = ended.Count(one => one.ExitCode == 0) == 1
            && ended.Single(one => one.ExitCode != 0) is { ExitCode: 2, ErrorLines: [string line] }
            && (line.Contains("is in use") || line.Contains("not empty"));
        if (!refused && !(BothWrote && force)) return string.Join(" and ", ended.Select(one => $"exit {one.ExitCode} {one.Error}"));
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        int seed = run.RootElement.GetProperty("config").GetProperty("seed").GetInt32();
        if (!BothWrote && ended[seed].ExitCode != 0) return $"run.json is of seed {seed}, which was refused";
        string[] found = AllButRecord(folder);
        if (found.SequenceEqual(alone[seed])) return null;
        return $"not seed {seed}'s: {string.Join(", ", found.Except(alone[seed]).Concat(alone[seed].Except(found)))}";
    }

    static string[] AllButRecord(string folder) =>
        [.. Tree.Contents(folder).Where(file => !file.StartsWith("run.json ", StringComparison.Ordinal))];
}
