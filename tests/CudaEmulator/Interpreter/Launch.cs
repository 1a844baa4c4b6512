using CudaEmulator.Memory;
using CudaEmulator.Ptx;

namespace CudaEmulator.Interpreter;

/// <summary>One launch of a kernel over a grid of groups.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Grid">How many groups.</param>
/// <param name="Group">How many threads a group has.</param>
/// <param name="SharedBytes">Bytes of shared memory in addition to those that the kernel declares.</param>
/// <param name="Parameters">The parameters' bytes, at least as many as the kernel declares.</param>
/// <param name="Memory">The card's memory.</param>
/// <param name="Capability">The card's compute capability, times ten.</param>
/// <param name="FindRaces">Whether to look for races within a group.</param>
/// <param name="MostInstructions">How many instructions each core may run before the launch is ended.</param>
/// <param name="Counts">Where what the launch executes is counted; null for nowhere.</param>
sealed record Launch(
    Kernel Kernel, Size3 Grid, Size3 Group, int SharedBytes, byte[] Parameters, DeviceMemory Memory,
    int Capability = 80, bool FindRaces = false, long MostInstructions = long.MaxValue,
    LaunchCounts? Counts = null)
{
    /// <summary>Runs the launch to its end, on a number of cores.</summary>
    /// <returns>How many instructions ran.</returns>
    /// <exception cref="KernelFault">The kernel did something forbidden, or took too long.</exception>
    public long Run(int cores)
    {
        long groups = Grid.Count, instructions = 0, nextGroup = -1;
        KernelFault? fault = null;
        void Work()
        {
            using var runner = new GroupRunner(this);
            try
            {
                for (long group; Volatile.Read(ref fault) is null && (group = Interlocked.Increment(ref nextGroup)) < groups;)
                    runner.Run(Grid.At(group));
            }
            catch (KernelFault e)
            {
                Interlocked.CompareExchange(ref fault, e, null);
            }
            Interlocked.Add(ref instructions, runner.Instructions);
            if (Counts is null || runner.Counter is null) return;
            lock (Counts) Counts.Add(runner.Counter.Counts);
        }
        int workers = (int)Math.Min(Math.Max(cores, 1), groups);
        if (workers == 1) Work();
        else Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work());
        return fault is null ? instructions : throw fault;
    }
}
