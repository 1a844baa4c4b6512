using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Sweep;

/// <summary>What all networks of a sweep share of their data: its files, each read once, and what was found out about them.</summary>
sealed class SweepSources
{
    readonly Lock gate = new();
    readonly Dictionary<TrainConfig, LoadedData> probes = [];
    readonly Dictionary<(TrainConfig, NetworkSpec, Loss), (bool LinearOutput, DataSet Raw)> fits = [];
    (TrainConfig Config, DataSet Data)? kept;

    /// <summary>Whether a network needs a linear output for its data, and the data as its loss sees it.</summary>
    /// <param name="config">The settings that the data depends on.</param>
    /// <param name="row">The network.</param>
    /// <exception cref="Shell.UsageException">The network does not go with the data.</exception>
    public (bool LinearOutput, DataSet Raw) Fit(TrainConfig config, TrainConfig row)
    {
        TrainConfig data = ProbeKey(config);
        var key = (data, row.Net, row.Loss);
        if (fits.TryGetValue(key, out var fit)) return fit;
        (Recipe recipe, LoadedData loaded) = TrainInput.Fit(row, Probe(data));
        return fits[key] = (recipe.Net!.LinearOutput, loaded.All);
    }

    /// <summary>The file itself; of a generated data set only a few rows, which tell its features and classes.</summary>
    public LoadedData Probe(TrainConfig config)
    {
        TrainConfig key = ProbeKey(config);
        if (!probes.TryGetValue(key, out LoadedData? probe)) probes[key] = probe = TrainData.Load(key, TrainData.Streams(key).Data);
        return probe;
    }

    /// <summary>A data set that one block of networks after the other trains on: it is made for the first of them.</summary>
    public DataSet Kept(TrainConfig config, Func<DataSet> make)
    {
        lock (gate)
        {
            if (kept?.Config == config) return kept.Value.Data;
            DataSet made = make();
            kept = (config, made);
            return made;
        }
    }

    static TrainConfig ProbeKey(TrainConfig config) => config with
    {
        Seed = 0,
        Validation = null,
        Samples = config.Samples is int samples ? Math.Min(samples, Math.Max(16, TrainData.Clouds(config))) : null,
        Window = null,
    };
}
