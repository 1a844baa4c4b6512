namespace GpuMlp.Tables;

/// <summary>How a text file holds its table, as it was read.</summary>
/// <param name="Separator">The character between fields.</param>
/// <param name="Runs">Whether several separators in a row are one; with a blank, tabs separate too.</param>
/// <param name="Decimal">The character before a number's decimals.</param>
/// <param name="Thousands">The character between groups of digits; null for none.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
public sealed record TableFormat(char Separator, bool Runs, char Decimal, char? Thousands, bool HasHeader)
{
    /// <summary>The separator in words.</summary>
    public string SeparatorName => (Separator, Runs) switch
    {
        (' ', _) => "blanks",
        ('\t', true) => "runs of tabs",
        ('\t', _) => "tabs",
        (',', _) => "commas",
        (';', _) => "semicolons",
        ('|', _) => "bars",
        _ => $"'{Separator}'",
    };

    internal NumberFormat Numbers => new((byte)Decimal, (byte)(Thousands ?? '\0'));
}
