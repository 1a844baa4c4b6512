using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Records;
using GpuMlp.Tables;

namespace GpuMlp.Cli.Input;

/// <summary>The tables that options name.</summary>
static class TableInput
{
    /// <summary>Reads the data of a config.</summary>
    /// <exception cref="UsageException">The file is missing, or does not hold such data.</exception>
    public static LoadedData Load(TrainConfig config) => Of(config, Read("data", config.Data, config));

    /// <summary>Takes a table that was read as a config says.</summary>
    /// <exception cref="UsageException">It does not hold such data.</exception>
    public static LoadedData Of(TrainConfig config, DataTable table) =>
        Checked("data", config, () => WithShortNames(LoadedData.Of(config, table)), table);

    /// <summary>Reads a table from text, as a config says.</summary>
    /// <exception cref="UsageException">It holds no table.</exception>
    public static DataTable Read(TrainConfig config, Stream text, string name) =>
        Checked("data", config, () => DataTable.Read(text, name, ReadOptions(config)), null);

    /// <summary>How a config's file holds its table.</summary>
    public static TableReadOptions ReadOptions(TrainConfig config) => new()
    {
        Separator = config.Separator,
        Decimal = config.Decimal,
        Thousands = config.Thousands,
        Header = config.Header,
        SkipRows = config.SkipRows,
    };

    /// <summary>Generated points with columns chosen and derived.</summary>
    /// <exception cref="UsageException">An option names no column.</exception>
    public static LoadedData Of(TrainConfig config, DataSet points)
    {
        DataTable table = TableOf(points);
        return Checked("data", config, () => LoadedData.Of(config, table), table);
    }

    /// <summary>Generated points as a table without names, the label last.</summary>
    public static DataTable TableOf(DataSet points)
    {
        IEnumerable<TableColumn> columns = Enumerable.Range(0, points.Features).Select(feature =>
            TableColumn.OfNumbers("", [.. Enumerable.Range(0, points.Count).Select(row => points.Value(row, feature))]));
        return new DataTable(points.Name, [.. columns, TableColumn.OfNumbers("", [.. points.Labels.Select(label => (double)label)])]);
    }

    /// <summary>Reads other rows of the columns that a network is trained on.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="name">What the option was given.</param>
    /// <param name="config">How the file is read.</param>
    /// <param name="columns">What was fitted to the rows to train on.</param>
    /// <exception cref="UsageException">The file is missing, or does not hold such rows.</exception>
    public static DataSet Read(string option, string name, TrainConfig config, TablePreprocessor columns)
    {
        DataTable table = Read(option, name, config, columns.FeatureNames);
        return Checked(option, config, () =>
        {
            int[] rows = columns.CompleteRows(table);
            if (rows.Length < table.Count && columns.Missing == MissingRule.Fail) rows = [.. Enumerable.Range(0, table.Count)];
            if (rows.Length == 0) throw new InvalidDataException($"{table.Path}: no row has all values that are needed");
            return columns.Transform(table, rows, config.Standardize);
        }, table);
    }

    /// <summary>Reads a table as a config says.</summary>
    /// <exception cref="UsageException">The file is missing, or holds no table.</exception>
    /// <param name="option">The option that names the file.</param>
    /// <param name="name">What the option was given.</param>
    /// <param name="config">How the file is read.</param>
    /// <param name="known">Names of columns that it should have; null for none.</param>
    public static DataTable Read(string option, string name, TrainConfig config, IReadOnlyList<string>? known = null)
    {
        string path = TrainData.PathOf(name);
        if (path != TrainData.StandardInput && !File.Exists(path))
            throw UsageException.For(option, name, ModelInput.WhyNot(path));
        TableReadOptions options = ReadOptions(config) with { KnownNames = known ?? [] };
        if (option == "data") ReadingOptions.RefuseForArrays(path, options);
        return Checked(option, config, () =>
            path == TrainData.StandardInput ? DataTable.Read(StandardStreams.In(), "standard input", options)
                : DataTable.Read(path, options), null);
    }

    static LoadedData WithShortNames(LoadedData loaded) =>
        loaded.All.ClassNames.FirstOrDefault(known => known.Length > ModelFile.LongestClassName) is not string tooLong ? loaded
            : throw new InvalidDataException(
                $"{loaded.Table!.Path}: the name of a class, '{UsageException.Cut(tooLong)}', has {tooLong.Length} characters; " +
                $"at most {ModelFile.LongestClassName} are allowed");

    static T Checked<T>(string option, TrainConfig config, Func<T> read, DataTable? table)
    {
        try { return read(); }
        catch (InvalidDataException e)
        {
            throw new UsageException(e.Message, e);                // begins with file:line:column
        }
        catch (ColumnException e)
        {
            (string name, string? value) = e.Setting switch
            {
                nameof(ColumnOptions.Features) => ("features", config.Features),
                nameof(ColumnOptions.Ignore) => ("ignore", config.Ignore),
                nameof(ColumnOptions.Derive) => ("derive", config.Derive),
                _ => ("label", config.Label),
            };
            string advice = table is not null && name == "label" && LabelAdvice.Of(table, config) is string other ? $"; {other}" : "";
            throw value is null ? new UsageException(e.Message + advice, e) : UsageException.For(name, value, e.Message + advice, e);
        }
        catch (ArgumentException e) when (e.ParamName is string setting)
        {
            throw UsageException.For(setting.ToLowerInvariant(), TableReadOptions.NameOf(setting switch
            {
                nameof(TableReadOptions.Separator) => config.Separator,
                nameof(TableReadOptions.Decimal) => config.Decimal,
                _ => config.Thousands,
            }), UsageException.Plain(e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For(option, option == "data" ? config.Data : null, e.Message, e);
        }
    }
}
