using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Data;

namespace GpuMlp.Records;

/// <summary>The columns of a model as its file holds them.</summary>
static class ModelColumns
{
    public static string Write(TablePreprocessor columns) => JsonSerializer.Serialize(new ColumnsJson(
        [.. columns.Features.Select(Json)], columns.Derive, MissingRules.Names.Of(columns.Missing),
        [.. columns.Labels.Select(Json)], columns.OneHot, columns.Width), ModelColumnsJson.Default.ColumnsJson);

    /// <summary>Reads columns for a network of some inputs and outputs.</summary>
    /// <exception cref="FormatException">They do not go with the network.</exception>
    public static TablePreprocessor Read(string json, IReadOnlyList<string> classNames, int inputs, int outputs)
    {
        ColumnsJson read = JsonSerializer.Deserialize(json, ModelColumnsJson.Default.ColumnsJson)
            ?? throw new FormatException("an object is needed");
        if (read.Features.Length == 0 || read.Labels.Length == 0) throw new FormatException("a feature and a label are needed");
        foreach (ColumnJson column in (ColumnJson[])[.. read.Features, .. read.Labels])
        {
            if (column.Position < 1 || column.Position > read.Width)
                throw new FormatException($"position {column.Position} of {read.Width} columns");
            if (column.Fill is double fill && !double.IsFinite(fill))
                throw new FormatException("what fills a missing value must be finite");
            if (column.Values is { } values && (values.Length == 0 || values.Contains(null!) || values.Distinct().Count() != values.Length))
                throw new FormatException("a column's texts must be different, and one at least");
        }
        var labels = new LabelColumns(classNames, read.OneHot);
        var columns = new TablePreprocessor([.. read.Features.Select(Column)], [.. read.Labels.Select(Column)], labels,
            MissingRules.Names.Parse(read.Missing), read.Derive, read.Width);
        if (columns.Inputs != inputs) throw new FormatException($"they make {columns.Inputs} inputs, the network takes {inputs}");
        if (classNames.Count == 0 && columns.Targets != outputs)
            throw new FormatException($"{columns.Targets} labels, the network returns {outputs} numbers");
        if (read.OneHot && read.Labels.Length != classNames.Count)
            throw new FormatException($"{read.Labels.Length} label columns for {classNames.Count} classes");
        return columns;
    }

    static ColumnJson Json(FeatureColumn column) =>
        new(column.Name, column.Position, column.Values is null ? null
            : [.. column.Values], column.Boolean, column.Fill, column.Untrained is null ? null : [.. column.Untrained]);

    static FeatureColumn Column(ColumnJson column) =>
        new(column.Name, column.Position, column.Values, column.Boolean, column.Fill, column.Untrained);
}

sealed record ColumnsJson(ColumnJson[] Features, string? Derive, string Missing, ColumnJson[] Labels, bool OneHot, int Width);

sealed record ColumnJson(string Name, int Position, string[]? Values, bool Boolean, double? Fill, string[]? Untrained);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ColumnsJson))]
sealed partial class ModelColumnsJson : JsonSerializerContext;
