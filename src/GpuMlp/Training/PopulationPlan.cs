using System.Globalization;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;
using GpuMlp.Optimizers;

namespace GpuMlp.Training;

/// <summary>The networks of a batch, which one launch trains together.</summary>
/// <param name="Members">The numbers of the networks in the population.</param>
/// <param name="Bytes">Memory that the batch takes, on the device and on the host together.</param>
public sealed record PopulationBatchPlan(IReadOnlyList<int> Members, long Bytes);

/// <summary>How a population is divided into batches that fit the memory; made before anything is allocated.</summary>
/// <param name="Networks">Number of networks.</param>
/// <param name="ChunkSteps">The most steps that one launch makes.</param>
/// <param name="Budget">Bytes that a batch of more than one network may take.</param>
/// <param name="Batches">The batches in the order in which they are trained.</param>
public sealed record PopulationPlan(int Networks, int ChunkSteps, long Budget, IReadOnlyList<PopulationBatchPlan> Batches)
{
    const int DefaultChunk = 1024;

    // 4,096 floats are left for what rounding up to whole vectors adds
    const long MostBytes = sizeof(float) * (long)(DeviceBuffer.MostFloats - 4096), MostParameters = 1 << 27;

    /// <summary>Bytes of the largest batch.</summary>
    public long Bytes => Batches.Max(batch => batch.Bytes);

    /// <exception cref="InsufficientMemoryException">One network alone takes more than <paramref name="available"/> bytes.</exception>
    internal static PopulationPlan Make(
        Recipe[] recipes, PopulationData[] data, int? stepsPerLaunch, long budget, long available, bool hasDriver)
    {
        int chunk = Math.Clamp(stepsPerLaunch ?? DefaultChunk, 1, Math.Max(1, recipes.Max(recipe => recipe.Steps)));
        available = Math.Min(available, MostBytes);
        budget = Math.Min(budget, available);
        var batches = new List<PopulationBatchPlan>();
        int[] sets = Numbers(data);
        // networks that share a data set come one after the other, so that a batch holds few data sets
        foreach (var bucket in Enumerable.Range(0, recipes.Length).GroupBy(m => Shape(recipes[m], data[m])))
        {
            Recipe first = recipes[bucket.First()];
            int[] members = [.. bucket.OrderBy(m => sets[m])];
            long network = NetworkBytes(first, chunk, hasDriver);
            batches.AddRange(Fill(members, first, data, network, TableBytes(first, chunk), budget, available));
        }
        return new PopulationPlan(recipes.Length, chunk, budget, batches);
    }

    // everything that the networks of one launch have to have in common
    static (NetworkSpec, string, OptimizerSpec, (bool, bool), int, int, int) Shape(Recipe recipe, PopulationData data)
    {
        OptimizerSpec common = recipe.Optimizer with { LearningRate = 1, WeightDecay = 0, L1 = 0 };
        (bool, bool) kernel = (recipe.Optimizer.IsPlain, recipe.IsWeighted);
        return (recipe.Spec, recipe.Loss.Name, common, kernel, recipe.Batch, recipe.Steps, data.Rows);
    }

    /// <summary>A number for each element's data set: 0 for the first object, 1 for the next different one, and so on.</summary>
    internal static int[] Numbers(IEnumerable<PopulationData> data)
    {
        var numbers = new Dictionary<PopulationData, int>(ReferenceEqualityComparer.Instance);
        return [.. data.Select(set => numbers.TryGetValue(set, out int known) ? known : numbers[set] = numbers.Count)];
    }

    static IEnumerable<PopulationBatchPlan> Fill(
        int[] bucket, Recipe recipe, PopulationData[] data, long network, long table, long budget, long available)
    {
        List<int> taken = [];
        long bytes = 0;
        foreach (int m in bucket)
        {
            long alone = table + network + DataBytes(data[m]);
            long more = taken.Count == 0 ? alone : network + (ReferenceEquals(data[taken[^1]], data[m]) ? 0 : DataBytes(data[m]));
            if (alone > available)
                throw new InsufficientMemoryException(string.Create(CultureInfo.InvariantCulture,
                    $"one network {recipe.Net} with its data takes {alone:N0} bytes, {available:N0} are available"));
            if (taken.Count > 0 && bytes + more > budget)
            {
                yield return new PopulationBatchPlan(taken, bytes);
                (taken, bytes, more) = ([], 0, alone);
            }
            taken.Add(m);
            bytes += more;
        }
        yield return new PopulationBatchPlan(taken, bytes);
    }

    static long NetworkBytes(Recipe recipe, int chunk, bool hasDriver)
    {
        NetworkSpec net = recipe.Spec;
        if (net.ParameterCount > MostParameters) return 4 * sizeof(float) * net.ParameterCount + MostBytes;
        int arena = FusedRun.ArenaLength(new NetworkShape(net.Widths));
        // arena and losses lie on the device, on the host, and once more in memory while they are copied; what a driver's launch changes is
        // kept until the launch has ended
        int states = FusedRun.StateArenas(recipe);
        long floats = (3L + states + (hasDriver ? 1 + states : 0)) * arena + FusedRun.ScratchLength(recipe) + NetworkRow.Length
            + 3L * chunk + Math.Min(TrainingResult.LastLosses, recipe.Steps);
        return sizeof(float) * floats;
    }

    // the table of settings that change from step to step, on the device and on the host
    static long TableBytes(Recipe recipe, int chunk) => recipe.Optimizer.IsConstant ? 0 : 2L * sizeof(float) * StepNumbers.TableRow * chunk;

    // on the device, and on the host while it is copied there
    static long DataBytes(PopulationData data) => 2L * sizeof(float) * data.Rows * (data.Features + 1);

    /// <summary>The plan in one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Networks:N0} {(Networks == 1 ? "network" : "networks")} in {Batches.Count:N0} {(Batches.Count == 1 ? "batch" : "batches")}"
        + $" of up to {Batches.Max(b => b.Members.Count):N0}, {Mebibytes(Bytes)} MiB each at most"
        + $" (budget {Mebibytes(Budget)} MiB), up to {ChunkSteps:N0} steps per launch");
    static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString(bytes < 10 << 20 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
