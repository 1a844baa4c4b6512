using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>A sweep for a cluster's scheduler: an array of tasks, one for each shard, that may be killed and started again.</summary>
/// <param name="Arguments">What follows sweep on the command line, without --shard and --out.</param>
/// <param name="Folder">The folder of the shards, which all tasks see.</param>
/// <param name="Count">How many shards there are.</param>
/// <param name="AtOnce">How many may run at the same time.</param>
/// <param name="Mebibytes">Memory of a task.</param>
/// <param name="OnGpu">Whether a task needs a GPU.</param>
/// <param name="Rungs">The number of rungs of a sweep by halving; 0 where it is none.</param>
/// <param name="Rung">The rung that a job trains; null where the script is told.</param>
sealed record SchedulerScript(
    IReadOnlyList<string> Arguments, string Folder, int Count, int AtOnce, int Mebibytes, bool OnGpu, int Rungs, SweepRung? Rung)
{
    /// <summary>The schedulers that there are scripts for.</summary>
    public static readonly string[] Schedulers = ["slurm", "kubernetes"];

    // a task is asked to end this long before it is killed; it needs a fifth of a second
    const int GraceSeconds = 60;

    /// <summary>Prints the script for --print.</summary>
    /// <exception cref="UsageException">There is no such scheduler, or the command lacks what a script needs.</exception>
    public static int Print(
        string scheduler, SweepGrid grid, string? shard, string? rung, string? atOnce, string? output, Terminal terminal)
    {
        if (!Schedulers.Contains(scheduler))
            throw UsageException.For("print", scheduler, $"allowed are {string.Join(" and ", Schedulers)}");
        if (shard is null || !shard.StartsWith("auto/", StringComparison.Ordinal))
            throw new UsageException($"--print {scheduler}: --shard auto/N is needed, with N the number of tasks");
        if (output is null) throw new UsageException($"--print {scheduler}: --out DIR is needed, the folder that all tasks see");
        int count = Shard.ReadCount(shard);
        int limit = atOnce is null ? count : Math.Min(count, SweepRequest.Whole("at-once", atOnce, Shard.Most));
        if (scheduler == "kubernetes" && !output.StartsWith('/'))
            throw UsageException.For("out", output, "a task of Kubernetes needs a full path, at which its volume is mounted");
        if (scheduler == "slurm" && rung is not null)
            throw UsageException.For("rung", rung, "Slurm's script takes the rung when it is submitted: sbatch sweep.sbatch R");
        SweepRung? one = scheduler == "slurm" || grid.Rungs.Count == 0 ? null : SweepCommand.ReadRung(rung, grid);
        long bytes;
        using (ComputeDevice device = ComputeDevice.Open("cpu"))
        {
            IEnumerable<SweepGrid> grids = grid.Rungs.Count == 0 ? [grid] : grid.Rungs.Select(each => grid.At(each, null));
            bytes = grids.Max(each => SweepTrainer.Load(each, terminal, CancellationToken.None).BytesNeeded(device));
        }
        // the runtime, the program and its threads take 150 MiB; whole multiples of 64 MiB
        int mebibytes = (int)Math.Ceiling((bytes / 1048576.0 + 150) / 64) * 64;
        var script = new SchedulerScript([.. grid.Request.Arguments()], output, count, limit, mebibytes, IsGpu(grid.Common.Device),
            grid.Rungs.Count, one);
        Terminal.Print(scheduler == "slurm" ? script.Slurm() : script.Kubernetes());
        return ExitCode.Ok;
    }

    static bool IsGpu(string device) => device.StartsWith("cuda", StringComparison.Ordinal);

    string JobName => Rung is null ? "gpumlp-sweep" : Invariant($"gpumlp-sweep-rung-{Rung.Number}");

    string[] Command(string shard) => ["gpumlp", "sweep", .. Arguments, "--shard", shard, "--out", Folder,
        .. Rung is null ? (string[])[] : ["--rung", Invariant($"{Rung.Number}")]];

    // sends SIGTERM before the time limit; what it ends with 143 is requeued and goes on
    string Slurm() => Invariant($$"""
        #!/bin/bash
        #SBATCH --job-name=gpumlp-sweep
        #SBATCH --array=0-{{Count - 1}}%{{AtOnce}}
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=1
        #SBATCH --mem={{Mebibytes}}M{{(OnGpu ? "\n#SBATCH --gres=gpu:1" : "")}}
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --signal=B:TERM@{{GraceSeconds}}
        # A task that is killed, preempted or at its time limit goes on from its last whole block when it is started again.
        # Submit it, and merge when all tasks have ended well{{(Rungs == 0 ? "" : ", rung by rung")}}:
        {{(Rungs == 0 ? Submitting : SubmittingRungs)}}
        {{string.Join(' ', Command($"auto/{Count}").Select(Quote))}}{{(Rungs == 0 ? "" : " --rung \"$1\"")}} &
        task=$!
        trap 'kill -TERM $task' TERM
        code=0
        wait $task || code=$?
        while kill -0 $task 2>/dev/null; do code=0; wait $task || code=$?; done    # a signal ends a wait before the task has ended
        # 143: it was asked to end; 137: it was killed, perhaps for its memory, so not for ever
        if [ $code -eq 143 ] || { [ $code -eq 137 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 10 ]; }; then
          scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
        fi
        exit $code
        """);

    string Submitting => $"""
        #   job=$(sbatch --parsable sweep.sbatch)
        #   sbatch --dependency=afterok:$job --wrap "gpumlp sweep --merge {Quote(Folder)}"
        """;

    string SubmittingRungs => Invariant($"""
        #   after=
        #   for rung in $(seq {Rungs}); do
        #     job=$(sbatch --parsable $after sweep.sbatch $rung)
        #     after=--dependency=afterok:$(sbatch --parsable --dependency=afterok:$job --wrap "gpumlp sweep --merge {Quote(Folder)}")
        #   done
        """);

    string NextRung => Rung is null or { IsLast: true } ? "" : ", then start the next rung";

    string Kubernetes() => Invariant($$"""
        # Needs an image gpumlp with gpumlp on its PATH, and a volume claim gpumlp that all pods may write. Then:
        #   kubectl apply -f sweep.yaml && kubectl wait --for=condition=complete --timeout=-1s job/{{JobName}}
        # A pod that is killed or evicted goes on from its last whole block. Merge where the volume is mounted{{NextRung}}:
        #   gpumlp sweep --merge {{Quote(Folder)}}
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{JobName}}
        spec:
          completionMode: Indexed
          completions: {{Count}}
          parallelism: {{AtOnce}}
          backoffLimit: {{Math.Max(6, 6 * Count)}}
          podFailurePolicy:
            rules:
              - action: FailJob
                onExitCodes:
                  containerName: gpumlp
                  operator: In
                  values: [2]
              - action: Ignore
                onPodConditions:
                  - type: DisruptionTarget
                    status: "True"
          template:
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: {{GraceSeconds}}
              containers:
                - name: gpumlp
                  image: gpumlp
                  command:
        {{string.Join('\n', Command($"auto/{Count}").Select(argument => $"            - {Yaml(argument)}"))}}
                  resources:
                    requests:
                      cpu: "1"
                      memory: {{Mebibytes}}Mi
                    limits:
                      memory: {{Mebibytes}}Mi{{(OnGpu ? "\n              nvidia.com/gpu: \"1\"" : "")}}
                  volumeMounts:
                    - name: sweep
                      mountPath: {{Yaml(Folder)}}
              volumes:
                - name: sweep
                  persistentVolumeClaim:
                    claimName: gpumlp
        """);

    // as a shell takes it
    static string Quote(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,:=+@%".Contains(c))
        ? text : $"'{text.Replace("'", "'\\''")}'";

    // JSON's texts are YAML's too
    static string Yaml(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text)}\"";
}
