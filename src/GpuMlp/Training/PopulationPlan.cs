using System.Globalization;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Training;

/// <summary>Networks that one launch can train together, and what they take.</summary>
/// <param name="Members">Numbers of the members.</param>
/// <param name="Data">Numbers of the data sets they use, each once.</param>
/// <param name="Bytes">Memory that the batch takes, on the device and on the host together.</param>
public sealed record PopulationBatchPlan(IReadOnlyList<int> Members, IReadOnlyList<int> Data, long Bytes);

/// <summary>How a population is cut into batches that fit the memory; made before anything is allocated.</summary>
/// <param name="Networks">Number of networks.</param>
/// <param name="ChunkSteps">The most steps that one launch makes.</param>
/// <param name="Budget">Bytes that a batch of more than one network may take.</param>
/// <param name="Batches">The batches in the order in which they are trained.</param>
public sealed record PopulationPlan(int Networks, int ChunkSteps, long Budget, IReadOnlyList<PopulationBatchPlan> Batches)
{
    /// <summary>The most losses a network keeps: what the mean of the last thousand needs.</summary>
    internal const int Tail = 1000;

    const int DefaultChunk = 1024;

    // a margin for what rounding up to whole lanes adds
    const long MostBytes = sizeof(float) * (long)(DeviceBuffer.MostFloats - 4096), MostParameters = 1 << 27;

    /// <summary>Bytes of the largest batch.</summary>
    public long Bytes => Batches.Max(batch => batch.Bytes);

    /// <exception cref="InsufficientMemoryException">One network alone takes more than <paramref name="available"/> bytes.</exception>
    internal static PopulationPlan Make(
        IReadOnlyList<PopulationMember> members, IReadOnlyList<PopulationData> data, PopulationOptions options, long budget, long available)
    {
        int chunk = Math.Clamp(options.StepsPerLaunch ?? DefaultChunk, 1, Math.Max(1, options.Steps));
        available = Math.Min(available, MostBytes);
        budget = Math.Min(budget, available);
        var batches = new List<PopulationBatchPlan>();
        // who shares a data set stands together, so that a batch needs few of them
        foreach (var bucket in Enumerable.Range(0, members.Count).GroupBy(m => Shape(members[m], data)))
            batches.AddRange(Fill([.. bucket.OrderBy(m => members[m].Data)], members, data, NetworkBytes(members[bucket.First()], chunk, options.Steps), TableBytes(members[bucket.First()], chunk), budget, available));
        return new PopulationPlan(members.Count, chunk, budget, batches);
    }

    // all that the networks of one launch have in common
    static (NetworkSpec, string, OptimizerSpec, bool, int, int) Shape(PopulationMember member, IReadOnlyList<PopulationData> data) =>
        (member.Spec, member.Loss.Name, member.Optimizer with { WeightDecay = 0, L1 = 0 }, member.Optimizer.IsPlain, member.Batch, data[member.Data].Rows);

    static IEnumerable<PopulationBatchPlan> Fill(
        int[] bucket, IReadOnlyList<PopulationMember> members, IReadOnlyList<PopulationData> data, long network, long table, long budget, long available)
    {
        List<int> taken = [], sets = [];
        long bytes = 0;
        foreach (int m in bucket)
        {
            int set = members[m].Data;
            long alone = table + network + DataBytes(data[set]);
            long more = taken.Count == 0 ? alone : network + (sets[^1] == set ? 0 : DataBytes(data[set]));
            if (alone > available)
                throw new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture,
                    $"one network {members[m].Net} with its data takes {alone:N0} bytes, {available:N0} are available"));
            if (taken.Count > 0 && bytes + more > budget)
            {
                yield return new PopulationBatchPlan(taken, sets, bytes);
                (taken, sets, bytes, more) = ([], [], 0, alone);
            }
            taken.Add(m);
            if (sets.Count == 0 || sets[^1] != set) sets.Add(set);
            bytes += more;
        }
        yield return new PopulationBatchPlan(taken, sets, bytes);
    }

    static long NetworkBytes(PopulationMember member, int chunk, int steps)
    {
        if (member.Net.ParameterCount > MostParameters) return 4 * sizeof(float) * member.Net.ParameterCount + MostBytes;
        var shape = new NetworkShape(member.Net.Widths);
        // arena and losses lie on the device, on the host, and once more while they are copied
        return sizeof(float) * ((3L + StateArenas(member)) * ArenaLength(shape) + ScratchLength(shape, member) + NetworkRow.Length + 3L * chunk + Math.Min(Tail, steps));
    }

    // what changes from step to step, on the device and on the host
    static long TableBytes(PopulationMember member, int chunk) => member.Optimizer.IsConstant ? 0 : 2L * sizeof(float) * StepNumbers.TableRow * chunk;

    // on the device and on the host while it goes there
    static long DataBytes(PopulationData data) => 2L * sizeof(float) * data.Rows * (data.Features + 1);

    /// <summary>Floats from one network's scratch memory to the next's: every group begins at a cache line.</summary>
    internal static long ScratchLength(NetworkShape shape, PopulationMember member) => (member.Kernel.ScratchLength(shape, member.Batch) + 15) / 16 * 16;

    /// <summary>Arenas that a network's optimizer keeps beside the parameters.</summary>
    internal static int StateArenas(PopulationMember member) => member.Optimizer.IsPlain ? 0 : OptimizerNumbers.MostStates;

    /// <exception cref="ArgumentOutOfRangeException">No buffer holds so many parameters.</exception>
    internal static int ArenaLength(NetworkShape shape) => DeviceBuffer.LengthOf(
        Enumerable.Range(0, shape.Depth).Sum(l => ParameterArena.Align((shape.Width(l) + 1L) * shape.Width(l + 1))), "a network's parameters");

    /// <summary>The plan in a line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Networks:N0} {(Networks == 1 ? "network" : "networks")} in {Batches.Count:N0} {(Batches.Count == 1 ? "batch" : "batches")} of up to {Batches.Max(b => b.Members.Count):N0}, {Mebibytes(Bytes)} MiB each at most (budget {Mebibytes(Budget)} MiB), up to {ChunkSteps:N0} steps a launch");

    static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString(bytes < 10 << 20 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
