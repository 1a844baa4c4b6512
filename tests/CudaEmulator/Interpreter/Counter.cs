using CudaEmulator.Ptx;

namespace CudaEmulator.Interpreter;

/// <summary>
/// Counts what the threads of a group execute, which are run one after another from barrier to barrier, and gathers the accesses of a
/// warp's lanes: those that make the same access for the n-th time since the barrier make it together.
/// </summary>
sealed class Counter(Kernel kernel, int threads)
{
    // an instruction that a lane executes more often between two barriers is looked at only so many times, which bounds the memory
    const int MostSeen = 2048;

    readonly int[] executed = new int[kernel.Code.Length];                          // by this thread since the barrier
    readonly int[] most = new int[kernel.Code.Length];                              // by the lane of this warp that did so most often
    readonly List<int> touched = [], warpTouched = [];
    readonly ulong[]?[] addresses = new ulong[kernel.Code.Length][];                // (n-th time, lane) of an access
    readonly InstructionCounts[] ofThreads = new InstructionCounts[threads];
    int lane;

    public LaunchCounts Counts { get; } = new(kernel);

    public void BeginGroup()
    {
        for (int k = 0; k < threads; k++) ofThreads[k] = new();
    }

    public void BeginThread(int thread) => lane = thread % WarpAccess.Lanes;

    /// <summary>The thread executes an instruction.</summary>
    public void Executes(int at)
    {
        if (executed[at]++ == 0) touched.Add(at);
    }

    /// <summary>The instruction that the thread executes accesses an address.</summary>
    public void Accesses(int at, ulong address)
    {
        int time = executed[at] - 1;
        if (time >= MostSeen) return;
        int place = time * WarpAccess.Lanes;
        ulong[] all = addresses[at] ??= Filled(new ulong[8 * WarpAccess.Lanes], 0);
        if (place >= all.Length)
        {
            int length = all.Length;
            Array.Resize(ref all, 2 * length);
            addresses[at] = Filled(all, length);
        }
        all[place + lane] = address;
    }

    static ulong[] Filled(ulong[] addresses, int from)
    {
        addresses.AsSpan(from).Fill(WarpAccess.None);
        return addresses;
    }

    /// <summary>The thread has reached a barrier or its end.</summary>
    public void EndThread(int thread)
    {
        InstructionCounts counts = ofThreads[thread];
        foreach (int at in touched)
        {
            Op op = kernel.Code[at].Op;
            int count = executed[at];
            if (op is Op.SkipIf or Op.SkipIfNot) counts.Add(kernel.Code[at + 1].Op, count - executed[at + 1]);
            else counts.Add(op, count);
            if (Counts.IsAccess(at)) Counts.Access(at).Threads += count;
            if (most[at] == 0) warpTouched.Add(at);
            most[at] = Math.Max(most[at], count);
        }
        foreach (int at in touched) executed[at] = 0;
        touched.Clear();
    }

    /// <summary>All threads of a warp have reached a barrier or their end.</summary>
    public void EndWarp()
    {
        foreach (int at in warpTouched)
        {
            Counts.AddWarps(at, most[at]);
            if (Counts.IsAccess(at)) Look(Counts.Access(at), addresses[at]!, Math.Min(most[at], MostSeen));
            most[at] = 0;
        }
        warpTouched.Clear();
    }

    static void Look(AccessCounts access, ulong[] all, int times)
    {
        for (int time = 0; time < times; time++)
        {
            Span<ulong> lanes = all.AsSpan(time * WarpAccess.Lanes, WarpAccess.Lanes);
            access.Cost += OpKinds.IsGlobal(access.Op) ? WarpAccess.Sectors(lanes) : WarpAccess.Conflicts(lanes, access.Bytes);
            lanes.Fill(WarpAccess.None);
        }
        access.Seen += times;
    }

    public void EndGroup()
    {
        foreach (InstructionCounts thread in ofThreads) Counts.AddThread(thread);
    }
}
