namespace GpuMlp.Data;

/// <summary>Which columns of a table are learned from and predicted, and what is done to them.</summary>
/// <remarks>
/// Columns are listed by name or by position, counted from 1, with commas between them. A name comes before a position, and may have a
/// comma in it.
/// </remarks>
public sealed record ColumnOptions
{
    /// <summary>The columns to learn from; null for all but the labels and those that are ignored.</summary>
    public string? Features { get; init; }

    /// <summary>Columns that are no features; null for none.</summary>
    public string? Ignore { get; init; }

    /// <summary>The label column, or several: the targets of a regression, or one per class; null for the last column.</summary>
    public string? Label { get; init; }

    /// <summary>What becomes of missing values.</summary>
    public MissingRule Missing { get; init; }

    /// <summary>Features to derive from others: powers, products, and functions of one, as in x^2,x*y,sin(x); null for none.</summary>
    public string? Derive { get; init; }

    /// <summary>What the labels are taken for.</summary>
    public LabelUse Labels { get; init; }
}
