using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Sweep;

/// <summary>What --print writes for schedulers. Slurm's script also runs on a real Slurm, in tests/Cluster.</summary>
public class SchedulerTests
{
    const string Options = "--device cpu --samples 20 --steps 5 --no-plots --seeds 0..9 --lr log:1e-3..1 --random 3:7";

    [Fact]
    public void SlurmsScriptIsBashAndRunsEachPart()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {Options} --shard auto/3 --at-once 2 --print slurm --out", folder.File("my parts"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string[] lines = outcome.Out.Split('\n');
        Assert.Equal("#!/bin/bash", lines[0]);
        foreach (string line in (string[])["--array=0-2%2", "--requeue", "--open-mode=append", "--signal=B:TERM@60", "--mem=192M"])
            Assert.Contains($"#SBATCH {line}", lines);
        Assert.DoesNotContain("--gres", outcome.Out);
        File.WriteAllText(folder.File("sweep.sbatch"), outcome.Out);
        const string Begin = "gpumlp() { $program \"$@\"; }; program=$gpumlp";
        for (int number = 0; number < 3; number++)
        {
            Gpumlp.Outcome task = Gpumlp.Shell(
                $"{Begin}; export SLURM_ARRAY_TASK_ID={number}; unset JOB_COMPLETION_INDEX; . ./sweep.sbatch", folder.Path);
            Assert.True(task.ExitCode == 0, task.Error);
        }
        Sweeps.Run(Options, folder.File("whole"));
        Sweeps.Merge(folder.File("my parts"));
        Sweeps.AssertSame(folder.File("whole"), folder.File("my parts"));
    }

    [Fact]
    public void KubernetesManifestIsAJobAndItsCommandRunsAPart()
    {
        using var folder = new ScratchFolder();
        string parts = folder.File("parts");
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {Options} --shard auto/3 --at-once 2 --print kubernetes --out", parts);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        List<(string Path, string Value)> fields = Manifest.Fields(outcome.Out);
        Assert.Empty(Manifest.Wrong(fields));
        string Value(string path) => Assert.Single(fields, field => field.Path == path).Value;
        Assert.Equal(("Indexed", "3", "2"), (Value("spec.completionMode"), Value("spec.completions"), Value("spec.parallelism")));
        Assert.Equal(parts, Value("spec.template.spec.containers[].volumeMounts[].mountPath"));
        Assert.Equal(Value("spec.template.spec.volumes[].name"), Value("spec.template.spec.containers[].volumeMounts[].name"));
        Assert.Equal(Value("spec.template.spec.containers[].name"), Value("spec.podFailurePolicy.rules[].onExitCodes.containerName"));

        const string Command = "spec.template.spec.containers[].command[]";
        string[] command = [.. fields.Where(field => field.Path == Command).Select(field => field.Value)];
        Assert.Equal("gpumlp", command[0]);
        for (int index = 0; index < 3; index++)
        {
            Dictionary<string, string> environment = new() { ["JOB_COMPLETION_INDEX"] = $"{index}", ["SLURM_ARRAY_TASK_ID"] = "" };
            ChildProcess.Result task = ChildProcess.Gpumlp(environment, command[1..]);
            Assert.True(task.ExitCode == 0, task.Error);
        }
        Sweeps.Run(Options, folder.File("whole"));
        Sweeps.Merge(parts);
        Sweeps.AssertSame(folder.File("whole"), parts);
    }

    [Fact]
    public void ACardIsAskedForAndALargerNetworkTakesMoreMemory()
    {
        string slurm = Gpumlp.Run("sweep --device cuda --seeds 0..99 --shard auto/8 --out parts --print slurm").Out;
        Assert.Contains("\n#SBATCH --gres=gpu:1\n", slurm);
        const string Large = "--device cuda --net 2-500-500-1 --seeds 0..99 --shard auto/8";
        string kubernetes = Gpumlp.Run($"sweep {Large} --out /parts --print kubernetes").Out;
        List<(string Path, string Value)> fields = Manifest.Fields(kubernetes);
        Assert.Empty(Manifest.Wrong(fields));
        Assert.Contains(("spec.template.spec.containers[].resources.limits.nvidia.com/gpu", "1"), fields);
        string memory = Assert.Single(fields, field => field.Path.EndsWith("limits.memory", StringComparison.Ordinal)).Value;
        Assert.InRange(int.Parse(memory[..^2], System.Globalization.CultureInfo.InvariantCulture), 500, 1500);
    }

    [Fact]
    public void EachRungIsAJob()
    {
        const string Halved = "sweep --device cpu --validation 0.3 --lr log:0.1..1:9 --halving 3 --shard auto/2 --out /parts";
        string slurm = Gpumlp.Run($"{Halved} --print slurm").Out;
        Assert.Contains("\n#   for rung in $(seq 3); do\n#     job=$(sbatch --parsable $after sweep.sbatch $rung)\n", slurm);
        Assert.Contains(" --halving 3 --shard auto/2 --out /parts --rung \"$1\" &\n", slurm);
        string kubernetes = Gpumlp.Run($"{Halved} --rung 2 --print kubernetes").Out;
        List<(string Path, string Value)> fields = Manifest.Fields(kubernetes);
        Assert.Empty(Manifest.Wrong(fields));
        Assert.Contains(("metadata.name", "gpumlp-sweep-rung-2"), fields);
        Assert.Equal(["--rung", "2"], fields.Where(field => field.Path.EndsWith(".command[]", StringComparison.Ordinal))
            .Select(field => field.Value).TakeLast(2));
    }

    [Theory]
    [InlineData("--print slurm --validation 0.3 --lr log:0.1..1:9 --halving 3 --shard auto/2 --rung 1 --out parts",
        "--rung 1: Slurm's script takes the rung when it is submitted")]
    [InlineData("--print kubernetes --validation 0.3 --lr log:0.1..1:9 --halving 3 --shard auto/2 --out /parts",
        "--halving 3: --rung R says which rung the parts are of: 1 (9 settings")]
    [InlineData("--print pbs --shard auto/8 --out /parts", "--print pbs: allowed are slurm and kubernetes")]
    [InlineData("--print slurm --out /parts", "--print slurm: --shard auto/N is needed, with N the number of tasks")]
    [InlineData("--print slurm --shard 0/8 --out /parts", "--print slurm: --shard auto/N is needed")]
    [InlineData("--print slurm --shard auto/8", "--print slurm: --out DIR is needed, the folder that all tasks see")]
    [InlineData("--print slurm --shard auto/0 --out /parts", "--shard auto/0: allowed are K/N")]
    [InlineData("--print kubernetes --shard auto/8 --out parts", "--out parts: a task of Kubernetes needs a full path")]
    [InlineData("--print slurm --shard auto/8 --at-once 0 --out /parts", "--at-once 0: a whole number from 1 to 100,000")]
    [InlineData("--at-once 4", "--at-once 4: it goes with --print")]
    public void WhatAScriptLacksIsNamed(string options, string message)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"sweep {options}");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
    }
}
