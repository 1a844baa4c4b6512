using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Randomness;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>Rows that a network is judged on and not trained on.</summary>
/// <param name="Option">The option that asked for them: validation or test.</param>
/// <param name="Raw">The rows in their own units.</param>
sealed record HeldOut(string Option, DataSet Raw)
{
    /// <summary>Takes the rows that a config keeps back out of its data, and reads its files of rows to judge on.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="loaded">All rows of the data.</param>
    /// <exception cref="UsageException">No row can be kept back, or a file does not hold such rows.</exception>
    public static Parts Take(TrainConfig config, LoadedData loaded)
    {
        if (config.Folds > loaded.All.Count)
            throw UsageException.For("folds", $"{config.Folds}", $"folds are 2 to the number of rows, {loaded.All.Count}");
        var kept = new List<HeldOut>();
        var parts = new Parts(loaded.All, loaded.Columns, kept, null);
        if (config.Validation is string asked && TrainConfig.ShareOf(asked) is double share)
        {
            (int[] rows, int[] keptBack) = Split(config, loaded.All, share);
            (DataSet training, TablePreprocessor? columns) = loaded.Fit(rows);
            parts = new(training, columns, kept, RunSplit.Of(StreamSeed(config), rows.Length, keptBack));
            kept.Add(new HeldOut("validation", loaded.KeptBack(columns, keptBack)));
        }
        else if (config.Validation is string file) kept.Add(new HeldOut("validation", Read(config, "validation", file, parts)));
        if (config.Test is string test) kept.Add(new HeldOut("test", Read(config, "test", test, parts)));
        return parts;
    }

    /// <summary>Refuses options of a validation that there is not.</summary>
    /// <exception cref="UsageException">There is such an option.</exception>
    public static void Check(TrainConfig config)
    {
        if (config.Validation is null && config.ValidateEvery is int every)
            throw UsageException.For("validate-every", $"{every}", "there is nothing to look at; it needs --validation");
        if (config.Validation is null && config.Patience is int patience)
            throw UsageException.For("patience", $"{patience}", "there is no loss to wait for; it needs --validation");
        if (config is { Folds: int folds, Validation: not null })
            throw UsageException.For("folds", $"{folds}", "each fold is judged on the rows of its own; leave --validation out");
        if (config is { Folds: int parts, Rng: RandomSource.Numpy })
            throw UsageException.For("folds", $"{parts}", "folds draw their rows with --rng philox");
        if (config is { DataSeed: ulong dataSeed, Rng: RandomSource.Numpy })
            throw UsageException.For("data-seed", $"{dataSeed}", "--rng numpy draws data and weights from one stream; leave it out");
        if (config is { Patience: null, MinDelta: not 0 })
            throw UsageException.For("min-delta", config.MinDelta.ToString(CultureInfo.InvariantCulture), "it needs --patience");
    }

    /// <summary>What the user should know about classes that have too few rows to be kept back.</summary>
    public static IEnumerable<string> Notes(TrainInput input)
    {
        if (input.Split is null) yield break;
        string[] single = [.. input.Raw.ClassNames.Where((_, k) => Has(input.Raw, k) && !Has(input.HeldOut[0].Raw, k))];
        if (single.Length > 0)
        {
            string classes = single.Length == 1 ? "class" : "the classes";
            yield return $"no row is kept back of {classes} {string.Join(", ", single.Take(20).Select(UsageException.Cut))}: too few rows";
        }

        static bool Has(DataSet rows, int k) => rows.Labels.Contains(k);
    }

    static ulong StreamSeed(TrainConfig config) => config.DataSeed ?? config.Seed;

    static (int[] Training, int[] KeptBack) Split(TrainConfig config, DataSet all, double share)
    {
        try { return Splits.Stratified(all, share, new PhiloxStream(StreamSeed(config), StreamPurpose.Split)); }
        catch (ArgumentException e) { throw UsageException.For("validation", config.Validation, UsageException.Plain(e), e); }
    }

    static DataSet Read(TrainConfig config, string option, string path, Parts parts)
    {
        if (option == "validation" && !File.Exists(TrainData.PathOf(path)) && path.Any(char.IsAsciiDigit)
            && path.All(c => char.IsAsciiDigit(c) || c is '.' or ',' or '%' or '-'))
            throw UsageException.For(option, path, "a share of the rows is a number above 0 and below 1, as 0.2");
        if (parts.Columns is TablePreprocessor columns) return TableInput.Read(option, path, config, columns);
        TablePreprocessor generated = TablePreprocessor.Fit(TableInput.TableOf(parts.Training));
        return TableInput.Read(option, path, config, generated);
    }
}

/// <summary>The rows of the data, shared out.</summary>
/// <param name="Training">The rows to train on.</param>
/// <param name="Columns">What made them of a table; null for generated rows as they are.</param>
/// <param name="HeldOut">The rows to judge on.</param>
/// <param name="Split">How the rows were shared out; null if all are trained on.</param>
sealed record Parts(DataSet Training, TablePreprocessor? Columns, IReadOnlyList<HeldOut> HeldOut, RunSplit? Split);
