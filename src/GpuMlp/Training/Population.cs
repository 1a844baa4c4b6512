using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;

namespace GpuMlp.Training;

/// <summary>
/// Trains many networks at once, each with its own seed, learning rate, initial weights and data. Each ends in the same bits as when it is
/// trained alone.
/// </summary>
public sealed class Population
{
    readonly ComputeDevice device;
    readonly Recipe[] recipes;
    readonly PopulationData[] data;
    readonly int? stepsPerLaunch;

    /// <summary>Checks the recipes and plans the memory; allocates nothing on the device.</summary>
    /// <param name="device">The device to train on.</param>
    /// <param name="recipes">One recipe per network.</param>
    /// <param name="data">
    /// The data set of each network, or one for all of them. A data set that several networks share is loaded once.
    /// </param>
    /// <param name="stepsPerLaunch">
    /// The most steps of one launch; by default 1,024, and fewer where that would take longer than 0.2 s. The bits do not depend on it.
    /// </param>
    /// <param name="memoryBudget">Bytes that a batch of networks may take; by default 512 MiB, or half of a GPU's free memory.</param>
    /// <exception cref="ArgumentException">
    /// There are no recipes; there are neither as many data sets as recipes nor one; or a network does not suit the fused engine or its
    /// data.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">One network alone takes more memory than there is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public Population(
        ComputeDevice device, IReadOnlyList<Recipe> recipes, IReadOnlyList<PopulationData> data,
        int? stepsPerLaunch = null, long? memoryBudget = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(recipes);
        ArgumentNullException.ThrowIfNull(data);
        if (recipes.Contains(null!)) throw new ArgumentException("a recipe is null", nameof(recipes));
        if (data.Contains(null!)) throw new ArgumentException("a data set is null", nameof(data));
        using DeviceUse use = device.Use();
        if (stepsPerLaunch is int chunk) ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1, nameof(stepsPerLaunch));
        if (recipes.Count == 0) throw new ArgumentException("a population has at least one network", nameof(recipes));
        if (data.Count != recipes.Count && data.Count != 1)
            throw new ArgumentException(
                $"{recipes.Count} networks take one data set each, or one for all; there are {data.Count}", nameof(data));
        (this.device, this.stepsPerLaunch) = (device, stepsPerLaunch);
        this.recipes = [.. recipes];
        this.data = data.Count == recipes.Count ? [.. data] : [.. recipes.Select(_ => data[0])];
        for (int k = 0; k < recipes.Count; k++) Check(recipes[k], this.data[k]);
        var weights = new Dictionary<PopulationData, IReadOnlyList<float>?>(ReferenceEqualityComparer.Instance);
        for (int k = 0; k < recipes.Count; k++)
        {
            if (!weights.TryAdd(this.data[k], recipes[k].ClassWeights) && !AreSame(weights[this.data[k]], recipes[k].ClassWeights))
                throw new ArgumentException("networks that share a data set share the class weights", nameof(recipes));
        }
        long available = device.AvailableMemory();
        long budget = memoryBudget ?? (device.Description.IsGpu ? available / 2 : Math.Min(512L << 20, available / 2));
        Plan = PopulationPlan.Make(this.recipes, this.data, stepsPerLaunch, budget, available, device.HasDriver);
    }

    /// <summary>Whether a population takes a recipe's network and is the faster way to train it on a device.</summary>
    /// <exception cref="ArgumentException">The device or the recipe is null, or its network, loss or optimizer is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static bool Suits(ComputeDevice device, Recipe recipe)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Validate();
        return FusedEngine.Suits(recipe, device.Description.IsGpu);
    }

    /// <summary>The batches of networks, their memory and the steps per launch.</summary>
    public PopulationPlan Plan { get; }

    /// <summary>
    /// The rows that each step trains on, the same for all networks; null where each network draws its own by its seed.
    /// </summary>
    public Picks? Picks { get; init; }

    /// <summary>
    /// Receives all losses after each launch: the network's number, the number of the first step, the losses. Losses after a divergence are
    /// among them. What it is given is used again after the call.
    /// </summary>
    public Action<int, int, ReadOnlyMemory<float>>? Losses { get; init; }

    /// <summary>How long each part of the run has taken so far.</summary>
    public PopulationTimes Times { get; private set; }

    /// <summary>Compiles everything that the run needs, so that <see cref="Run"/> spends its time on training alone.</summary>
    /// <exception cref="ArgumentException">A data set has another size than stated, or a label that the loss does not take.</exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void WarmUp()
    {
        using DeviceUse use = device.Use();
        // for each kind of launch the smallest number of networks that is launched in the same way as the whole batch
        int enough = device.SideBySideThreshold();
        foreach (var alike in Plan.Batches.GroupBy(b =>
            (FusedKernel.Of(recipes[b.Members[0]]), recipes[b.Members[0]].Net, Math.Min(b.Members.Count, enough))))
        {
            int[] some = [.. alike.First().Members.Take(enough)];
            using var batch = new PopulationBatch(device, recipes, data, some, 1, 1, Picks);
            batch.Run(0, 1);
            batch.Finish(new PopulationResult[recipes.Length]);
        }
    }

    /// <summary>Trains every network.</summary>
    /// <param name="progress">
    /// Called after every launch with the share of all work that is done, and the mean of the batch's last losses that are finite.
    /// </param>
    /// <param name="cancellation">Ends the run after the current launch; the results then say how many steps each network made.</param>
    /// <returns>One result per network, in the order of the recipes.</returns>
    /// <exception cref="ArgumentException">A data set has another size than stated, or a label that the loss does not take.</exception>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch early.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has less memory left than planned.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public IReadOnlyList<PopulationResult> Run(Action<double, float>? progress = null, CancellationToken cancellation = default)
    {
        using DeviceUse use = device.Use();
        var results = new PopulationResult[recipes.Length];
        Array.Fill(results, PopulationResult.None);
        double work = recipes.Sum(Work), before = 0;
        foreach (PopulationBatchPlan plan in Plan.Batches)
        {
            if (cancellation.IsCancellationRequested) break;
            double share = plan.Members.Sum(m => Work(recipes[m])) / work;
            long start = Stopwatch.GetTimestamp();
            using PopulationBatch? batch = Load(plan, cancellation);
            if (batch is null) break;
            TimeSpan load = Lap(ref start);
            Train(batch, recipes[plan.Members[0]].Steps, (made, loss) => progress?.Invoke(before + share * made, loss), cancellation);
            TimeSpan train = Lap(ref start);
            batch.Finish(results);
            Times = new PopulationTimes(Times.Load + load, Times.Train + train, Times.Evaluate + Lap(ref start));
            before += share;
        }
        return results;
    }

    // returns null if a data source gives up because of the cancellation; results of earlier batches stay
    PopulationBatch? Load(PopulationBatchPlan plan, CancellationToken cancellation)
    {
        try { return new PopulationBatch(device, recipes, data, plan.Members, recipes[plan.Members[0]].Steps, Plan.ChunkSteps, Picks); }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested) { return null; }
    }

    static TimeSpan Lap(ref long start)
    {
        long before = start;
        return Stopwatch.GetElapsedTime(before, start = Stopwatch.GetTimestamp());
    }

    void Train(PopulationBatch batch, int all, Action<double, float> progress, CancellationToken cancellation)
    {
        var pace = new Pace(2e9 / batch.Work);
        for (int done = 0; done < all && (Losses is not null || !batch.AllDiverged);)
        {
            // the pace must not decide after which step weights are looked at
            int mark = (int)Math.Min(all, (done / Plan.ChunkSteps + 1L) * Plan.ChunkSteps);
            int steps = Math.Min(Math.Min(mark - done, batch.MostSteps), stepsPerLaunch ?? pace.Steps(Plan.ChunkSteps));
            long start = Stopwatch.GetTimestamp();
            steps = batch.Run(done, steps);
            batch.Record(done, steps, done + steps == mark, Losses);
            pace.Made(steps, start);
            done += steps;
            progress((double)done / all, batch.MeanOfLastLosses);
            if (cancellation.IsCancellationRequested) break;
        }
    }

    static bool AreSame(IReadOnlyList<float>? a, IReadOnlyList<float>? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.SequenceEqual(b));

    static double Work(Recipe recipe) => (double)recipe.WorkOfStep(recipe.Spec.ParameterCount) * Math.Max(1, recipe.Steps);

    static void Check(Recipe recipe, PopulationData data)
    {
        recipe.Validate();
        if (FusedKernel.WhyNot(recipe) is string why) throw new ArgumentException($"a population cannot train {recipe.Net}: {why}");
        if (Recipe.WhyNotInputs(recipe.Spec.Widths[0], data.Features) is string wrong) throw new ArgumentException(wrong);
    }
}
