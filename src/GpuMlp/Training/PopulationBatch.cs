using System.Runtime.ExceptionServices;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>Networks of one shape that share each launch: their data, their parameters and their progress.</summary>
sealed class PopulationBatch : IDisposable
{
    // of one launch: 16 MiB
    const int MostPicks = 1 << 22;

    readonly ComputeDevice device;
    readonly Recipe[] recipes;
    readonly PopulationData[] sets;
    readonly IReadOnlyList<int> numbers;
    readonly FusedRun run;
    readonly int rows, features, arenaLength, mostPicked = int.MaxValue;
    readonly PopulationTrack[] tracks;
    readonly int[] place;
    readonly float[] arenas, losses;
    float[] classes = [];                                          // labels without weights
    readonly DeviceBuffer x, y, parameters, rowsOfSteps;
    readonly Picks? picks;

    /// <param name="device">The device.</param>
    /// <param name="allRecipes">The recipes of the whole population.</param>
    /// <param name="allData">The data sets of the whole population.</param>
    /// <param name="numbers">The positions of this batch's networks in both lists.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="chunkSteps">The most steps per launch.</param>
    /// <param name="picks">The rows of each step; null where each network draws its own.</param>
    /// <exception cref="ArgumentException">The picks do not suit the networks or their data.</exception>
    internal PopulationBatch(
        ComputeDevice device, IReadOnlyList<Recipe> allRecipes, IReadOnlyList<PopulationData> allData,
        IReadOnlyList<int> numbers, int steps, int chunkSteps, Picks? picks = null)
    {
        (this.device, this.numbers, this.picks) = (device, numbers, picks);
        recipes = [.. numbers.Select(k => allRecipes[k])];
        place = PopulationPlan.Numbers(numbers.Select(k => allData[k]));
        sets = [.. numbers.Select(k => allData[k]).Distinct<PopulationData>(ReferenceEqualityComparer.Instance)];
        (rows, features) = (sets[0].Rows, sets[0].Features);
        if (picks is not null)
        {
            Require(picks, steps);
            mostPicked = Math.Clamp(MostPicks / First.Batch, 1, chunkSteps);
        }
        arenaLength = FusedRun.ArenaLength(new NetworkShape(First.Spec.Widths));
        tracks = [.. recipes.Select(_ => new PopulationTrack(steps))];
        arenas = new float[DeviceBuffer.LengthOf(recipes.Length, arenaLength, $"the parameters of {recipes.Length} networks")];
        losses = new float[DeviceBuffer.LengthOf(recipes.Length, chunkSteps, $"the losses of {recipes.Length} networks")];
        x = device.Allocate((long)sets.Length * rows * features, $"{sets.Length} data sets");
        y = device.Allocate((long)sets.Length * rows, $"{sets.Length} data sets");
        parameters = device.Allocate(arenas.Length);
        rowsOfSteps = device.Allocate(picks is null ? 0 : (long)mostPicked * First.Batch, "the rows of a launch's steps");
        Upload();
        run = new FusedRun(device, First, DrawParameters(), chunkSteps, () => new FusedMemory(x.All, y.All, parameters.All));
    }

    Recipe First => recipes[0];

    /// <summary>About how many float operations one step of all networks takes.</summary>
    internal long Work => run.Work;

    /// <summary>The most steps that the device can make in one launch.</summary>
    internal int MostSteps => Math.Min(run.MostSteps, mostPicked);

    internal bool AllDiverged => Array.TrueForAll(tracks, track => track.DivergedStep is not null);

    /// <summary>The mean of the networks' last losses, of those that are finite; NaN if none is.</summary>
    internal float MeanOfLastLosses => tracks.Select(t => t.LastLoss).Where(float.IsFinite).DefaultIfEmpty(float.NaN).Average();

    void Require(Picks given, int steps)
    {
        if (given.Seed is not null) throw new ArgumentException("each network draws by its own seed where it is given no picks", "Picks");
        if (given.Examples > rows)
            throw new ArgumentException($"picks go up to row {given.Examples - 1}, the data has rows 0 to {rows - 1}", "Picks");
        if (given.Count < (long)steps * First.Batch)
            throw new ArgumentException(
                $"{steps} steps of {First.Batch} take {(long)steps * First.Batch} picks, there are {given.Count}", "Picks");
    }

    void Upload()
    {
        var inputs = new float[x.Length];
        var labels = new float[y.Length];
        classes = new float[y.Length];
        OnAllCores(sets.Length, k =>
        {
            DataSet set = sets[k].Load();
            if (set.Count != rows || set.Features != features)
                throw new ArgumentException(
                    $"data set {k} said {rows} × {features}, what it loads is {set.Count} × {set.Features}", "data");
            set.Flat.CopyTo(inputs.AsSpan(k * rows * features));
            First.Loss.RequireLabels(set.Labels, First.Spec.Widths[^1]);
            Recipe recipe = recipes[Array.IndexOf(place, k)];
            if (WeightedLabels.WhyNot(recipe, set) is string why) throw new ArgumentException(why, "data");
            WeightedLabels.Of(recipe, set).CopyTo(labels.AsSpan(k * rows));
            set.Labels.CopyTo(classes.AsSpan(k * rows));
        });
        device.CopyToDevice(inputs, x.All);
        device.CopyToDevice(labels, y.All);
    }

    // draws and uploads the initial parameters, and returns the networks' NetworkRows
    float[] DrawParameters()
    {
        var table = new float[NetworkRow.Length * recipes.Length];
        OnAllCores(recipes.Length, k =>
        {
            recipes[k].Draw(arenas.AsSpan(k * arenaLength, arenaLength));
            Span<float> row = table.AsSpan(NetworkRow.Length * k, NetworkRow.Length);
            FusedRun.WriteRow(row, recipes[k].Optimizer, recipes[k].Seed, place[k] * rows);
        });
        device.CopyToDevice(arenas, parameters.All);
        return table;
    }

    // throws the body's own exception, without the AggregateException that For puts around it
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

    /// <summary>Makes steps firstStep, firstStep + 1, … of every network, and returns how many of them.</summary>
    internal int Run(int firstStep, int steps)
    {
        if (picks is null) return run.Train(firstStep, steps, rows);
        DeviceSpan picked = rowsOfSteps.All.Slice(0, steps * First.Batch);
        picks.Fill(picked, (long)firstStep * First.Batch);
        return run.Train(firstStep, steps, rows, picked);
    }

    /// <summary>Reads the losses and parameters that the last launch left.</summary>
    /// <param name="firstStep">The launch's first step.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="atMark">Whether weights that are not finite count as divergence.</param>
    /// <param name="show">Receives each network's losses.</param>
    internal void Record(int firstStep, int steps, bool atMark, Action<int, int, ReadOnlyMemory<float>>? show)
    {
        run.ReadLosses(losses.AsSpan(0, recipes.Length * steps));
        device.CopyToHost(parameters.All, arenas);
        for (int k = 0; k < recipes.Length; k++)
        {
            tracks[k].Add(losses.AsSpan(k * steps, steps), arenas.AsSpan(k * arenaLength, arenaLength), atMark);
            show?.Invoke(numbers[k], firstStep, losses.AsMemory(k * steps, steps));
        }
    }

    /// <summary>
    /// Evaluates the networks on their data and stores each result at its network's number. The batch cannot train afterwards.
    /// </summary>
    internal void Finish(PopulationResult[] results)
    {
        // what training has freed, and on a GPU some more: a launch is to have work for all of it
        long floats = run.EndTraining();
        if (device.Description.IsGpu) floats = Math.Max(floats, Math.Min(PopulationEvaluator.Floats, device.AvailableMemory() / 8));
        NetworkSpec spec = First.Spec;
        PopulationEvaluator.Run(device, spec, x.All, rows, parameters.All, run.Rows, recipes.Length, floats, (k, predictions) =>
            results[numbers[k]] = tracks[k].Result(Accuracy(spec, predictions, classes.AsSpan(place[k] * rows, rows))));
    }

    // predictions are (outputs, rows); null if the output is a number and not a class
    static double? Accuracy(NetworkSpec spec, ReadOnlySpan<float> predictions, ReadOnlySpan<float> labels) =>
        spec is { LinearOutput: true, Widths: [.., 1] } ? null : Classification.Accuracy(predictions, labels, transposed: true);

    public void Dispose()
    {
        run.Dispose();
        foreach (DeviceBuffer buffer in (DeviceBuffer[])[x, y, parameters, rowsOfSteps]) buffer.Dispose();
    }
}
