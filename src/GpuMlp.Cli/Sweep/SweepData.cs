using System.IO.Hashing;
using System.Text;
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

    readonly TrainConfig common;
    readonly SweepSources sources;
    readonly CancellationToken cancellation;
    readonly Dictionary<TrainConfig, int> numbers = [];
    readonly List<TrainConfig> configs = [];

    /// <summary>Checks that networks go with their data.</summary>
    /// <param name="common">The settings that all networks share.</param>
    /// <param name="rows">The networks.</param>
    /// <param name="sources">Where the data comes from.</param>
    /// <param name="cancellation">Ends the making of data.</param>
    /// <exception cref="UsageException">A file is missing or holds no such data, or a network does not go with its data.</exception>
    public SweepData(TrainConfig common, IReadOnlyList<TrainConfig> rows, SweepSources sources, CancellationToken cancellation)
    {
        (this.common, Rows, this.sources, this.cancellation) = (common, rows, sources, cancellation);
        TrainConfig[] keys = Cores.Make(rows.Count, k => Key(rows[k]));
        Numbers = [.. keys.Select(Number)];
        Sets = [.. configs.Select(Describe)];
        float[]?[] weights = [.. Enumerable.Range(0, configs.Count).Select(set =>
            common.ClassWeight is null ? null : ClassWeights.Of(common, Parts(set).Training))];
        // a sweep has few shapes and losses, and a lookup by all settings takes longer than one by these three
        var outputs = new Dictionary<(int, NetworkSpec, Loss), bool>();
        var linear = new bool[rows.Count];
        for (int k = 0; k < rows.Count; k++)
        {
            var kind = (Numbers[k], rows[k].Net, rows[k].Loss);
            if (!outputs.TryGetValue(kind, out linear[k])) outputs[kind] = linear[k] = sources.Fit(keys[k], rows[k]).LinearOutput;
        }
        Recipes = Cores.Make(rows.Count, k => rows[k].Recipe with
        {
            Net = rows[k].Net with { LinearOutput = linear[k] },
            ClassWeights = weights[Numbers[k]],
        });
    }

    /// <summary>Checks that the pictures' window goes with the data.</summary>
    /// <exception cref="UsageException">It does not.</exception>
    public void CheckWindows()
    {
        if (common.Window is null) return;
        foreach (TrainConfig config in configs)
        {
            DataSet all = sources.Probe(config).All;
            Standardizer? standardizer = config.Standardize ? Standardizer.Fit(all) : null;
            Windows.Check(config, all, Windows.Scale(standardizer), SweepOutputs.GridWidth, SweepOutputs.GridHeight);
        }
    }

    /// <summary>What the user should know about the files of the sweep.</summary>
    public IEnumerable<string> Notes => configs.Where(config => config.Samples is null).SelectMany(config =>
    {
        LoadedData probe = sources.Probe(config);
        return (IEnumerable<string>)[probe.Summary!, .. probe.Notes, .. TrainData.Collapsed(probe.All, config.Standardize)];
    }).Distinct();

    /// <summary>The networks.</summary>
    public IReadOnlyList<TrainConfig> Rows { get; }

    /// <summary>The number of each network's data set.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>Each network's recipe, with a linear output where its loss and its data need one.</summary>
    public IReadOnlyList<Recipe> Recipes { get; }

    /// <summary>The data sets, by number.</summary>
    public IReadOnlyList<PopulationData> Sets { get; }

    /// <summary>Whether all data sets have two features and classes, as a mosaic needs.</summary>
    public bool HavePlane => Rows.All(row => sources.Fit(Key(row), row).Raw is { Features: 2, ClassCount: > 0 });

    /// <summary>Identifies the data, in hexadecimal: of files all rows, of what is generated the first.</summary>
    public string Hash()
    {
        var hash = new XxHash128();
        foreach (TrainConfig config in configs)
        {
            hash.Append(Encoding.UTF8.GetBytes(RunData.Of(sources.Probe(config).All, null, "").Hash));
            if (config.Validation is string file && TrainConfig.ShareOf(file) is null)
                hash.Append(Encoding.UTF8.GetBytes(RunData.Of(Validation(numbers[config])!, null, "").Hash));
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

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
        config.Samples is null ? sources.Probe(config) : TrainData.Load(config, TrainData.Streams(config).Data);

    /// <summary>The rows of a data set that networks are judged on, as they take them; null if there are none.</summary>
    public DataSet? Validation(int set)
    {
        (DataSet training, DataSet? keptBack, _) = Parts(set);
        if (keptBack is null || !configs[set].Standardize) return keptBack;
        if (training.ClassCount == 0) keptBack = Standardizer.FitTargets(training).ApplyToTargets(keptBack);
        return Standardizer.Fit(training).Apply(keptBack);
    }

    /// <summary>The rows of the file of --validation in their own units; null if there is none.</summary>
    public DataSet? ValidationFile(int set) => RecordFiles.ValidationOf(configs[set]) is null ? null : Parts(set).KeptBack;

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

    int Number(TrainConfig config)
    {
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
        DataSet probe = sources.Probe(config).All;
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

    DataSet Make(int set) => configs.Count == 1 ? sources.Kept(configs[set], () => MakeNew(set)) : MakeNew(set);

    DataSet MakeNew(int set)
    {
        (DataSet raw, Standardizer? standardizer) = Load(set);
        if (standardizer is not null && raw.ClassCount == 0) raw = Standardizer.FitTargets(raw).ApplyToTargets(raw);
        return standardizer?.Apply(raw) ?? raw;
    }

    /// <summary>The names of the classes that a network tells apart; none where it learns numbers.</summary>
    public IReadOnlyList<string> ClassNames(TrainConfig row) => sources.Fit(Key(row), row).Raw.ClassNames;
}
