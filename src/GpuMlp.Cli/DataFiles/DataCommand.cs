using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Plotting;
using GpuMlp.Records;

namespace GpuMlp.Cli.DataFiles;

/// <summary>The verb data: writes what train would read.</summary>
static class DataCommand
{
    static readonly Argument<string> Data = new("DATA");
    static readonly Option<string> Out = new("--out");
    static readonly Option<bool> Force = new("--force"), Quiet = new("--quiet");

    /// <summary>Makes the verb: it takes train's options of data, and the loss, which decides what labels are.</summary>
    public static Command Create()
    {
        TrainOption[] taken = [.. TrainOptions.All
            .Where(row => (row.Group == "Data" && !IsOfJudging(row.Name) && row.Name != "data") || row.Name == "loss")];
        (string, string)[] rows =
        [
            ("DATA", "what train's --data takes"),
            ("--out FILE", ".csv, .npz (X and y), .png (two features and classes), or - for CSV to stdout"),
                .. taken.Select(row => row.HelpRow),
            ("--force", "replace a file that is there"), ("--quiet", "print nothing but errors"), ("-h, --help", "this"),
        ];
        var verb = new Verb("data", "Writes the rows that train would read, as it would read them.", [("Options", rows)],
        [
            (" moons --samples 500 --out moons.csv", "generated points"),
            (" passengers.csv --label Survived --features Pclass,Sex,Age --missing mean --out -", "what becomes of a file's columns"),
        ]);
        verb.Arguments.Add(Data);
        (TrainOption Row, Option Option)[] options = [.. taken.Select(row => (row, row.NewOption()))];
        foreach (Option option in (Option[])[Out, Force, Quiet, .. options.Select(pair => pair.Option)]) verb.Options.Add(option);
        verb.SetAction(line =>
        {
            TrainConfig config = TrainOptions.Find("data").Parse(line.GetValue(Data)!)(new TrainConfig());
            foreach ((TrainOption row, Option option) in options)
                if (row.Given(line, option) is { } set) config = set(config);
            return Execute(TrainData.Resolve(config), line.GetValue(Out), line.GetValue(Force),
                new Terminal(line.GetValue(Quiet), json: false));
        });
        return verb;
    }

    const int ManyRows = 100_000, MostShown = 20;

    static bool IsOfJudging(string name) => name is "validation" or "validate-every" or "test" or "folds" or "class-weight" or "data-seed";

    static int Execute(TrainConfig config, string? path, bool force, Terminal terminal)
    {
        OutputFile.Check(path, force, TrainData.PathOf(config.Data));
        string kind = path == "-" ? "-" : Path.GetExtension(path!).ToLowerInvariant();
        if (kind is not (".csv" or ".npz" or ".png" or "-")) throw UsageException.For("out", path, "allowed are .csv, .npz, .png and -");
        LoadedData loaded;
        using (TrainData.Loading(config, terminal)) loaded = TrainData.Load(config, TrainData.Streams(config).Data);
        if (loaded.Summary is string summary) terminal.Note(summary);
        foreach (string note in loaded.Notes) terminal.Note(note);
        DataSet rows = loaded.All;
        if (kind == ".npz" && rows.ClassNames.Where((name, k) => name != $"{k}").Any())
            terminal.Note("y holds the numbers of the classes: " + string.Join(", ", rows.ClassNames.Take(MostShown)
                .Select((name, k) => $"{k} is {UsageException.Cut(name)}")) + (rows.ClassCount > MostShown ? ", …" : ""));
        if (kind == ".png" && (rows.Features != 2 || rows.ClassCount == 0))
            throw UsageException.For("out", path, "a picture shows two features and classes; this data has "
                + (rows.ClassCount == 0 ? "numbers for labels" : rows.Features == 1 ? "1 feature" : $"{rows.Features} features"));
        Standardizer? standardizer = config.Standardize ? Standardizer.Fit(rows) : null;
        Standardizer? targets = config.Standardize && rows.ClassCount == 0 ? Standardizer.FitTargets(rows) : null;
        using IDisposable _ = terminal.During($"writing {path}", rows.Count >= ManyRows);
        OutputFile.Write(path!, stream =>
        {
            if (kind == ".png") stream.Write(Picture(config, standardizer?.Apply(rows) ?? rows));
            else if (kind == ".npz") WriteArrays(stream, standardizer?.Apply(rows) ?? rows, (targets?.ApplyToTargets(rows) ?? rows).Labels);
            else WriteCsv(stream, loaded, standardizer?.Apply(rows) ?? rows, targets?.ApplyToTargets(rows) ?? rows);
        });
        return ExitCode.Ok;
    }

    static byte[] Picture(TrainConfig config, DataSet rows)
    {
        var options = new PlotOptions
        {
            XLabel = PictureAxes.NameOf(rows, 0),
            YLabel = PictureAxes.NameOf(rows, 1),
            ClassNames = [.. rows.ClassNames.Select(name => int.TryParse(name, out _) ? $"class {name}" : name)],
        };
        Window window = config.Standardize ? Windows.OfBounds(rows) : Windows.OfData(config, rows);
        return DataPlot.Render(rows, window, FormattableString.Invariant($"{rows.Name} · {rows.Count:N0} points"), options);
    }

    static void WriteCsv(Stream stream, LoadedData loaded, DataSet features, DataSet labels)
    {
        using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        IEnumerable<string> names = Enumerable.Range(0, features.Features).Select(feature => PictureAxes.NameOf(features, feature));
        IEnumerable<string> labelNames = loaded.Columns is { } columns && labels.ClassCount == 0
            ? columns.Labels.Select(label => label.Name.Length > 0 ? label.Name : "label")
                : [loaded.Columns?.Labels is [{ Name.Length: > 0 } one] ? one.Name : "label"];
        text.WriteLine(string.Join(',', names.Concat(labelNames).Select(CsvField.Of)));
        for (int row = 0; row < features.Count; row++)
        {
            for (int feature = 0; feature < features.Features; feature++)
            {
                text.Write(features.Value(row, feature).ToString("R", CultureInfo.InvariantCulture));
                text.Write(',');
            }
            string[] values = labels.ClassCount > 0 ? [CsvField.Of(labels.ClassNames[(int)labels.Labels[row]])]
                : [.. Enumerable.Range(0, labels.Targets)
                    .Select(k => labels.Labels[row * labels.Targets + k].ToString("R", CultureInfo.InvariantCulture))];
            text.WriteLine(string.Join(',', values));
        }
    }

    static void WriteArrays(Stream stream, DataSet features, float[] labels)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using (Stream entry = archive.CreateEntry("X.npy", CompressionLevel.NoCompression).Open())
        {
            var writer = new NpyWriter<double>(entry, features.Count, features.Features);
            var values = new double[features.Features];
            for (int row = 0; row < features.Count; row++)
            {
                for (int feature = 0; feature < values.Length; feature++) values[feature] = features.Value(row, feature);
                writer.Write(values);
            }
            writer.Finish();
        }
        using (Stream entry = archive.CreateEntry("y.npy", CompressionLevel.NoCompression).Open())
        {
            var writer = features.Targets == 1 ? new NpyWriter<float>(entry, labels.Length)
                : new NpyWriter<float>(entry, features.Count, features.Targets);
            writer.Write(labels);
            writer.Finish();
        }
    }
}
