using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Planning;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>Trains the networks of a sweep, a block of them at a time.</summary>
sealed class SweepTrainer
{
    // bytes of a network's config, recipe and result on the host, beside its parameters
    const long BytesPerRow = 1500;
    const int LeastBlock = 64, MostBlock = 4096, MostPredictions = 1 << 22;

    // half a minute or so on two cores: what a killed task has to do again
    const double WorkOfBlock = 1e11;

    readonly SweepGrid grid;
    readonly Terminal terminal;
    readonly SweepData kinds;
    readonly CancellationToken cancellation;

    /// <summary>Loads the data and checks that every network goes with it.</summary>
    /// <exception cref="UsageException">One does not.</exception>
    public static SweepTrainer Load(SweepGrid grid, Terminal terminal, CancellationToken cancellation)
    {
        using IDisposable _ = TrainData.Loading(grid[0], terminal);
        return new SweepTrainer(grid, terminal, cancellation);
    }

    SweepTrainer(SweepGrid grid, Terminal terminal, CancellationToken cancellation)
    {
        (this.grid, this.terminal, this.cancellation) = (grid, terminal, cancellation);
        kinds = new SweepData(grid.Common, [.. grid.Kinds()], Sources, cancellation);
        kinds.CheckWindows();
        Mosaic = grid.Common.NoPlots || !kinds.HavePlane ? null : new MosaicChoice(grid.Count);
        double most = kinds.Recipes.Max(recipe => Work.OfPopulation([recipe]).Operations * recipe.Steps);
        Block = Math.Min(grid.Count, grid.Request.Block ?? (int)Math.Clamp(WorkOfBlock / most, LeastBlock, MostBlock));
        HostMemory.Require(Invariant($"the results of {Block:N0} networks"), Block * (double)BytesOf(kinds.Rows.Max(ParametersOf)));
    }

    /// <summary>Where the data comes from.</summary>
    public SweepSources Sources { get; } = new();

    /// <summary>What the user should know about the data.</summary>
    public IEnumerable<string> Notes => kinds.Notes;

    /// <summary>Identifies the data.</summary>
    public string DataHash => kinds.Hash();

    /// <summary>What the mosaic shows; null if there is none.</summary>
    public MosaicChoice? Mosaic { get; }

    /// <summary>How many networks are trained together.</summary>
    public int Block { get; }

    /// <summary>The most steps that one launch makes.</summary>
    public int StepsPerLaunch => Math.Min(1024, grid.Common.Steps);

    /// <summary>The work of some of the networks.</summary>
    public static IReadOnlyList<Work> WorkOf(SweepGrid grid, IReadOnlyList<Recipe> kinds, int networks)
    {
        Work mean = Work.OfPopulation(kinds);
        return [new Work(WorkKind.Population, (double)networks * grid.Common.Steps, mean.Stages, mean.Operations, Math.Max(1, networks))];
    }

    /// <inheritdoc cref="WorkOf(SweepGrid, IReadOnlyList{Recipe}, int)"/>
    public IReadOnlyList<Work> WorkOf(int networks) => WorkOf(grid, kinds.Recipes, networks);

    /// <summary>About how much memory a task takes for the block that needs the most, beside the program itself.</summary>
    public long BytesNeeded(ComputeDevice device)
    {
        TrainConfig largest = kinds.Rows.MaxBy(ParametersOf)!;
        var data = new SweepData(grid.Common, [.. Enumerable.Repeat(largest, Block)], Sources, cancellation);
        long ofData = 4L * sizeof(double) * data.Sets[0].Rows * data.Sets[0].Features;
        return Prepare(device, data).Plan.Bytes + Block * BytesOf(ParametersOf(largest)) + ofData;
    }

    /// <summary>Compiles what the first block needs.</summary>
    public void WarmUp(ComputeDevice device, int first, int end)
    {
        Population population = Prepare(device, Rows(first, Math.Min(end, first + Block)));
        string blocks = end - first > Block ? $"blocks of {Block:N0}; the first: " : "";
        terminal.Note($"{blocks}{population.Plan}");
        if (device.Kind is DeviceKind.OpenCL or DeviceKind.Cuda) terminal.Note("compiling kernels");
        population.WarmUp();
    }

    /// <summary>Trains the block that begins at a row.</summary>
    /// <param name="device">The device.</param>
    /// <param name="first">Its first row.</param>
    /// <param name="end">The row that no block goes beyond.</param>
    /// <param name="progress">Receives the share of the block's work that is done, and a loss.</param>
    /// <returns>The block; where the run was cancelled its networks may have made fewer steps, or none.</returns>
    public SweepBlock Train(ComputeDevice device, int first, int end, Action<double, float> progress)
    {
        SweepData data = Rows(first, Math.Min(end, first + Block));
        Population population = Prepare(device, data);
        IReadOnlyList<PopulationResult> results = population.Run(progress, cancellation);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        RowScore?[]? scores = grid.Common.Validation is null ? null : Judge(data, results, device);
        SweepResult[] rows = [.. results.Select((result, k) => SweepResult.Of(result, scores?[k]))];
        var ranking = new SweepRanking(scores is not null, grid.Seeds, grid.Request.Top, first);
        foreach (SweepResult row in rows) ranking.Add(row);
        IEnumerable<int> shown = Mosaic is null ? [] : Enumerable.Range(first, rows.Length)
            .Where(row => Mosaic.Shows(row) && rows[row - first].Accuracy is not null);
        var parameters = ranking.Candidates.Concat(shown).Distinct().ToDictionary(row => row, row => results[row - first].Parameters);
        TimeSpan judge = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        PopulationTimes times = population.Times;
        return new SweepBlock(first, rows, parameters, DeviceInput.Record(device),
            new SweepTimes(times.Load, times.Train, times.Evaluate + judge));
    }

    SweepData Rows(int first, int end) =>
        new(grid.Common, Cores.Make(end - first, k => grid[first + k]), Sources, cancellation);

    static Population Prepare(ComputeDevice device, SweepData data)
    {
        try
        {
            return new Population(device, data.Recipes, [.. data.Numbers.Select(set => data.Sets[set])]);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(UsageException.Plain(e), e);
        }
    }

    static long ParametersOf(TrainConfig row) => row.Net.ParameterCount;

    static long BytesOf(long parameters) => BytesPerRow + sizeof(float) * parameters;

    // how well the networks do on the validation rows: those of one shape and one data set together
    RowScore?[] Judge(SweepData data, IReadOnlyList<PopulationResult> results, ComputeDevice device)
    {
        var scores = new RowScore?[results.Count];
        bool IsTrained(int k) => results[k] is { DivergedStep: null, Steps: > 0 };
        foreach (var ofSet in Enumerable.Range(0, results.Count).Where(IsTrained).GroupBy(k => data.Numbers[k]))
        {
            DataSet rows = data.Validation(ofSet.Key)!;
            float[] points = rows.Flat.ToArray();
            foreach (var alike in ofSet.GroupBy(k => data.Recipes[k].Net!))
            {
                NetworkSpec open = alike.Key with { LinearOutput = true };
                int outputs = open.Widths[^1], atOnce = Math.Max(1, MostPredictions / (rows.Count * outputs));
                foreach (int[] some in alike.Chunk(atOnce))
                {
                    float[][] values = PopulationEvaluator.Evaluate(
                        device, open, [.. some.Select(k => results[k].Parameters)], [.. some.Select(_ => points)]);
                    for (int k = 0; k < some.Length; k++)
                        scores[some[k]] = RowScore.Of(data.Rows[some[k]].Loss, alike.Key, ByRow(values[k], outputs), rows);
                }
            }
        }
        return scores;
    }

    // (outputs, rows) as (rows, outputs)
    static float[] ByRow(float[] values, int outputs)
    {
        int rows = values.Length / outputs;
        var byRow = new float[values.Length];
        for (int row = 0; row < rows; row++)
            for (int o = 0; o < outputs; o++) byRow[row * outputs + o] = values[o * rows + row];
        return byRow;
    }
}
