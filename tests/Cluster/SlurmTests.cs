using System.Diagnostics;
using System.Security.Cryptography;
using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Cli;
using GpuMlp.Tests.Cli.Sweep;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cluster;

/// <summary>
/// A sweep on a real Slurm of two nodes: the script that --print slurm makes, a task that is killed, a node that is drained.
/// </summary>
public class SlurmTests
{
    const string Options = "--device cpu --samples 100 --net 2-4-1 --lr log:1e-3..10:20 --seeds 0..999 --steps 4000 --block 100 --top 3";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void AnArrayOfTasksMakesTheBytesOfOne()
    {
        string[] programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch", "/usr/bin/munge"];
        Requirement.Need("slurm", programs.All(File.Exists) && Environment.UserName == "root",
            "As root on Debian: apt-get install slurmctld slurmd slurm-client munge.");
        using var folder = new ScratchFolder();
        string scripts = Path.Combine(Project.Root().FullName, "tests/Cluster"), slurm = folder.File("slurm"), parts = folder.File("parts");
        Sweeps.Run(Options, folder.File("whole"));
        Directory.CreateDirectory(folder.File("bin"));
        string program = Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll");
        File.WriteAllText(folder.File("bin/gpumlp"), $"#!/bin/sh\nexec dotnet {program} \"$@\"\n");
        Gpumlp.Outcome script = Gpumlp.Run($"sweep {Options} --shard auto/8 --print slurm --out", parts);
        Assert.Equal(0, script.ExitCode);
        File.WriteAllText(folder.File("sweep.sbatch"), script.Out);

        // a shell without a scheduler's variables in which gpumlp and this cluster are found
        Gpumlp.Outcome Run(string line) =>
            Gpumlp.Shell($"chmod +x bin/gpumlp; export PATH=$PWD/bin:$PATH:/usr/sbin SLURM_CONF={slurm}/slurm.conf; {line}", folder.Path);
        try
        {
            Gpumlp.Outcome up = Run($"bash {scripts}/slurm-up {slurm} 2>&1");
            Assert.True(up.ExitCode == 0, up.Out);
            Gpumlp.Outcome submitted = Run("sbatch --parsable sweep.sbatch");
            Assert.True(submitted.ExitCode == 0, submitted.Error);
            string job = submitted.Out.Trim();

            int killed = Kill(parts);
            Assert.Equal(0, Run("scontrol update NodeName=n2 State=DRAIN Reason=test").ExitCode);
            for (long start = Stopwatch.GetTimestamp(); Run($"squeue -h -j {job}").Out.Trim().Length > 0; Thread.Sleep(500))
                Assert.True(Stopwatch.GetElapsedTime(start) < Patience, Run("squeue; tail -n 50 slurm-*.out slurm/*.log").Out);
            string said = Run($"scontrol show job {job}_{killed}; cat slurm-{job}_{killed}.out").Out;
            Assert.Contains("Restarts=1", said);
            Assert.Contains("of them are done", said);
        }
        finally
        {
            Run($"scancel --user=root; bash {scripts}/slurm-down {slurm}");
        }
        Sweeps.Merge(parts);
        Sweeps.AssertSame(folder.File("whole"), parts);
        foreach (string file in (string[])["sweep.csv", "best.safetensors", "best-2.safetensors", "best-3.safetensors", "mosaic.png"])
            Assert.Equal(Sha256(folder.File($"whole/{file}")), Sha256(Path.Combine(parts, file)));
    }

    static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

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
