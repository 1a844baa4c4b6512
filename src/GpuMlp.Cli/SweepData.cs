using GpuMlp.Data;
using GpuMlp.Files;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Cli;

/// <summary>The data sets of a sweep: each made from its row's options when it is needed, as train makes it; a file is read once.</summary>
sealed class SweepData
{
    readonly Dictionary<TrainConfig, int> numbers = [];
    readonly List<TrainConfig> configs = [];
    readonly Dictionary<TrainConfig, DataSet> files = [];

    /// <exception cref="UsageException">A file is missing or not such data, or a network does not go with its data.</exception>
    public SweepData(SweepGrid grid)
    {
        Numbers = [.. grid.Rows.Select(Number)];
        Sets = [.. configs.Select(Describe)];
        var seen = new HashSet<(string, string, int)>();
        for (int row = 0; row < grid.Rows.Count; row++)
            if (seen.Add((grid.Rows[row].Net, grid.Rows[row].Loss, Sets[Numbers[row]].Features))) CheckFit(grid.Rows[row], Sets[Numbers[row]].Features);
    }

    /// <summary>Each network's data set.</summary>
    public IReadOnlyList<int> Numbers { get; }

    public IReadOnlyList<PopulationData> Sets { get; }

    /// <summary>A data set in its own units, and what standardizes it; null where nothing does.</summary>
    public (DataSet Raw, Standardizer? Standardizer) Load(int set)
    {
        TrainConfig config = configs[set];
        DataSet raw = files.TryGetValue(config, out DataSet? file) ? file : TrainData.Load(config, TrainData.Streams(config).Data);
        return (raw, config.Standardize ? Standardizer.Fit(raw) : null);
    }

    /// <summary>What a picture of a data set of two features shows.</summary>
    public Window WindowOf(int set)
    {
        TrainConfig config = configs[set];
        if (config.Window is string window) return WindowText.Parse(window);
        if (config.Data == "moons") return new Window(-1.5, 2.5, -1, 1.5);
        (double x0, double x1, double y0, double y1) = Load(set).Raw.Bounds();
        return new Window(x0, x1, y0, y1);
    }

    int Number(TrainConfig row)
    {
        // a file does not change with the seed
        var config = new TrainConfig
        {
            Data = row.Data,
            Samples = row.Samples,
            Noise = row.Noise,
            Label = row.Label,
            Standardize = row.Standardize,
            Window = row.Window,
            Seed = row.Samples is null ? 0 : row.Seed,
        };
        if (numbers.TryGetValue(config, out int number)) return number;
        configs.Add(config);
        return numbers[config] = configs.Count - 1;
    }

    PopulationData Describe(TrainConfig config, int set)
    {
        int rows = config.Samples ?? 0, features = 2;
        if (config.Samples is null)
        {
            DataSet file = files[config] = TrainData.Load(config, TrainData.Streams(config).Data);
            if (file.ClassCount != 2)
                throw UsageException.For("data", config.Data, $"binary cross-entropy needs two classes, " +
                    (file.ClassCount == 0 ? "the labels are numbers other than classes" : $"the labels have {file.ClassCount}"));
            (rows, features) = (file.Count, file.Features);
        }
        return new PopulationData(rows, features, () =>
        {
            (DataSet raw, Standardizer? standardizer) = Load(set);
            return standardizer?.Apply(raw) ?? raw;
        });
    }

    static void CheckFit(TrainConfig row, int features)
    {
        if (row.Loss is "mse" or "cross-entropy") throw UsageException.For("loss", row.Loss, "a sweep trains networks of one output with bce, bce-torch or bce-logits");
        IReadOnlyList<int> widths = NetworkSpec.Parse(row.Net).Widths;
        if (widths[0] != features)
            throw UsageException.For("net", row.Net, $"--data {row.Data} has {features} features, so the network begins with {features}, as in {string.Join('-', [features, .. widths.Skip(1)])}");
        if (widths[^1] != 1) throw UsageException.For("net", row.Net, $"--loss {row.Loss} needs one output: the last width is 1");
        if (row.Window is string window && features != 2) throw UsageException.For("window", window, $"--data {row.Data} has {features} features; a window needs 2");
    }
}
