using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// The data sets of a sweep. Each is made from its row's options when it is needed, as train makes it; a file is read once.
/// </summary>
sealed class SweepData
{
    const int QuicklyMade = 1_000_000;

    readonly CancellationToken cancellation;
    readonly Dictionary<TrainConfig, int> numbers = [];
    readonly List<TrainConfig> configs = [];
    readonly Dictionary<TrainConfig, LoadedData> probes = [];
    readonly Dictionary<(TrainConfig, NetworkSpec, Loss), (bool LinearOutput, DataSet Raw)> fits = [];

    /// <summary>Checks that every network goes with its data.</summary>
    /// <exception cref="UsageException">A file is missing or holds no such data, or a network does not go with its data.</exception>
    public SweepData(SweepGrid grid, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        Numbers = [.. grid.Rows.Select(Number)];
        Sets = [.. configs.Select(Describe)];
        float[]?[] weights = [.. Enumerable.Range(0, configs.Count).Select(set =>
            grid.Common.ClassWeight is null ? null : ClassWeights.Of(grid.Common, Parts(set).Training))];
        Recipes = [.. grid.Rows.Select((row, k) => row.Recipe with
        {
            Net = row.Net with { LinearOutput = Fit(row).LinearOutput },
            ClassWeights = weights[Numbers[k]],
        })];
        if (grid.Common.Window is not null)
        {
            foreach (TrainConfig config in configs)
            {
                Standardizer? standardizer = config.Standardize ? Standardizer.Fit(Probe(config).All) : null;
                Windows.Check(config, Probe(config).All, Windows.Scale(standardizer), SweepOutputs.GridWidth, SweepOutputs.GridHeight);
            }
        }
        HavePlane = grid.Rows.All(row => Fit(row).Raw is { Features: 2, ClassCount: > 0 });
    }

    /// <summary>What the user should know about the files of the sweep.</summary>
    public IEnumerable<string> Notes => configs.Where(config => config.Samples is null).SelectMany(config =>
        (IEnumerable<string>)[Probe(config).Summary!, .. Probe(config).Notes,
            .. TrainData.Collapsed(Probe(config).All, config.Standardize)]).Distinct();

    /// <summary>The number of each network's data set.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>Each network's recipe, with a linear output where its loss and its data need one.</summary>
    public IReadOnlyList<Recipe> Recipes { get; }

    /// <summary>The data sets, by number.</summary>
    public IReadOnlyList<PopulationData> Sets { get; }

    /// <summary>Whether all data sets have two features and classes, as a mosaic needs.</summary>
    public bool HavePlane { get; }

    /// <summary>A data set in its own units, and what standardizes it (null where it is not standardized).</summary>
    public (DataSet Raw, Standardizer? Standardizer) Load(int set)
    {
        DataSet raw = Parts(set).Training;
        return (raw, configs[set].Standardize ? Standardizer.Fit(raw) : null);
    }

    /// <summary>All rows of a data set in their own units, those that are kept back among them.</summary>
    public DataSet Whole(int set)
    {
        TrainConfig config = configs[set];
        LoadedData loaded = WholeOf(config);
        return config.Loss.Labels == LabelKind.Number && loaded.All.ClassCount > 2 ? loaded.All.AsNumbers() : loaded.All;
    }

    LoadedData WholeOf(TrainConfig config) =>
        config.Samples is null ? Probe(config) : TrainData.Load(config, TrainData.Streams(config).Data);

    /// <summary>The rows of a data set that networks are judged on, as they take them; null if there are none.</summary>
    public DataSet? Validation(int set)
    {
        (DataSet training, DataSet? keptBack, _) = Parts(set);
        if (keptBack is null || !configs[set].Standardize) return keptBack;
        if (training.ClassCount == 0) keptBack = Standardizer.FitTargets(training).ApplyToTargets(keptBack);
        return Standardizer.Fit(training).Apply(keptBack);
    }

    (DataSet Training, DataSet? KeptBack, TablePreprocessor? Columns) Parts(int set)
    {
        Parts parts = HeldOut.Take(configs[set], WholeOf(configs[set]) with { All = Whole(set) });
        return (parts.Training, parts.HeldOut.Count > 0 ? parts.HeldOut[0].Raw : null, parts.Columns);
    }

    /// <summary>What scales the targets of a data set whose labels are numbers; null where they stay in their own units.</summary>
    public Standardizer? Targets(int set) =>
        configs[set].Standardize && Parts(set).Training is { ClassCount: 0 } training ? Standardizer.FitTargets(training) : null;

    /// <summary>What made the rows of a table; null for generated rows as they are.</summary>
    public TablePreprocessor? Columns(int set) => Parts(set).Columns;

    /// <summary>The window for pictures of a data set of two features.</summary>
    public Window WindowOf(int set) => Windows.Choose(configs[set], Load(set).Raw)!.Value;

    int Number(TrainConfig row)
    {
        TrainConfig config = Key(row);
        if (numbers.TryGetValue(config, out int number)) return number;
        configs.Add(config);
        return numbers[config] = configs.Count - 1;
    }

    // The settings that the data depends on. There are as many blobs as the network has outputs; a file does not depend on the seed.
    static TrainConfig Key(TrainConfig row) => new()
    {
        Data = row.Data,
        Samples = row.Samples,
        Noise = row.Noise,
        Label = row.Label,
        Separator = row.Separator,
        Decimal = row.Decimal,
        Thousands = row.Thousands,
        Header = row.Header,
        SkipRows = row.SkipRows,
        Features = row.Features,
        Ignore = row.Ignore,
        Missing = row.Missing,
        Derive = row.Derive,
        Standardize = row.Standardize,
        Window = row.Window,
        Validation = row.Validation,
        Seed = row.Samples is null && row.Validation is null ? 0 : row.DataSeed ?? row.Seed,
        Loss = TrainData.Clouds(row) > 2 || TrainData.IsFile(row.Data) || row.Validation is not null || row.ClassWeight is not null
            ? row.Loss : Loss.All[0],
        Net = new NetworkSpec([2, TrainData.Clouds(row) > 2 ? TrainData.Clouds(row) : 1], Activation.ReLU),
    };

    PopulationData Describe(TrainConfig config, int set)
    {
        DataSet probe = Probe(config).All;
        int rows = config.Validation is null ? config.Samples ?? probe.Count : Parts(set).Training.Count;
        return new PopulationData(rows, probe.Features, () => MakeUnlessCancelled(set));
    }

    // Making many rows takes seconds, so a run that is to stop does not wait for it. It has its own thread: the pool's threads all wait.
    DataSet MakeUnlessCancelled(int set)
    {
        cancellation.ThrowIfCancellationRequested();
        return !(configs[set].Samples > QuicklyMade) ? Make(set) : Task.Factory
            .StartNew(() => Make(set), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellation).GetAwaiter().GetResult();
    }

    DataSet Make(int set)
    {
        (DataSet raw, Standardizer? standardizer) = Load(set);
        if (standardizer is not null && raw.ClassCount == 0) raw = Standardizer.FitTargets(raw).ApplyToTargets(raw);
        return standardizer?.Apply(raw) ?? raw;
    }

    /// <summary>The names of the classes that a network tells apart; none where it learns numbers.</summary>
    public IReadOnlyList<string> ClassNames(TrainConfig row) => Fit(row).Raw.ClassNames;

    (bool LinearOutput, DataSet Raw) Fit(TrainConfig row)
    {
        TrainConfig data = ProbeKey(Key(row));
        var key = (data, row.Net, row.Loss);
        if (fits.TryGetValue(key, out var fit)) return fit;
        (Recipe recipe, LoadedData loaded) = TrainInput.Fit(row, Probe(data));
        return fits[key] = (recipe.Net!.LinearOutput, loaded.All);
    }

    // the file itself; of a generated data set only a few rows, which tell its features and classes
    LoadedData Probe(TrainConfig config)
    {
        TrainConfig key = ProbeKey(config);
        if (!probes.TryGetValue(key, out LoadedData? probe)) probes[key] = probe = TrainData.Load(key, TrainData.Streams(key).Data);
        return probe;
    }

    static TrainConfig ProbeKey(TrainConfig config) => config with
    {
        Seed = 0,
        Validation = null,
        Samples = config.Samples is int samples ? Math.Min(samples, Math.Max(16, TrainData.Clouds(config))) : null,
        Window = null,
    };
}
