using GpuMlp.Formats;
using GpuMlp.Tables;

namespace GpuMlp.Data;

/// <summary>Finds the columns that a preprocessor was fitted to in another table: by name, or by place where there are no names.</summary>
static class ColumnMatching
{
    /// <summary>All columns of a list.</summary>
    /// <exception cref="InvalidDataException">One is not there.</exception>
    public static TableColumn[] Find(TablePreprocessor plan, DataTable table, IReadOnlyList<FeatureColumn> columns)
    {
        TableColumn?[] found = [.. columns.Select(column => Find(plan, table, column))];
        string[] lost = [.. columns.Where((_, k) => found[k] is null).Select(column => column.Label)];
        if (lost.Length == 0) return [.. found.Select(column => column!)];
        if (lost.FirstOrDefault(name => table.Columns.Count(there => there.Name == name) > 1) is string several)
            throw new InvalidDataException($"{table.Path}: has several columns {Quoted.Quote(several)}, and the model knows one");
        string what = lost.Length == 1 ? "column" : "columns";
        string has = table.HasNames && ByName(plan)
            ? $"it has {Quoted.List([.. table.Columns.Select(column => column.Label)])}"
            : $"it has {table.Width} {(table.Width == 1 ? "column" : "columns")}, "
                + $"{plan.Width} with the label or {plan.Features.Count} without it are needed";
        throw new InvalidDataException($"{table.Path}: has no {what} {Quoted.List(lost)}; {has}");
    }

    /// <summary>A column; null if the table does not have it.</summary>
    public static TableColumn? Find(TablePreprocessor plan, DataTable table, FeatureColumn column)
    {
        if (table.HasNames && ByName(plan))
        {
            if (column.Name.Length == 0) return At(column.Position);
            TableColumn[] named = [.. table.Columns.Where(there => there.Name == column.Name)];
            // columns of one name are told apart by their places
            bool single = named.Length == 1 && plan.Features.Concat(plan.Labels).Count(known => known.Name == column.Name) == 1;
            if (single) return named[0];
            return named.Length == 1 || IsSameLayout(plan, table) ? named.FirstOrDefault(there => there.Position == column.Position) : null;
        }
        if (table.Width == plan.Width) return At(column.Position);
        // the features alone, in their order
        int feature = plan.Features.ToList().IndexOf(column);
        return table.Width == plan.Features.Count && feature >= 0 ? At(feature + 1) : null;

        TableColumn? At(int position) => table.Columns.FirstOrDefault(there => there.Position == position);
    }

    // whether all features stand where they stood
    static bool IsSameLayout(TablePreprocessor plan, DataTable table) => plan.Features.All(feature =>
        table.Columns.FirstOrDefault(there => there.Position == feature.Position)?.Name == feature.Name);

    static bool ByName(TablePreprocessor plan) => plan.Features.Any(column => column.Name.Length > 0);
}
