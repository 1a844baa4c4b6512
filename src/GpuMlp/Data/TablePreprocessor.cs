using GpuMlp.Formats;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Data;

/// <summary>
/// Makes data sets of tables: chooses columns, fills missing values, turns texts into inputs of 0 and 1, and derives features. What it
/// learned from some rows it does to any others.
/// </summary>
public sealed class TablePreprocessor
{
    readonly LabelColumns labels;
    readonly Dictionary<string, int> classes;

    internal TablePreprocessor(IReadOnlyList<FeatureColumn> features, IReadOnlyList<FeatureColumn> labelColumns, LabelColumns labels,
        MissingRule missing, string? derive, int width)
    {
        (Features, Labels, this.labels, Missing, Derive, Width) = (features, labelColumns, labels, missing, derive, width);
        classes = [];
        for (int k = 0; k < labels.ClassNames.Count; k++) classes[labels.ClassNames[k]] = k;
        string[] names = [.. features.SelectMany(column => column.Values?.Select(value => $"{column.Label}={value}") ?? [column.Name])];
        BaseNames = names.Any(name => name.Length > 0)
            ? [.. features.SelectMany(column => column.Values?.Select(value => $"{column.Label}={value}") ?? [column.Label])] : [];
        Derived = derive is null ? [] : DerivedFeature.Parse(derive, FormulaNames);
    }

    /// <summary>The first columns of a table as they are, all numbers, and a label after them.</summary>
    internal static TablePreprocessor OfNumbers(int inputs, IReadOnlyList<string> classNames, int outputs)
    {
        int labels = classNames.Count > 0 ? 1 : outputs;
        return new([.. Enumerable.Range(1, inputs).Select(position => new FeatureColumn("", position))],
            [.. Enumerable.Range(1, labels).Select(k => new FeatureColumn("", inputs + k))],
            new LabelColumns(classNames, false), MissingRule.Fail, null, inputs + labels);
    }

    /// <summary>The columns that are learned from.</summary>
    public IReadOnlyList<FeatureColumn> Features { get; }

    /// <summary>The label column, or several.</summary>
    public IReadOnlyList<FeatureColumn> Labels { get; }

    /// <summary>The name of each class, by class number; empty where the labels are numbers.</summary>
    public IReadOnlyList<string> ClassNames => labels.ClassNames;

    /// <summary>What becomes of missing values.</summary>
    public MissingRule Missing { get; }

    /// <summary>The features that are derived from others.</summary>
    public IReadOnlyList<DerivedFeature> Derived { get; }

    /// <summary>The number of columns of the table that it was fitted to.</summary>
    public int Width { get; }

    /// <summary>The name of each input of a network; empty if the table has no names.</summary>
    public IReadOnlyList<string> InputNames =>
        BaseNames.Count == 0 && Derived.Count == 0 ? [] : [.. FormulaNames, .. Derived.Select(feature => feature.Text)];

    /// <summary>The number of inputs of a network.</summary>
    public int Inputs => BaseInputs + Derived.Count;

    /// <summary>The number of labels per row: the targets of a regression, else 1.</summary>
    public int Targets => ClassNames.Count > 0 ? 1 : Labels.Count;

    /// <summary>What its user should know: columns that are left out or may better be, classes of a single row, values that were
    /// missing.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    internal string? Derive { get; }

    internal bool OneHot => labels.OneHot;

    /// <summary>The names of the columns that are learned from, of those that have one.</summary>
    public IReadOnlyList<string> FeatureNames => [.. Features.Select(column => column.Name).Where(name => name.Length > 0)];

    IReadOnlyList<string> BaseNames { get; }

    int BaseInputs => Features.Sum(column => column.Inputs);

    IReadOnlyList<string> FormulaNames => BaseNames.Count > 0 ? BaseNames : DataSet.PlainNames(BaseInputs);

    /// <summary>Whether what it learned depends on the rows that it was fitted to, besides the classes.</summary>
    public bool LearnsFromRows => Features.Any(column => column.Values is not null || column.Fill is not null);

    /// <summary>Chooses columns by options, and learns from rows what is filled in and which texts there are.</summary>
    /// <param name="table">The table. The classes are those of all its rows.</param>
    /// <param name="options">Which columns are what.</param>
    /// <param name="rows">The rows to learn from: those to train on. Null for all.</param>
    /// <exception cref="ColumnException">An option names no column, or one that does not suit it.</exception>
    /// <exception cref="InvalidDataException">A value is missing or is no number; the message begins with file:line:column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static TablePreprocessor Fit(DataTable table, ColumnOptions? options = null, IReadOnlyList<int>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new TableFitting(table, options ?? new ColumnOptions(), rows).Fit();
    }

    /// <summary>The rows that have all values that are needed; with other rules than fail and drop, features may be missing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="labelled">Whether a row needs its labels.</param>
    /// <exception cref="InvalidDataException">The table lacks a column.</exception>
    public int[] CompleteRows(DataTable table, bool labelled = true)
    {
        ArgumentNullException.ThrowIfNull(table);
        TableColumn[] needed =
        [
            .. Missing is MissingRule.Mean or MissingRule.Median ? [] : ColumnsOf(table, Features),
            .. labelled ? ColumnsOf(table, Labels) : [],
        ];
        needed = [.. needed.Where(column => column.Missing > 0)];
        return [.. Enumerable.Range(0, table.Count).Where(row => !needed.Any(column => column.IsMissing(row)))];
    }

    /// <summary>Makes a data set: features in their own units in float64, and labels.</summary>
    /// <param name="table">A table with the columns that it was fitted to: of the same names, or at the same places where there are
    /// none.</param>
    /// <param name="rows">The rows, in their order; null for all.</param>
    /// <param name="beyondFloat32">Whether features may exceed float32, as a <see cref="Standardizer"/> can take them.</param>
    /// <exception cref="InvalidDataException">
    /// A column is not there; a value is missing, is no number or is beyond float32, or is a text that was not there before.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public DataSet Transform(DataTable table, IReadOnlyList<int>? rows = null, bool beyondFloat32 = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        var encoder = new FeatureEncoder(this, table, rows, beyondFloat32);
        (double[][] features, IReadOnlyDictionary<int, float>?[] rounded) = encoder.Encode(ColumnsOf(table, Features));
        TableColumn[] columns = ColumnsOf(table, Labels);
        (double[]? targets, float[] single) = encoder.Labels(columns, labels, classes, Targets);
        int different = single.Distinct().Count();
        return new DataSet(table.Name, features, rounded, encoder.Count, single, ClassNames, Targets, targets)
        {
            FeatureNames = InputNames,
            DifferentLabels = (targets?.Distinct().Count() ?? different, different),
        };
    }

    /// <summary>The features of rows as a network takes them, row after row; labels are not needed.</summary>
    /// <param name="table">A table with the columns that it was fitted to: of the same names, or at the same places where there are
    /// none.</param>
    /// <param name="standardizer">What scales the features in float64 before they are rounded; null for nothing.</param>
    /// <param name="rows">The rows, in their order; null for all.</param>
    /// <exception cref="InvalidDataException">As <see cref="Transform"/> says.</exception>
    /// <exception cref="ArgumentException">The standardizer has another number of features, or there is no such row.</exception>
    public float[] Encode(DataTable table, Standardizer? standardizer, IReadOnlyList<int>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var encoder = new FeatureEncoder(this, table, rows, standardizer is not null);
        (double[][] features, IReadOnlyDictionary<int, float>?[] rounded) = encoder.Encode(ColumnsOf(table, Features));
        if (encoder.Count == 0) return [];
        var data = new DataSet(table.Name, features, rounded, encoder.Count, new float[encoder.Count], [], 1, null);
        if (standardizer is null) return data.Flat.ToArray();
        float[] scaled = standardizer.Apply(data).Flat.ToArray();
        encoder.RequireFinite(scaled, ColumnsOf(table, Features));
        return scaled;
    }

    /// <summary>Reads a file of text in parts of some rows, in constant memory; columns that are not needed are left out.</summary>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="options">What is not to be guessed.</param>
    /// <param name="rows">The most rows of a part.</param>
    /// <param name="labelled">Whether the labels are needed.</param>
    /// <exception cref="InvalidDataException">A column is not there, a row has another number of fields, or a field is no
    /// number.</exception>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public IEnumerable<DataTable> ReadParts(string path, TableReadOptions? options = null, int rows = 1 << 14, bool labelled = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (NumpyTables.Read(path, needsLabels: labelled) is DataTable arrays) return [arrays];
        return TableParts.Read(this, TableSource.Of(path), options ?? new TableReadOptions(), rows, labelled);
    }

    /// <summary>Reads a stream as <see cref="ReadParts(string, TableReadOptions?, int, bool)"/> reads a file.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="name">The stream's name in messages.</param>
    /// <param name="options">What is not to be guessed.</param>
    /// <param name="rows">The most rows of a part.</param>
    /// <param name="labelled">Whether the labels are needed.</param>
    /// <exception cref="InvalidDataException">A column is not there, a row has another number of fields, or a field is no
    /// number.</exception>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public IEnumerable<DataTable> ReadParts(
        Stream stream, string name, TableReadOptions? options = null, int rows = 1 << 14, bool labelled = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return TableParts.Read(this, TableSource.Once(stream, name), options ?? new TableReadOptions(), rows, labelled);
    }

    /// <summary>Whether a table has the label columns.</summary>
    public bool HasLabels(DataTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Labels.All(column => ColumnMatching.Find(this, table, column) is not null);
    }

    internal TableColumn[] ColumnsOf(DataTable table, IReadOnlyList<FeatureColumn> columns) => ColumnMatching.Find(this, table, columns);
}
