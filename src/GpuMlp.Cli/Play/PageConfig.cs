using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Cli.Play;

/// <summary>A file that was dropped on a page: its name, which opens nothing here, and its bytes.</summary>
sealed record DroppedFile(string Name, byte[] Bytes)
{
    /// <summary>The name that a config's data has for it.</summary>
    public string Data => $"csv:{Name}";
}

/// <summary>Which of train's settings a page takes, and how large they may be.</summary>
static class PageConfig
{
    const int MostRows = 1_000_000, MostBatch = 65_536, MostLayers = 8, MostUnits = 1024, MostFeatures = 256;
    const double MostBytes = 1L << 30;

    // the points of the largest picture, with their inputs and outputs
    const long PicturePoints = PageView.MostSide * PageView.MostSide;

    /// <summary>Checks a config, gives it the network's inputs and outputs that its data has, and loads the data.</summary>
    /// <param name="config">What the page asks for.</param>
    /// <param name="file">The file that was dropped on the page; null if there is none.</param>
    /// <param name="fit">Whether the network's ends and the loss follow the data.</param>
    /// <exception cref="UsageException">The page does not have such a setting, or it does not go with the data.</exception>
    public static (TrainConfig Config, TrainInput Input) Load(TrainConfig config, DroppedFile? file, bool fit)
    {
        Check(config, file);
        config = TrainData.Resolve(config);
        CheckSize(config);
        LoadedData loaded = Data(config, file);
        if (fit)
        {
            TrainConfig fitted = Fitted(config, loaded.All);
            loaded = fitted.Loss == config.Loss ? loaded with { Config = fitted } : Data(fitted, file);
            config = fitted;
        }
        CheckSize(config, loaded.All);
        TrainInput input = TrainInput.Of(config, loaded);
        if (!input.HasPicture) throw new UsageException("a page shows classes or one number: the data needs one label per row");
        return (config, input);
    }

    /// <summary>The loss of labels that are numbers.</summary>
    public static Loss Numbers => Loss.Names.Parse("mse");

    static LoadedData Data(TrainConfig config, DroppedFile? file)
    {
        (RandomStream points, _) = TrainData.Streams(config);
        if (!TrainData.IsFile(config.Data)) return TrainData.Load(config, points);
        using var text = new MemoryStream(file!.Bytes);
        DataTable table = TableInput.Read(config, text, file.Name);
        return TableInput.Of(config, table);
    }

    static void Check(TrainConfig config, DroppedFile? file)
    {
        if (TrainData.IsFile(config.Data) && config.Data != file?.Data)
            throw UsageException.For("data", config.Data, "the page has no such file: drop it on the page, or take generated data");
        if (config.Validation is string share && TrainConfig.ShareOf(share) is null)
            throw UsageException.For("validation", share, "a page keeps back a share of its rows, such as 0.2; files are train's");
        (string, string?)[] trains =
        [
            ("test", config.Test), ("folds", config.Folds is int folds ? $"{folds}" : null),
            ("patience", config.Patience is int patience ? $"{patience}" : null), ("checkpoint-every", config.CheckpointEvery),
            ("rng", config.Rng == RandomSource.Numpy ? TrainConfig.Sources.Of(config.Rng) : null),
            ("api", config.Api == TutorialHalf.Modules ? TrainConfig.Halves.Of(config.Api) : null),
            ("schedule", config.Schedule.Name != "constant" ? config.Schedule.Name : null),
        ];
        foreach ((string option, string? value) in trains)
            if (value is not null)
                throw UsageException.For(option, value, "play does not have it, because its trainings have no end; train has");
    }

    static void CheckSize(TrainConfig config)
    {
        if (config.Samples > MostRows)
            throw UsageException.For("samples", $"{config.Samples}", Invariant($"a page takes {MostRows:N0} at most; train takes more"));
        if (config.Batch > MostBatch)
            throw UsageException.For("batch", $"{config.Batch}", Invariant($"a page takes {MostBatch:N0} at most; train takes more"));
        IReadOnlyList<int> widths = config.Net.Widths;
        if (widths.Count > MostLayers + 2 || widths.Any(width => width > MostUnits))
            throw UsageException.For("net", $"{config.Net}",
                Invariant($"a page takes up to {MostLayers} hidden layers of up to {MostUnits:N0} units; train takes more"));
    }

    // plans the memory before any of it is taken: data in float64 and float32, parameters with an optimizer's state, a batch, pictures
    static void CheckSize(TrainConfig config, DataSet data)
    {
        if (data.Count > MostRows || data.Features > MostFeatures)
            throw UsageException.For("data", config.Data,
                Invariant($"{data.Count:N0} rows of {data.Features:N0} features; a page takes {MostRows:N0} of {MostFeatures} at most"));
        NetworkSpec net = config.Net;
        double values = 6.0 * data.Count * (data.Features + 1) + 6.0 * net.ParameterCount + (config.Batch + 8192.0) * 2 * net.Widths.Sum()
            + PicturePoints * (net.Widths[0] + net.Widths[^1] + 1.0);
        double bytes = sizeof(float) * values;
        if (bytes > MostBytes)
            throw new UsageException(
                Invariant($"this would take about {bytes:N0} bytes, and a page takes {MostBytes:N0} at most; train takes more"));
        HostMemory.Require("the page", bytes);
    }

    // inputs and outputs as the data has them; of blobs there are as many as outputs
    static TrainConfig Fitted(TrainConfig config, DataSet data)
    {
        Loss loss = config.Loss;
        if (loss.Labels == LabelKind.Binary && data.ClassCount > 2) loss = Loss.Names.Parse("cross-entropy");
        if (loss.Labels != LabelKind.Number && data.ClassCount == 0) loss = Numbers;
        bool isBlobs = config.Data == "blobs" && loss.Labels == LabelKind.Class;
        int outputs = isBlobs ? Math.Max(2, config.Net.Widths[^1]) : loss.Labels == LabelKind.Class ? Math.Max(2, data.ClassCount) : 1;
        return config with
        {
            Loss = loss,
            Net = config.Net with { Widths = [data.Features, .. config.Net.Widths.Skip(1).SkipLast(1), outputs] },
        };
    }

    static readonly HashSet<string> changeable =
        ["lr", "momentum", "weightDecay", "l1", "clip", "batch", "steps", "snapshotEvery", "window", "style", "noPlots"];

    /// <summary>Whether a training can go on with other settings: all that begins another training is the same.</summary>
    public static bool GoesOn(TrainConfig before, TrainConfig after) => Beginning(before).SequenceEqual(Beginning(after));

    static IEnumerable<string> Beginning(TrainConfig config) => RunRecord.ToJson(config).EnumerateObject()
        .Where(setting => !changeable.Contains(setting.Name)).Select(setting => $"{setting.Name}={setting.Value.GetRawText()}");
}
