using System.Runtime.InteropServices;
using CudaEmulator.Memory;
using CudaEmulator.Ptx;

namespace CudaEmulator.Interpreter;

/// <summary>Runs groups one after another. Within a group each thread runs to the next barrier, then the next thread does.</summary>
sealed unsafe class GroupRunner : IDisposable
{
    readonly Launch launch;
    readonly Kernel kernel;
    readonly int threads, slots;
    readonly ulong* registers;
    readonly byte* parameters, shared;
    readonly int sharedBytes;
    readonly Thread[] states;

    public GroupRunner(Launch launch)
    {
        this.launch = launch;
        kernel = launch.Kernel;
        threads = (int)launch.Group.Count;
        slots = kernel.Slots.Length;
        sharedBytes = (kernel.SharedBytes + 15) / 16 * 16 + launch.SharedBytes;
        registers = (ulong*)NativeMemory.AlignedAlloc((nuint)slots * (nuint)threads * sizeof(ulong), 64);
        shared = (byte*)NativeMemory.AlignedAlloc((nuint)sharedBytes + 64, 64);
        parameters = (byte*)NativeMemory.AlignedAlloc((nuint)launch.Parameters.Length + 64, 64);
        launch.Parameters.CopyTo(new Span<byte>(parameters, launch.Parameters.Length));
        states = new Thread[threads];
        Windows = new Window[kernel.Windows];
        Array.Fill(Windows, Window.Empty);
        Races = launch.FindRaces ? new RaceFinder() : null;
        Counter = launch.Counts is null ? null : new Counter(kernel, threads);
    }

    public long Instructions { get; private set; }

    public Kernel Kernel => kernel;

    public byte* Parameters => parameters;

    public Window[] Windows { get; }

    public RaceFinder? Races { get; }

    /// <summary>Counts what each thread executes; null where nobody asks.</summary>
    public Counter? Counter { get; }

    /// <summary>The group that runs now, and its thread, for messages.</summary>
    Size3 group;
    int current;

    /// <summary>Runs one group to its end.</summary>
    /// <exception cref="KernelFault">A thread did something forbidden, or the launch took too long.</exception>
    public void Run(Size3 place)
    {
        group = place;
        Begin();
        Counter?.BeginGroup();
        int waiting;
        do
        {
            waiting = 0;
            Races?.Clear();
            for (current = 0; current < threads; current++)
            {
                ref Thread thread = ref states[current];
                if (thread.Done) continue;
                ulong* r = registers + (long)current * slots;
                bool done;
                long instructions = Counter is null ? ThreadRunner.Run<Plain>(this, r, ref thread.Next, out done)
                    : RunCounted(Counter, r, ref thread.Next, out done);
                Instructions += instructions;
                if (Instructions > launch.MostInstructions)
                    throw Fault(CudaError.LaunchTimeout, kernel.Lines[thread.Next], "runs when the launch has taken too long");
                thread.Done = done;
                if (!done) waiting++;
            }
            Counter?.EndWarp();
            if (waiting > 0) CheckBarrier(waiting);
        } while (waiting > 0);
        Counter?.EndGroup();
    }

    long RunCounted(Counter counter, ulong* r, ref int next, out bool done)
    {
        if (current % WarpAccess.Lanes == 0) counter.EndWarp();                     // of the threads before
        counter.BeginThread(current);
        long instructions = ThreadRunner.Run<Counted>(this, r, ref next, out done);
        counter.EndThread(current);
        return instructions;
    }

    void Begin()
    {
        NativeMemory.Fill(shared, (nuint)sharedBytes, 0xFF);
        for (int thread = 0; thread < threads; thread++)
        {
            ulong* r = registers + (long)thread * slots;
            kernel.Slots.CopyTo(new Span<ulong>(r, slots));
            Put(r, 0, launch.Group.At(thread));
            Put(r, 3, launch.Group);
            Put(r, 6, group);
            Put(r, 9, launch.Grid);
            states[thread] = default;
        }
    }

    static void Put(ulong* registers, int slot, Size3 value)
    {
        registers[slot] = (uint)value.X;
        registers[slot + 1] = (uint)value.Y;
        registers[slot + 2] = (uint)value.Z;
    }

    // a waiting thread's next instruction is the one behind its barrier
    void CheckBarrier(int waiting)
    {
        int first = Array.FindIndex(states, t => !t.Done);
        for (current = 0; current < threads; current++)
        {
            Thread thread = states[current];
            int line = thread.Done ? 0 : kernel.Lines[thread.Next - 1];
            if (thread.Done)
            {
                string why = $"does not reach the barrier at which {waiting} of {threads} threads wait";
                throw Fault(CudaError.LaunchFailed, kernel.Lines[states[first].Next - 1], why);
            }
            if (kernel.Code[thread.Next - 1].D != kernel.Code[states[first].Next - 1].D)
                throw Fault(CudaError.LaunchFailed, line, "waits at another barrier than the others");
            // before sm_70 all threads of a warp are at one place in the program
            int leader = Math.Max(first, current / WarpAccess.Lanes * WarpAccess.Lanes);
            if (launch.Capability < 70 && states[leader].Next != thread.Next)
                throw Fault(CudaError.LaunchFailed, line, "waits at another place than its warp");
        }
    }

    /// <summary>The place in this process of global memory's bytes at an address; the instruction's window is moved to it.</summary>
    public byte* Global(ulong address, int bytes, int window, int at)
    {
        CheckAlignment(address, bytes, at);
        Region? region = launch.Memory.Find(address);
        if (region is null || !region.Holds(address, (ulong)bytes))
            throw Fault(CudaError.IllegalAddress, kernel.Lines[at], $"accesses {bytes} bytes at 0x{address:x}, which {Nearest(address)}");
        Windows[window] = new() { Address = region.Address, Limit = region.Bytes - (ulong)bytes, Host = (byte*)region.Host };
        return region.At(address);
    }

    string Nearest(ulong address)
    {
        if (!DeviceMemory.IsDeviceAddress(address)) return "is no address of the card";
        Region? before = launch.Memory.Before(address);
        return before is null
            ? "nothing was allocated at"
            : $"is {address - before.Address} bytes from the start of an allocation of {before.Bytes}";
    }

    /// <summary>The place in this process of shared memory's bytes at an address.</summary>
    public byte* Shared(ulong address, int bytes, int at)
    {
        CheckAlignment(address, bytes, at);
        if (address > (ulong)sharedBytes || (ulong)sharedBytes - address < (ulong)bytes)
        {
            string what = $"accesses {bytes} bytes at {address} of {sharedBytes} bytes of shared memory";
            throw Fault(CudaError.IllegalAddress, kernel.Lines[at], what);
        }
        return shared + address;
    }

    void CheckAlignment(ulong address, int bytes, int at)
    {
        if ((address & (ulong)(bytes - 1)) == 0) return;
        string what = $"accesses {bytes} bytes at 0x{address:x}, which is no multiple of {bytes}";
        throw Fault(CudaError.MisalignedAddress, kernel.Lines[at], what);
    }

    /// <summary>Checks that no other thread touched the same word since the last barrier.</summary>
    public void Watch(byte* host, int bytes, bool writes, int at)
    {
        for (int i = 0; i < bytes; i += 4)
            if (Races!.Touch((nint)host + i, current, writes) is int other)
                throw Fault(CudaError.LaunchFailed, kernel.Lines[at],
                    $"{(writes ? "writes" : "reads")} what thread {launch.Group.At(other)} touched with no barrier between them: a race");
    }

    KernelFault Fault(CudaError error, int line, string what) =>
        new(error, $"kernel {kernel.Name}, group {group}, thread {launch.Group.At(current)}, PTX line {line}: {what}");

    public void Dispose()
    {
        NativeMemory.AlignedFree(registers);
        NativeMemory.AlignedFree(shared);
        NativeMemory.AlignedFree(parameters);
    }

    struct Thread
    {
        public int Next;
        public bool Done;
    }
}
