using CudaEmulator.Ptx;

namespace CudaEmulator.Interpreter;

/// <summary>Instructions of some threads, by what they are.</summary>
sealed class InstructionCounts
{
    readonly long[] kinds = new long[Enum.GetValues<OpKind>().Length];

    public long this[OpKind kind] => kinds[(int)kind];

    /// <summary>Those of the floats that are fused multiply-adds.</summary>
    public long MultiplyAdds { get; private set; }

    public long Barriers { get; private set; }

    public long All => kinds.Sum();

    public void Add(Op op, long count)
    {
        kinds[(int)OpKinds.Of(op)] += count;
        if (op == Op.FmaF32) MultiplyAdds += count;
        if (op == Op.Bar) Barriers += count;
    }

    public void Add(InstructionCounts other)
    {
        for (int k = 0; k < kinds.Length; k++) kinds[k] += other.kinds[k];
        MultiplyAdds += other.MultiplyAdds;
        Barriers += other.Barriers;
    }
}

/// <summary>What one instruction that accesses global or shared memory cost.</summary>
/// <param name="Line">Its line in the PTX.</param>
/// <param name="Op">What it does.</param>
/// <param name="Bytes">The bytes that a thread loads or stores with it.</param>
sealed record AccessCounts(int Line, Op Op, int Bytes)
{
    /// <summary>How many times threads executed it.</summary>
    public long Threads { get; set; }

    /// <summary>How many times warps did.</summary>
    public long Warps { get; set; }

    /// <summary>Of how many of these the addresses were looked at.</summary>
    public long Seen { get; set; }

    /// <summary>The sectors of global memory, or the conflicts in shared memory's banks, of those.</summary>
    public long Cost { get; set; }

    /// <summary>Whether warps execute it at least an eighth as often as the instruction that they execute most often.</summary>
    public bool IsInner { get; set; }
}

/// <summary>
/// What a launch executed. A guarded instruction is one, whether its guard holds or not. The lanes of a warp are taken to execute an
/// instruction together when each executes it for the n-th time since the last barrier, since threads are interpreted one after another: a
/// card, whose lanes meet where their paths do, has more instructions of warps where loops have different lengths.
/// </summary>
sealed class LaunchCounts(Kernel kernel)
{
    readonly long[] warps = new long[kernel.Code.Length];
    readonly AccessCounts?[] accesses = Accessed(kernel);

    public InstructionCounts All { get; } = new();

    /// <summary>Those of the thread that executed most.</summary>
    public InstructionCounts Longest { get; private set; } = new();

    /// <summary>Instructions of warps.</summary>
    public long Warps => warps.Sum();

    public IEnumerable<AccessCounts> Accesses
    {
        get
        {
            long most = warps.Max();
            foreach (AccessCounts access in accesses.OfType<AccessCounts>().Where(a => a.Warps > 0))
            {
                access.IsInner = 8 * access.Warps >= most;
                yield return access;
            }
        }
    }

    static AccessCounts?[] Accessed(Kernel kernel) => [.. kernel.Code.Select((instruction, k) =>
        OpKinds.IsGlobal(instruction.Op) || OpKinds.IsShared(instruction.Op)
            ? new AccessCounts(kernel.Lines[k], instruction.Op, OpKinds.Bytes(kernel, instruction)) : null)];

    public AccessCounts Access(int at) => accesses[at]!;

    public bool IsAccess(int at) => accesses[at] is not null;

    /// <summary>Notes that a warp executed an instruction; one that is guarded is counted as its guard.</summary>
    public void AddWarps(int at, long count)
    {
        bool isGuarded = at > 0 && kernel.Code[at - 1].Op is Op.SkipIf or Op.SkipIfNot;
        if (!isGuarded) warps[at] += count;
        if (accesses[at] is { } access) access.Warps += count;
    }

    /// <summary>Notes a thread that has ended.</summary>
    public void AddThread(InstructionCounts thread)
    {
        All.Add(thread);
        if (thread.All > Longest.All) Longest = thread;
    }

    /// <summary>Adds what other groups of the same launch executed.</summary>
    public void Add(LaunchCounts other)
    {
        All.Add(other.All);
        if (other.Longest.All > Longest.All) Longest = other.Longest;
        for (int k = 0; k < warps.Length; k++)
        {
            warps[k] += other.warps[k];
            if (accesses[k] is not { } access || other.accesses[k] is not { } more) continue;
            access.Threads += more.Threads;
            access.Warps += more.Warps;
            access.Seen += more.Seen;
            access.Cost += more.Cost;
        }
    }
}
