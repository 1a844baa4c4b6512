using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Devices.Host;

/// <summary>
/// Runs kernel bodies as .NET code with the widest vectors of the processor; the cores share large jobs, one slice per core.
/// </summary>
sealed class HostRunner : IDisposable
{
    /// <summary>About how many operations on registers a core does in the time in which it reads and writes one float.</summary>
    internal const long Moving = 16;

    // With less work the caller is done before another core has begun. What a core reads of an op's operands, another core has often
    // written just before, and has to hand over: on virtual machines two cores were faster than one from products of 4 to 17 million
    // operations on, by how near to each other their cores are. Groups have their memory to themselves.
    const long WorthSharingItems = 6_000_000, WorthSharingGroups = 200_000;

    readonly int width;
    readonly HostWorkers? workers;
    readonly Dictionary<Type, HostJob> jobs = [], groupJobs = [];

    /// <summary>The most cores that can share the work; each is a thread.</summary>
    internal const int MostCores = 1024;

    internal HostRunner(int width, int cores)
    {
        if (width is not (1 or 4 or 8 or 16))
            throw new ArgumentOutOfRangeException(nameof(width), width, "lanes are 1, 4, 8 or 16 floats wide");
        if (cores is < 1 or > MostCores)
            throw new ArgumentOutOfRangeException(nameof(cores), cores, FormattableString.Invariant($"cores are 1 to {MostCores:N0}"));
        this.width = width;
        if (cores > 1) workers = new HostWorkers(cores);
    }

    internal static int WidestLanes =>
        Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1;

    internal int Width => width;

    /// <summary>How many ops it ran so far.</summary>
    internal long Launches { get; private set; }

    internal int Cores => workers?.Count ?? 1;

    /// <summary>Does all items of an op; <paramref name="work"/> is about how many float operations they take.</summary>
    internal void Run<TOp>(in TOp op, long work) where TOp : struct, IOp<HostView>
    {
        Launches++;
        int items = op.Items(width);
        if (workers is null || work < WorthSharingItems || items < 2) Slice(op, width, 0, items);
        else Share(op, items);
    }

    void Share<TOp>(in TOp op, int items) where TOp : struct, IOp<HostView>
    {
        if (!jobs.TryGetValue(typeof(TOp), out HostJob? job)) jobs[typeof(TOp)] = job = new HostJob<TOp>(width);
        var typed = Unsafe.As<HostJob<TOp>>(job);
        typed.Set(op, items, workers!.Count);
        workers.Run(typed);
    }

    // inlined, because a step of a small network runs a dozen ops, and one more call for each takes 3 % of it
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Slice<TOp>(in TOp op, int width, int first, int end) where TOp : struct, IOp<HostView>
    {
        if (width == 16) op.Run<Lanes512>(first, end, 1);
        else if (width == 8) op.Run<Lanes256>(first, end, 1);
        else if (width == 4) op.Run<Lanes128>(first, end, 1);
        else op.Run<HostLanes>(first, end, 1);
    }

    /// <summary>Does all groups of an op, with one lane per group; the cores share the groups of large jobs.</summary>
    internal void RunGroups<TOp>(in TOp op, long work) where TOp : struct, IGroupOp<HostView>
    {
        Launches++;
        if (workers is null || work < WorthSharingGroups || op.Groups < 2)
        {
            GroupSlice(op, width, 0, op.Groups);
            return;
        }
        if (!groupJobs.TryGetValue(typeof(TOp), out HostJob? job)) groupJobs[typeof(TOp)] = job = new HostGroupJob<TOp>(width);
        var typed = Unsafe.As<HostGroupJob<TOp>>(job);
        typed.Set(op, workers.Count);
        workers.Run(typed);
    }

    internal static void GroupSlice<TOp>(in TOp op, int width, int first, int end) where TOp : struct, IGroupOp<HostView>
    {
        for (int group = first; group < end; group++)
        {
            if (width == 16) op.Run<Lanes512, HostLanes, NoBarrier>(group, 0, 1);
            else if (width == 8) op.Run<Lanes256, HostLanes, NoBarrier>(group, 0, 1);
            else if (width == 4) op.Run<Lanes128, HostLanes, NoBarrier>(group, 0, 1);
            else op.Run<HostLanes, HostLanes, NoBarrier>(group, 0, 1);
        }
    }

    public void Dispose() => workers?.Dispose();
}

/// <summary>Work divided into one slice per core.</summary>
abstract class HostJob
{
    internal abstract void Run(int worker);
}

/// <summary>
/// An op whose items are divided into contiguous slices. The object is kept and filled again for each call, so that calls allocate nothing.
/// </summary>
sealed class HostJob<TOp>(int width) : HostJob where TOp : struct, IOp<HostView>
{
    TOp op;
    int items, count;

    internal void Set(in TOp op, int items, int count) => (this.op, this.items, this.count) = (op, items, count);

    internal override void Run(int worker) =>
        HostRunner.Slice(op, width, (int)((long)items * worker / count), (int)((long)items * (worker + 1) / count));
}

/// <summary>A group op whose groups are divided into contiguous slices.</summary>
sealed class HostGroupJob<TOp>(int width) : HostJob where TOp : struct, IGroupOp<HostView>
{
    TOp op;
    int count;

    internal void Set(in TOp op, int count) => (this.op, this.count) = (op, count);

    internal override void Run(int worker) => HostRunner.GroupSlice(
        op, width, (int)((long)op.Groups * worker / count), (int)((long)op.Groups * (worker + 1) / count));
}
