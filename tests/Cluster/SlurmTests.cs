using System.Diagnostics;
using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Cli;
using GpuMlp.Tests.Cli.Sweep;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cluster;

/// <summary>
/// A sweep on a real Slurm of two nodes: the script that --print slurm makes, a task that is killed, a node that is drained.
/// </summary>
public sealed class SlurmTests : IDisposable
{
    const string Options = "--device cpu --samples 100 --net 2-4-1 --lr log:1e-3..10:20 --seeds 0..999 --steps 4000 --block 100 --top 3";
    const string Rungs = "--device cpu --samples 100 --net 2-4-1 --lr log:1e-3..10:9 --seeds 0..2 --steps 270 --validation 0.3 --halving 3";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    readonly ScratchFolder folder = new();
    readonly string scripts = Path.Combine(Project.Root().FullName, "tests/Cluster"), slurm, parts;

    public SlurmTests() => (slurm, parts) = (folder.File("slurm"), folder.File("parts"));

    public void Dispose()
    {
        if (Directory.Exists(slurm)) Run($"scancel --user=root; bash {scripts}/slurm-down {slurm}");
        folder.Dispose();
    }

    [Fact]
    public void AnArrayOfTasksMakesTheBytesOfOne()
    {
        Prepare($"{Options} --shard auto/8");
        string job = Submit("sbatch --parsable sweep.sbatch");
        int killed = Kill(parts);
        Assert.Equal(0, Run("scontrol update NodeName=n2 State=DRAIN Reason=test").ExitCode);
        Wait();
        string said = Run($"scontrol show job {job}_{killed}; cat slurm-{job}_{killed}.out").Out;
        Assert.Contains("Restarts=1", said);
        Assert.Contains("of them are done", said);
        Sweeps.Merge(parts);
        SameAsWhole(Options);
        Assert.True(File.Exists(Path.Combine(parts, "best-3.safetensors")));
    }

    [Fact]
    public void TheRungsOfASweepFollowEachOther()
    {
        Prepare($"{Rungs} --shard auto/2");
        // as the script says how
        Submit("""
            after=
            for rung in $(seq 3); do
              job=$(sbatch --parsable $after sweep.sbatch $rung)
              after=--dependency=afterok:$(sbatch --parsable --dependency=afterok:$job --wrap "gpumlp sweep --merge $PWD/parts")
            done
            echo $after
            """);
        Wait();
        SameAsWhole(Rungs);
    }

    // the cluster is up, the script of a sweep is there
    void Prepare(string options)
    {
        string[] programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch", "/usr/bin/munge"];
        Requirement.Need("slurm", programs.All(File.Exists) && Environment.UserName == "root",
            "As root on Debian: apt-get install slurmctld slurmd slurm-client munge.");
        Directory.CreateDirectory(folder.File("bin"));
        string program = Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll");
        File.WriteAllText(folder.File("bin/gpumlp"), $"#!/bin/sh\nexec dotnet {program} \"$@\"\n");
        Gpumlp.Outcome script = Gpumlp.Run($"sweep {options} --print slurm --out", parts);
        Assert.Equal(0, script.ExitCode);
        File.WriteAllText(folder.File("sweep.sbatch"), script.Out);
        Gpumlp.Outcome up = Run($"bash {scripts}/slurm-up {slurm} 2>&1");
        Assert.True(up.ExitCode == 0, up.Out);
    }

    // in a shell without a scheduler's variables in which gpumlp and this cluster are found
    Gpumlp.Outcome Run(string line) =>
        Gpumlp.Shell($"chmod +x bin/gpumlp; export PATH=$PWD/bin:$PATH:/usr/sbin SLURM_CONF={slurm}/slurm.conf; {line}", folder.Path);

    string Submit(string line)
    {
        Gpumlp.Outcome submitted = Run(line);
        Assert.True(submitted.ExitCode == 0, submitted.Error);
        return submitted.Out.Trim();
    }

    void Wait()
    {
        for (long start = Stopwatch.GetTimestamp(); Run("squeue -h").Out.Trim().Length > 0; Thread.Sleep(500))
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, Run("squeue; tail -n 50 slurm-*.out slurm/*.log").Out);
    }

    void SameAsWhole(string options)
    {
        Sweeps.Run(options, folder.File("whole"));
        Sweeps.AssertSame(folder.File("whole"), parts);
    }

    // kills a task that has kept some of its blocks and not yet all; returns its number
    static int Kill(string parts)
    {
        for (long start = Stopwatch.GetTimestamp(); ; Thread.Sleep(5))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "no task came to its middle");
            foreach (string path in Directory.Exists(parts) ? Directory.GetFiles(parts, "*.rows") : [])
            {
                if (new FileInfo(path).Length is < 15_000 or > 80_000) continue;
                int number = int.Parse(Path.GetFileName(path).Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
                if (ProcessOf(parts, number) is not int id) continue;
                using var process = Process.GetProcessById(id);
                process.Kill();
                return number;
            }
        }
    }

    static int? ProcessOf(string parts, int number)
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id)) continue;
            try
            {
                string[] line = File.ReadAllText($"{folder}/cmdline").Split('\0');
                if (!line[0].EndsWith("dotnet", StringComparison.Ordinal) || !line.Contains(parts)) continue;
                if (File.ReadAllText($"{folder}/environ").Split('\0').Contains($"SLURM_ARRAY_TASK_ID={number}")) return id;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }      // it has just ended
        }
        return null;
    }
}
