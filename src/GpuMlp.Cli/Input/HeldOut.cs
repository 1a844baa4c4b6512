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
    /// <param name="all">All rows of the data.</param>
    /// <param name="split">How they were shared out; null if all are trained on.</param>
    /// <returns>The rows to train on, and those to judge on.</returns>
    /// <exception cref="UsageException">No row can be kept back, or a file does not hold such rows.</exception>
    public static (DataSet Training, IReadOnlyList<HeldOut> HeldOut) Take(TrainConfig config, DataSet all, out RunSplit? split)
    {
        split = null;
        if (config.Folds > all.Count)
            throw UsageException.For("folds", $"{config.Folds}", $"folds are 2 to the number of rows, {all.Count}");
        var parts = new List<HeldOut>();
        DataSet training = all;
        if (config.Validation is string validation)
        {
            if (TrainConfig.ShareOf(validation) is double share)
            {
                (int[] rows, int[] keptBack) = Split(config, all, share);
                training = all.Rows(rows);
                split = RunSplit.Of(StreamSeed(config), rows.Length, keptBack);
                parts.Add(new HeldOut("validation", all.Rows(keptBack)));
            }
            else parts.Add(new HeldOut("validation", Read(config, "validation", validation, all)));
        }
        if (config.Test is string test) parts.Add(new HeldOut("test", Read(config, "test", test, all)));
        return (training, parts);
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
            yield return $"no row is kept back of {classes} {string.Join(", ", single.Take(20))}: too few rows";
        }

        static bool Has(DataSet rows, int k) => rows.Labels.Contains(k);
    }

    static ulong StreamSeed(TrainConfig config) => config.DataSeed ?? config.Seed;

    static (int[] Training, int[] KeptBack) Split(TrainConfig config, DataSet all, double share)
    {
        try { return Splits.Stratified(all, share, new PhiloxStream(StreamSeed(config), StreamPurpose.Split)); }
        catch (ArgumentException e) { throw UsageException.For("validation", config.Validation, UsageException.Plain(e), e); }
    }

    static DataSet Read(TrainConfig config, string option, string path, DataSet training)
    {
        DataSet rows = TrainData.ReadFile(option, path, config);
        if (rows.Features != training.Features)
            throw UsageException.For(option, path, $"has {rows.Features} features; the rows to train on have {training.Features}");
        if (rows.FeatureNames.Count > 0 && training.FeatureNames.Count > 0 && !rows.FeatureNames.SequenceEqual(training.FeatureNames))
        {
            (string there, string wanted) = (string.Join(", ", rows.FeatureNames), string.Join(", ", training.FeatureNames));
            throw UsageException.For(option, path, $"has the columns {there}; those to train on are {wanted}");
        }
        return WithClassesOf(training, rows, option, path);
    }

    // the same name is the same class, whatever number the other file gave it
    static DataSet WithClassesOf(DataSet training, DataSet rows, string option, string path)
    {
        if (training.ClassCount == 0) return rows.ClassCount == 0 ? rows : rows.AsNumbers();
        var numbers = training.ClassNames.Select((name, k) => (name, k)).ToDictionary(pair => pair.name, pair => (float)pair.k);
        var labels = new float[rows.Count];
        for (int row = 0; row < labels.Length; row++)
        {
            string name = rows.ClassCount > 0 ? rows.ClassNames[(int)rows.Labels[row]]
                : rows.Labels[row].ToString(CultureInfo.InvariantCulture);
            labels[row] = numbers.TryGetValue(name, out float number) ? number : throw UsageException.For(option, path,
                $"has a row of class '{UsageException.Cut(name)}'; the classes to train on are {string.Join(", ", numbers.Keys.Take(20))}");
        }
        return rows.WithLabels(labels, training.ClassNames);
    }
}
