using GpuMlp.Formats;

namespace GpuMlp.Data;

/// <summary>What becomes of values that a table does not have.</summary>
public enum MissingRule
{
    /// <summary>They are an error.</summary>
    Fail,

    /// <summary>Their rows are left out.</summary>
    Drop,

    /// <summary>The mean of the column stands for them, of the rows that are fitted.</summary>
    Mean,

    /// <summary>The median of the column stands for them, of the rows that are fitted.</summary>
    Median,
}

/// <summary>The rules by name.</summary>
public static class MissingRules
{
    /// <summary>fail, drop, mean and median.</summary>
    public static Names<MissingRule> Names { get; } = new(
        ("fail", MissingRule.Fail), ("drop", MissingRule.Drop), ("mean", MissingRule.Mean), ("median", MissingRule.Median));
}
