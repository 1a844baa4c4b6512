using GpuMlp.Formats;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Data;

/// <summary>Turns rows of a table into features and labels as a preprocessor says.</summary>
sealed class FeatureEncoder(TablePreprocessor plan, DataTable table, IReadOnlyList<int>? rows, bool beyondFloat32)
{
    /// <summary>The number of rows.</summary>
    public int Count { get; } = rows?.Count ?? table.Count;

    int Row(int k) => rows is null ? k : rows[k];

    /// <summary>The features, one array each, and where their float32 is not their float64 rounded.</summary>
    public (double[][] Features, IReadOnlyDictionary<int, float>?[] Rounded) Encode(TableColumn[] columns)
    {
        foreach (int row in rows ?? [])
            if ((uint)row >= (uint)table.Count) throw new ArgumentOutOfRangeException(nameof(rows), row,
                $"'{table.Name}' has rows 0 to {table.Count - 1}");
        var features = new List<double[]>();
        var rounded = new List<IReadOnlyDictionary<int, float>?>();
        for (int k = 0; k < columns.Length; k++)
        {
            FeatureColumn feature = plan.Features[k];
            if (feature.Values is not null) features.AddRange(Indicators(columns[k], feature));
            else features.Add(feature.Boolean ? Booleans(columns[k]) : Numbers(columns[k], feature));
            while (rounded.Count < features.Count) rounded.Add(feature.Values is null && !feature.Boolean ? Rounded(columns[k]) : null);
        }
        if (plan.Derived.Count > 0) Derive(features, columns[0]);
        while (rounded.Count < features.Count) rounded.Add(null);
        return ([.. features], [.. rounded]);
    }

    double[] Numbers(TableColumn column, FeatureColumn feature)
    {
        if (column.IsText)
        {
            for (int k = 0; k < Count; k++)
                if (!column.IsMissing(Row(k))) throw Bad(Row(k), column, LabelColumns.NoNumber(column, Row(k)));
            if (feature.Fill is null && Count > 0) throw Lost(Row(0), column);
        }
        bool shared = rows is null && column.Missing == 0;                 // the table's own memory
        double[] source = column.Numbers, numbers = shared ? source : new double[Count];
        for (int k = 0; k < Count; k++)
        {
            double value = column.IsText ? double.NaN : source[Row(k)];
            if (double.IsNaN(value)) value = feature.Fill ?? throw Lost(Row(k), column);
            if (!float.IsFinite((float)value)) RequireFinite(value, Row(k), column);
            if (!shared) numbers[k] = value;
        }
        return numbers;
    }

    void RequireFinite(double value, int row, TableColumn column)
    {
        if (double.IsFinite(value) && (beyondFloat32 || float.IsFinite(column.Rounded(row)))) return;
        string where = column.Name.Length > 0 ? $" in column {Quoted.Quote(column.Name)}" : "";
        string advice = double.IsFinite(value) ? "; standardized, a feature may be" : "";
        string text = column.Text(row) ?? Invariant($"{value:R}");
        throw Bad(row, column, $"{Quoted.Quote(text)}{where} is not a finite float32 number{advice}");
    }

    /// <summary>Refuses rows that are beyond float32 when they are scaled as the rows that were trained on.</summary>
    public void RequireFinite(ReadOnlySpan<float> scaled, TableColumn[] columns)
    {
        int at = 0;
        while (at < scaled.Length && float.IsFinite(scaled[at])) at++;
        if (at == scaled.Length) return;
        int row = Row(at / (scaled.Length / Count)), input = at % (scaled.Length / Count), column = 0;
        for (int first = 0; column + 1 < columns.Length && input >= first + plan.Features[column].Inputs; column++)
            first += plan.Features[column].Inputs;
        throw Bad(row, columns[column], $"{Quoted.Quote(columns[column].Text(row))} in column {columns[column].Shown} is too far from "
            + "the values that were trained on: standardized, it is no finite float32 number");
    }

    IReadOnlyDictionary<int, float>? Rounded(TableColumn column)
    {
        if (column.RoundedOnce.Count == 0 || rows is null) return column.RoundedOnce.Count == 0 ? null : column.RoundedOnce;
        var rounded = new Dictionary<int, float>();
        for (int k = 0; k < Count; k++)
            if (column.RoundedOnce.TryGetValue(rows[k], out float value)) rounded[k] = value;
        return rounded;
    }

    double[] Booleans(TableColumn column)
    {
        var values = new double[Count];
        for (int k = 0; k < Count; k++)
        {
            string text = column.Text(Row(k)) ?? throw Lost(Row(k), column);
            values[k] = TableFitting.IsTrue(text) ? 1 : TableFitting.IsFalse(text) ? 0
                : throw Bad(Row(k), column, $"{Quoted.Quote(text)} in column {Quoted.Cut(column.Label)}; allowed are true and false");
        }
        return values;
    }

    double[][] Indicators(TableColumn column, FeatureColumn feature)
    {
        var numbers = new Dictionary<string, int>();
        for (int value = 0; value < feature.Values!.Count; value++) numbers[feature.Values[value]] = value;
        double[][] indicators = [.. feature.Values.Select(_ => new double[Count])];
        for (int k = 0; k < Count; k++)
        {
            string text = column.Text(Row(k)) ?? throw Lost(Row(k), column);
            if (feature.Untrained?.Contains(text) == true) continue;
            indicators[numbers.TryGetValue(text, out int number) ? number : throw Bad(Row(k), column,
                $"{Quoted.Quote(text)} in column {Quoted.Cut(column.Label)} is none of the texts that were trained on: "
                + Quoted.List([.. feature.Values]))][k] = 1;
        }
        return indicators;
    }

    void Derive(List<double[]> features, TableColumn first)
    {
        var row = new double[features.Count];
        double[][] derived = [.. plan.Derived.Select(_ => new double[Count])];
        for (int k = 0; k < Count; k++)
        {
            for (int f = 0; f < row.Length; f++) row[f] = features[f][k];
            for (int d = 0; d < derived.Length; d++)
            {
                double value = plan.Derived[d].Of(row);
                if (!double.IsFinite(value) || (!beyondFloat32 && !float.IsFinite((float)value)))
                    throw Bad(Row(k), first, $"{plan.Derived[d].Text} has no finite value in this row");
                derived[d][k] = value;
            }
        }
        features.AddRange(derived);
    }

    /// <summary>The labels, row after row: class numbers, or targets in their own units and in float32.</summary>
    public (double[]? Targets, float[] Rounded) Labels(
        TableColumn[] columns, LabelColumns labels, IReadOnlyDictionary<string, int> classes, int targets)
    {
        var rounded = new float[Count * targets];
        double[]? values = labels.ClassNames.Count > 0 ? null : new double[rounded.Length];
        int[]? codes = values is null && !labels.OneHot && columns[0].IsText
            ? [.. columns[0].Values.Select(value => classes.GetValueOrDefault(value, -1))] : null;
        for (int k = 0; k < Count; k++)
        {
            foreach (TableColumn column in columns)
                if (column.Missing > 0 && column.IsMissing(Row(k))) throw Lost(Row(k), column);
            for (int target = 0; target < targets; target++)
            {
                int known = codes is null ? -1 : codes[columns[0].Code(Row(k))], at = k * targets + target;
                double value = known >= 0 ? known : labels.Of(table, columns, classes, Row(k), target);
                rounded[at] = values is null ? (float)value : Finite(value, columns[target], Row(k));
                if (values is not null) values[at] = value;
            }
        }
        return (values, rounded);
    }

    float Finite(double value, TableColumn column, int row)
    {
        float rounded = column.Rounded(row);
        if (float.IsFinite(rounded)) return rounded;
        string where = column.Name.Length > 0 ? $" in column {Quoted.Quote(column.Name)}" : "";
        throw Bad(row, column, $"{Quoted.Quote(column.Text(row))}{where} is not a finite float32 number");
    }

    InvalidDataException Lost(int row, TableColumn column) =>
        Bad(row, column, $"the value is missing{(column.Name.Length > 0 ? $" in column {Quoted.Quote(column.Name)}" : "")}"
            + (plan.Missing == MissingRule.Fail ? "; what was trained with --missing drop, mean or median takes such rows" : ""));

    InvalidDataException Bad(int row, TableColumn column, string what) => new($"{table.Where(row, column)}: {what}");
}
