using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tables;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>Where train's data comes from, and the random streams that a training draws from.</summary>
static class TrainData
{
    public const int DefaultSamples = 2000;
    public const double DefaultNoise = 0.1;
    public const string CsvPrefix = "csv:";
    // two features in float64 twice while they are made, in float32 three times on the host and once on the device; labels; the order
    const long BytesPerSample = 88;

    delegate DataSet Generator(int samples, double noise, RandomStream random, int classes);

    static readonly OrderedDictionary<string, Generator> Generators = new()
    {
        ["moons"] = (samples, noise, random, _) => DataSets.MakeMoons(samples, noise, random),
        ["circles"] = (samples, noise, random, _) => DataSets.MakeCircles(samples, noise, random),
        ["blobs"] = (samples, _, random, classes) => DataSets.MakeBlobs(samples, classes, deviation: 1, random),
        ["xor"] = (samples, noise, random, _) => DataSets.MakeXor(samples, noise, random),
        ["spirals"] = (samples, noise, random, _) => DataSets.MakeSpirals(samples, noise, random),
        ["normal"] = (samples, _, random, _) => DataSets.MakeNormal(samples, random),
    };

    /// <summary>The generated data sets.</summary>
    public static IEnumerable<string> Names => Generators.Keys;

    /// <summary>Reads the name of a data set, a file that exists, csv:FILE, or - for the standard input.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static string ReadName(string text) =>
        Generators.ContainsKey(text) || text == StandardInput
            || (text.StartsWith(CsvPrefix, StringComparison.Ordinal) && text.Length > CsvPrefix.Length)
        || File.Exists(text) ? text
        : throw new FormatException(
            $"allowed are {string.Join(", ", Names)}, a file, and - for the standard input"
            + (Directory.Exists(text) ? "; this is a folder"
                : AfterColon(text) is string file ? $"; did you mean {file}?"
                : IsPath(text) ? "; there is no such file" : NearestName(text)));

    // a file is known by what is in it: no npy: or libsvm: stands before its name
    static string? AfterColon(string text)
    {
        string rest = text[(text.IndexOf(':') + 1)..];
        return rest.Length < text.Length && File.Exists(rest) ? rest : null;
    }

    static bool IsPath(string text) => text.Contains('.') || text.Contains(Path.DirectorySeparatorChar);

    static string NearestName(string text)
    {
        try { new Names<string>([.. Names.Select(name => (name, name))]).Parse(text); }
        catch (FormatException e) when (e.Message.Contains("; did"))
        {
            return e.Message[e.Message.IndexOf("; did", StringComparison.Ordinal)..];
        }
        return "";
    }

    /// <summary>The name of the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Whether the data is a file's: a generator's name comes before a file's.</summary>
    public static bool IsFile(string name) => !Generators.ContainsKey(name);

    /// <summary>The path of a file that is named with or without csv: before it.</summary>
    public static string PathOf(string name) => name.StartsWith(CsvPrefix, StringComparison.Ordinal) ? name[CsvPrefix.Length..] : name;

    /// <summary>The file that data is read from; null if it is generated, or read from the standard input.</summary>
    public static string? FileOf(string data) => IsFile(data) && PathOf(data) != StandardInput ? PathOf(data) : null;

    /// <summary>Tells the user that the data of a config is loaded, where that takes long.</summary>
    public static IDisposable Loading(TrainConfig config, Terminal terminal) => IsFile(config.Data)
        ? terminal.DuringReading(PathOf(config.Data))
        : terminal.During(Invariant($"generating {config.Samples:N0} points"), config.Samples >= ManyPoints);

    const int ManyPoints = 1_000_000;

    /// <summary>The data's name as part of the name of a folder.</summary>
    public static string ShortName(string data) => !IsFile(data) ? data : PathOf(data) == StandardInput ? "stdin"
        : Path.GetFileNameWithoutExtension(PathOf(data) is { } path && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? path[..^3] : PathOf(data));

    /// <summary>A config with the defaults filled in that depend on its data and its optimizer.</summary>
    /// <exception cref="UsageException">An option was given that its data or its optimizer does not have.</exception>
    public static TrainConfig Resolve(TrainConfig config)
    {
        bool csv = IsFile(config.Data), noisy = IsNoisy(config);
        if (csv && config.Samples is int samples)
            throw UsageException.For("samples", $"{samples}", $"--data {config.Data} has the file's rows; leave it out");
        if (!noisy && config.Noise is double noise)
        {
            string why = config.Data == "blobs" ? " (each cloud's deviation is 1)" : "";
            throw UsageException.For("noise", $"{noise}", $"--data {config.Data} has no noise to set{why}; leave it out");
        }
        if (!csv) RefuseReading(config);
        bool hasMomentum = Rule(config).HasMomentum;
        if (!hasMomentum && config.Momentum is float momentum)
        {
            string text = momentum.ToString(CultureInfo.InvariantCulture);
            string others = string.Join(" and ", UpdateRules.All.Where(rule => rule.HasMomentum).Select(rule => rule.Name));
            throw UsageException.For("momentum", text, $"--optimizer {Rule(config).Name} has none to set; {others} have");
        }
        if (config.Warmup > config.Steps)
            throw UsageException.For("warmup", $"{config.Warmup}", $"is longer than the run of --steps {config.Steps}");
        HeldOut.Check(config);
        return config with
        {
            Momentum = hasMomentum ? config.Momentum ?? OptimizerSpec.Default.Momentum : null,
            WeightDecay = config.WeightDecay ?? Rule(config).DefaultWeightDecay,
            Samples = csv ? null : config.Samples ?? DefaultSamples,
            Noise = noisy ? config.Noise ?? DefaultNoise : null,
        };
    }

    /// <summary>Drops settings of a record's config that were only defaults of its old data set or optimizer.</summary>
    /// <param name="read">The config as the record has it.</param>
    /// <param name="config">The same config with the options of the command line applied.</param>
    /// <param name="asked">Names of the options on the command line: what was asked for stays.</param>
    public static TrainConfig WithoutDefaultsOf(TrainConfig read, TrainConfig config, ISet<string> asked)
    {
        if (config.Data != read.Data)
            config = config with
            {
                Samples = asked.Contains("samples") || !IsFile(config.Data) ? config.Samples : null,
                Noise = asked.Contains("noise") || IsNoisy(config) ? config.Noise : null,
                Label = asked.Contains("label") ? config.Label : null,
                Features = asked.Contains("features") ? config.Features : null,
                Ignore = asked.Contains("ignore") ? config.Ignore : null,
                Derive = asked.Contains("derive") ? config.Derive : null,
                Missing = asked.Contains("missing") ? config.Missing : MissingRule.Fail,
                Separator = asked.Contains("separator") ? config.Separator : null,
                Decimal = asked.Contains("decimal") ? config.Decimal : null,
                Thousands = asked.Contains("thousands") ? config.Thousands : null,
                Header = asked.Contains("header") || asked.Contains("no-header") ? config.Header : null,
                SkipRows = asked.Contains("skip-rows") ? config.SkipRows : 0,
                Window = asked.Contains("window") ? config.Window : null,
            };
        if (config.Optimizer != read.Optimizer)
            config = config with
            {
                Momentum = asked.Contains("momentum") || Rule(config).HasMomentum ? config.Momentum : null,
                WeightDecay = asked.Contains("weight-decay") ? config.WeightDecay : null,
            };
        return config;
    }

    static void RefuseReading(TrainConfig config)
    {
        (string Option, string? Value)[] reading =
        [
            ("label", config.Label), .. ReadingOptions.Given(TableInput.ReadOptions(config)),
            ("missing", config.Missing != MissingRule.Fail ? MissingRules.Names.Of(config.Missing) : null),
        ];
        foreach ((string option, string? value) in reading)
            if (value is not null) throw UsageException.For(option, value, $"--data {config.Data} is generated; it is for files");
    }

    static bool IsNoisy(TrainConfig config) => !IsFile(config.Data) && config.Data is not ("blobs" or "normal");

    static UpdateRule Rule(TrainConfig config) => UpdateRules.Of(config.Optimizer);

    /// <summary>Generates the data set, or reads it from a file.</summary>
    /// <exception cref="UsageException">The file is missing, or does not hold such data.</exception>
    public static LoadedData Load(TrainConfig config, RandomStream random)
    {
        if (!Generators.TryGetValue(config.Data, out Generator? generate)) return TableInput.Load(config);
        HostMemory.Require($"--samples {config.Samples}", BytesPerSample * config.Samples!.Value);
        int clouds = Clouds(config);
        if (clouds > config.Samples)
        {
            string why = $"{clouds} blobs, one per output of --net {config.Net}, need a row each";
            throw UsageException.For("samples", $"{config.Samples}", why);
        }
        DataSet points = generate(config.Samples!.Value, config.Noise ?? 0, random, clouds);
        return config is { Features: null, Ignore: null, Derive: null } ? LoadedData.Of(config, points) : TableInput.Of(config, points);
    }

    /// <summary>
    /// A message for each column that loses half of its different values or more when it is rounded to float32: the labels, and the
    /// features unless they are standardized.
    /// </summary>
    public static IEnumerable<string> Collapsed(DataSet raw, bool standardized)
    {
        (int labels, int labelsLeft) = raw.DifferentLabels;
        if (2L * labelsLeft <= labels && labels > 0)
        {
            yield return Invariant(
                $"the labels: {labels:N0} different values become {labelsLeft:N0} as float32; subtract what they have in common");
        }
        for (int feature = 0; feature < raw.Features && !standardized; feature++)
        {
            (int values, int rounded) = raw.Different(feature);
            if (2L * rounded > values) continue;
            string name = raw.FeatureNames.Count > 0 ? raw.FeatureNames[feature] : $"{feature + 1}";
            yield return Invariant(
                $"column {name}: {values:N0} different values become {rounded:N0} as float32; --standardize keeps them apart");
        }
    }

    /// <summary>How many blobs there are: one per class that the network tells apart.</summary>
    public static int Clouds(TrainConfig config) =>
        config.Data == "blobs" && config.Loss.Labels == LabelKind.Class ? Math.Max(2, config.Net.Widths[^1]) : 2;

    /// <summary>
    /// The streams for the data and for the initial weights. With numpy they are one stream: first the data is drawn, then the weights.
    /// </summary>
    /// <exception cref="UsageException">numpy has no such seed.</exception>
    public static (RandomStream Data, RandomStream Weights) Streams(TrainConfig config)
    {
        if (config.Rng == RandomSource.Philox)
        {
            var points = new PhiloxStream(config.DataSeed ?? config.Seed, StreamPurpose.Data);
            return (points, new PhiloxStream(config.Seed, StreamPurpose.Initialization));
        }
        if (config.Seed > uint.MaxValue)
            throw UsageException.For("seed", $"{config.Seed}", $"with --rng numpy a seed is a whole number from 0 to {uint.MaxValue}");
        var stream = new NumpyRandom((uint)config.Seed);
        return (stream, stream);
    }

    /// <summary>
    /// The rows that the steps train on; null where the recipe's own stream picks them. With numpy they are drawn from the weights' stream
    /// and never are row 0, as in the notebook.
    /// </summary>
    /// <exception cref="UsageException">The data has a single row, or the run needs more rows than numpy can draw.</exception>
    public static Picks? Picks(TrainConfig config, int rows, RandomStream weights)
    {
        if (config.Rng == RandomSource.Philox) return null;
        if (rows < 2) throw UsageException.For("rng", "numpy", "draws from the second row on; the data has one row");
        if ((long)config.Steps * config.Batch > Array.MaxLength)
        {
            string why = $"draws at most {Array.MaxLength} rows; {config.Steps} steps of {config.Batch} need more";
            throw UsageException.For("rng", "numpy", why);
        }
        var picks = new int[config.Steps * config.Batch];
        for (int k = 0; k < picks.Length; k++) picks[k] = weights.Next(1, rows);
        return Training.Picks.Fixed(picks);
    }
}
