using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;

namespace GpuMlp.Training;

/// <summary>Trains many networks at once, each with its own seed, rate, start and data; each ends in the bits that it has when trained alone.</summary>
public sealed class Population
{
    readonly ComputeDevice device;
    readonly IReadOnlyList<PopulationMember> members;
    readonly IReadOnlyList<PopulationData> data;
    readonly PopulationOptions options;

    /// <summary>Checks the members and plans the memory; allocates nothing.</summary>
    /// <exception cref="ArgumentException">
    /// No members; a network that the fused engine does not take, or that does not go with its data.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">One network alone takes more memory than there is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Population(ComputeDevice device, IReadOnlyList<PopulationMember> members, IReadOnlyList<PopulationData> data, PopulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (members.Contains(null!)) throw new ArgumentException("a member is null", nameof(members));
        if (data.Contains(null!)) throw new ArgumentException("a data set is null", nameof(data));
        using DeviceUse use = device.Use();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Steps);
        if (options.StepsPerLaunch is int chunk) ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1, "StepsPerLaunch");
        if (members.Count == 0) throw new ArgumentException("a population has at least one network", nameof(members));
        foreach (PopulationMember member in members) Check(member, data);
        (this.device, this.members, this.data, this.options) = (device, [.. members], [.. data], options);
        long available = device.AvailableMemory();
        long budget = options.MemoryBudget ?? (device.Description.IsGpu ? available / 2 : Math.Min(512L << 20, available / 2));
        Plan = PopulationPlan.Make(members, data, options, budget, available);
    }

    /// <summary>Batches, memory and steps of a launch.</summary>
    public PopulationPlan Plan { get; }

    /// <summary>Where the time of the run went so far.</summary>
    public PopulationTimes Times { get; private set; }

    /// <summary>Compiles all that the run needs, so that <see cref="Run"/> is training alone.</summary>
    /// <exception cref="ArgumentException">A data set is not what it said, or has a label that the loss does not take.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void WarmUp()
    {
        using DeviceUse use = device.Use();
        // as few networks of each kind of launch as are launched in the same way as all of them
        int enough = device.FewestSideBySide();
        foreach (var alike in Plan.Batches.GroupBy(b => (members[b.Members[0]].Kernel, members[b.Members[0]].Net, Math.Min(b.Members.Count, enough))))
        {
            int[] some = [.. alike.First().Members.Take(enough)];
            using var batch = new PopulationBatch(device, members, data, new PopulationBatchPlan(some, [.. some.Select(m => members[m].Data).Distinct()], 0), 1, 1);
            batch.Run(0, 1);
            batch.Finish(new PopulationResult[members.Count]);
        }
    }

    /// <summary>Trains every network.</summary>
    /// <param name="progress">Told after every launch the share of all work that is done, and the mean of the finite last losses of the batch.</param>
    /// <param name="cancellation">Ends the run after the current launch; results then say how many steps each network made.</param>
    /// <returns>A result a member, in the members' order.</returns>
    /// <exception cref="ArgumentException">A data set is not what it said, or has a label that the loss does not take.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public IReadOnlyList<PopulationResult> Run(Action<double, float>? progress = null, CancellationToken cancellation = default)
    {
        using DeviceUse use = device.Use();
        var results = new PopulationResult[members.Count];
        Array.Fill(results, PopulationResult.None);
        double work = members.Sum(Work), before = 0;
        foreach (PopulationBatchPlan plan in Plan.Batches)
        {
            if (cancellation.IsCancellationRequested) break;
            double share = plan.Members.Sum(m => Work(members[m])) / work;
            long start = Stopwatch.GetTimestamp();
            using PopulationBatch? batch = Load(plan, cancellation);
            if (batch is null) break;
            TimeSpan load = Lap(ref start);
            Train(batch, (made, loss) => progress?.Invoke(before + share * made, loss), cancellation);
            TimeSpan train = Lap(ref start);
            batch.Finish(results);
            Times = new PopulationTimes(Times.Load + load, Times.Train + train, Times.Evaluate + Lap(ref start));
            before += share;
        }
        return results;
    }

    // a source of data may end early when the run is to stop: what was trained before stays
    PopulationBatch? Load(PopulationBatchPlan plan, CancellationToken cancellation)
    {
        try { return new PopulationBatch(device, members, data, plan, options.Steps, Plan.ChunkSteps); }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return null; }
    }

    static TimeSpan Lap(ref long start)
    {
        long before = start;
        return Stopwatch.GetElapsedTime(before, start = Stopwatch.GetTimestamp());
    }

    void Train(PopulationBatch batch, Action<double, float> progress, CancellationToken cancellation)
    {
        var pace = new Pace(2e9 / batch.Work);
        for (int done = 0; done < options.Steps && !batch.AllDiverged;)
        {
            int steps = Math.Min(options.Steps - done, options.StepsPerLaunch ?? pace.Steps(Plan.ChunkSteps));
            long start = Stopwatch.GetTimestamp();
            batch.Run(done, steps);
            batch.Record(done, steps, options.Losses);
            pace.Made(steps, start);
            done += steps;
            progress((double)done / options.Steps, batch.MeanOfLastLosses);
            if (cancellation.IsCancellationRequested) break;
        }
    }

    static double Work(PopulationMember member) => (double)member.Net.ParameterCount * member.Batch;

    static void Check(PopulationMember member, IReadOnlyList<PopulationData> data)
    {
        ArgumentNullException.ThrowIfNull(member.Net, nameof(member.Net));
        ArgumentNullException.ThrowIfNull(member.Loss, nameof(member.Loss));
        ArgumentNullException.ThrowIfNull(member.Optimizer, nameof(member.Optimizer));
        ArgumentOutOfRangeException.ThrowIfLessThan(member.Batch, 1, nameof(member.Batch));
        Layers.Layer.RequireRate(member.LearningRate);
        if (!float.IsFinite(member.InitScale)) throw new ArgumentOutOfRangeException(nameof(member.InitScale), member.InitScale, "an initial scale is finite");
        if (member.Net.Depth > NetworkShape.MaxDepth)
            throw new ArgumentException($"a population takes networks of up to {NetworkShape.MaxDepth} linear layers, {member.Net} has {member.Net.Depth}");
        if (FusedKernel.WhyNot(member.Spec, member.Loss) is string why) throw new ArgumentException($"a population cannot train {member.Net}: {why}");
        member.Optimizer.Validate();
        if ((uint)member.Data >= (uint)data.Count) throw new ArgumentException($"there are {data.Count} data sets, a member asks for number {member.Data}");
        if (data[member.Data].Features != member.Net.Widths[0])
            throw new ArgumentException($"{member.Net} takes {member.Net.Widths[0]} inputs, its data has {data[member.Data].Features} features");
    }
}
