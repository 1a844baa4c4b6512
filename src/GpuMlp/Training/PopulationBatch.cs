using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;

namespace GpuMlp.Training;

/// <summary>Networks of one shape that train in one launch at a time: their data, parameters and scratch memory on the device.</summary>
sealed class PopulationBatch : IDisposable
{
    readonly ComputeDevice device;
    readonly IReadOnlyList<PopulationMember> members;
    readonly PopulationBatchPlan plan;
    readonly NetworkShape shape;
    readonly FusedKernel kernel;
    readonly OptimizerSpec optimizer;
    readonly StepTable schedule;
    readonly int rows, features, arenaLength, scratchLength;
    readonly PopulationTrack[] tracks;
    readonly Dictionary<int, int> place;
    readonly float[] arenas, losses;
    readonly DeviceBuffer x, y, parameters, networks, lossBuffer, scratch, states, nothing;

    internal PopulationBatch(
        ComputeDevice device, IReadOnlyList<PopulationMember> members, IReadOnlyList<PopulationData> data, PopulationBatchPlan plan, int steps, int chunkSteps)
    {
        (this.device, this.members, this.plan) = (device, members, plan);
        PopulationMember first = members[plan.Members[0]];
        shape = new NetworkShape(first.Net.Widths);
        (kernel, optimizer) = (first.Kernel, first.Optimizer);
        schedule = new StepTable(device, optimizer);
        (rows, features) = (data[first.Data].Rows, data[first.Data].Features);
        (arenaLength, scratchLength) = (PopulationPlan.ArenaLength(shape), (int)PopulationPlan.ScratchLength(shape, first));
        int count = plan.Members.Count;
        place = plan.Data.Select((set, k) => (set, k)).ToDictionary(p => p.set, p => p.k);
        tracks = [.. plan.Members.Select(_ => new PopulationTrack(steps))];
        arenas = new float[DeviceBuffer.LengthOf(count, arenaLength, $"the parameters of {count} networks")];
        losses = new float[DeviceBuffer.LengthOf(count, chunkSteps, $"the losses of {count} networks")];
        x = device.Allocate((long)plan.Data.Count * rows * features, $"{plan.Data.Count} data sets");
        y = device.Allocate((long)plan.Data.Count * rows, $"{plan.Data.Count} data sets");
        parameters = device.Allocate(arenas.Length);
        networks = device.Allocate(NetworkRow.Length * count);
        lossBuffer = device.Allocate(losses.Length);
        scratch = device.Allocate((long)count * scratchLength, $"the working memory of {count} networks");
        states = device.Allocate((long)PopulationPlan.StateArenas(first) * arenas.Length, $"the optimizers' state of {count} networks");
        nothing = device.Allocate(0);
        Upload(data);
        DrawParameters();
    }

    /// <summary>About how many float operations a step of all networks takes.</summary>
    internal long Work => 6L * members[plan.Members[0]].Net.ParameterCount * members[plan.Members[0]].Batch * plan.Members.Count;

    internal bool AllDiverged => Array.TrueForAll(tracks, track => track.DivergedStep is not null);

    /// <summary>The mean of the networks' last losses, of those that are finite.</summary>
    internal float MeanOfLastLosses => tracks.Select(t => t.LastLoss).Where(float.IsFinite).DefaultIfEmpty(float.NaN).Average();

    void Upload(IReadOnlyList<PopulationData> data)
    {
        var inputs = new float[x.Length];
        var labels = new float[y.Length];
        OnAllCores(plan.Data.Count, k =>
        {
            DataSet set = data[plan.Data[k]].Load();
            if (set.Count != rows || set.Features != features)
                throw new ArgumentException($"data set {plan.Data[k]} said {rows} × {features}, what it loads is {set.Count} × {set.Features}", nameof(data));
            set.Flat.CopyTo(inputs.AsSpan(k * rows * features));
            set.Labels.CopyTo(labels.AsSpan(k * rows));
        });
        PopulationMember first = members[plan.Members[0]];
        for (int k = 0; k < plan.Data.Count; k++) first.Loss.RequireLabels(labels.AsSpan(k * rows, rows), first.Net.Widths[^1]);
        device.CopyToDevice(inputs, x.All);
        device.CopyToDevice(labels, y.All);
    }

    void DrawParameters()
    {
        var table = new float[networks.Length];
        OnAllCores(plan.Members.Count, k =>
        {
            PopulationMember member = members[plan.Members[k]];
            member.Net.Draw(arenas.AsSpan(k * arenaLength, arenaLength), member.Initialization, new PhiloxStream(member.Seed, StreamPurpose.Initialization), member.InitScale);
            int row = NetworkRow.Length * k;
            WriteRow(table.AsSpan(row, NetworkRow.Length), member.LearningRate, member.Optimizer, member.Seed, place[member.Data] * rows);
        });
        device.CopyToDevice(arenas, parameters.All);
        device.CopyToDevice(table, networks.All);
    }

    /// <summary>Writes what a network has of its own as kernels read it: a <see cref="NetworkRow"/>.</summary>
    internal static void WriteRow(Span<float> row, float learningRate, OptimizerSpec optimizer, ulong seed, int firstRow)
    {
        row[NetworkRow.LearningRate] = learningRate;
        row[NetworkRow.WeightDecay] = optimizer.WeightDecay;
        row[NetworkRow.L1] = optimizer.L1;
        Span<uint> integers = MemoryMarshal.Cast<float, uint>(row);
        (integers[NetworkRow.SeedLow], integers[NetworkRow.SeedHigh]) = ((uint)seed, (uint)(seed >> 32));
        integers[NetworkRow.FirstRow] = (uint)firstRow;
    }

    // what a body throws comes out as it is
    static void OnAllCores(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Makes steps firstStep, firstStep + 1, … of every network.</summary>
    internal void Run(int firstStep, int steps)
    {
        int count = plan.Members.Count;
        DeviceSpan table = schedule.Of(firstStep, steps);
        var spans = new TrainingSpans
        {
            X = x.All,
            Y = y.All,
            Picks = nothing.All,
            Parameters = parameters.All,
            Networks = networks.All,
            Losses = lossBuffer.All,
            Snapshots = nothing.All,
            Scratch = scratch.All,
            States = states.All,
            Schedule = table,
        };
        var launchPlan = new TrainingPlan
        {
            Networks = count,
            FirstStep = firstStep,
            Steps = steps,
            Examples = rows,
            Stream = (uint)StreamPurpose.Sampling,
            ArenaLength = arenaLength,
            ScratchLength = scratchLength,
            HasSchedule = schedule.IsEmpty ? 0 : 1,
            Optimizer = optimizer.Rule.Numbers(optimizer),
        };
        kernel.Launch(device, spans, launchPlan, shape, members[plan.Members[0]].Batch, Work * steps, null);
    }

    /// <summary>Takes what the last launch left: losses and parameters.</summary>
    internal void Record(int firstStep, int steps, Action<int, int, ReadOnlyMemory<float>>? show)
    {
        int count = plan.Members.Count;
        device.CopyToHost(lossBuffer.All.Slice(0, count * steps), losses.AsSpan(0, count * steps));
        device.CopyToHost(parameters.All, arenas);
        for (int k = 0; k < count; k++)
        {
            tracks[k].Add(losses.AsSpan(k * steps, steps), arenas.AsSpan(k * arenaLength, arenaLength));
            show?.Invoke(plan.Members[k], firstStep, losses.AsMemory(k * steps, steps));
        }
    }

    /// <summary>Evaluates the networks on their data and puts their results at their numbers; the batch cannot train after that.</summary>
    internal void Finish(PopulationResult[] results)
    {
        PopulationMember first = members[plan.Members[0]];
        var labels = new float[y.Length];
        device.CopyToHost(y.All, labels);
        long room = (long)scratch.Length + lossBuffer.Length;
        scratch.Dispose();
        states.Dispose();
        lossBuffer.Dispose();
        NetworkSpec spec = first.Spec;
        PopulationEvaluator.Run(device, spec, x.All, rows, parameters.All, networks.All, plan.Members.Count, room, (k, predictions) =>
        {
            ReadOnlySpan<float> wanted = labels.AsSpan(place[members[plan.Members[k]].Data] * rows, rows);
            results[plan.Members[k]] = tracks[k].Result(Accuracy(spec, predictions, wanted));
        });
    }

    // predictions (outputs, rows); null where the output is a number and not a class
    static double? Accuracy(NetworkSpec spec, ReadOnlySpan<float> predictions, ReadOnlySpan<float> labels)
    {
        int outputs = spec.Widths[^1], right = 0;
        if (outputs == 1 && spec.LinearOutput) return null;
        for (int row = 0; row < labels.Length; row++)
        {
            int best = 0;
            for (int k = 1; k < outputs; k++)
                if (predictions[k * labels.Length + row] > predictions[best * labels.Length + row]) best = k;
            if (outputs > 1 ? best == labels[row] : labels[row] == 1f ? predictions[row] > 0.5f : predictions[row] <= 0.5f) right++;
        }
        return (double)right / labels.Length;
    }

    public void Dispose()
    {
        foreach (DeviceBuffer buffer in (DeviceBuffer[])[x, y, parameters, networks, lossBuffer, scratch, states, nothing]) buffer.Dispose();
        schedule.Dispose();
    }
}
