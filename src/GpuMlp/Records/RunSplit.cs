using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace GpuMlp.Records;

/// <summary>How the rows of a run's data were shared out: the seed's stream decides, class by class.</summary>
/// <param name="Seed">The seed of the stream.</param>
/// <param name="Training">How many rows were trained on.</param>
/// <param name="Validation">How many were kept back.</param>
/// <param name="ValidationRows">
/// Which were kept back, counted from 1 in the order of the data, as in "3,7-9"; absent if there are more than 20,000, which the seed makes
/// again.
/// </param>
public sealed record RunSplit(
    ulong Seed, int Training, int Validation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ValidationRows)
{
    const int MostRows = 20_000;

    /// <summary>The record of a split.</summary>
    /// <param name="seed">The seed of the stream.</param>
    /// <param name="training">How many rows were trained on.</param>
    /// <param name="keptBack">The numbers of the rows that were kept back, from 0, ascending.</param>
    public static RunSplit Of(ulong seed, int training, int[] keptBack)
    {
        ArgumentNullException.ThrowIfNull(keptBack);
        return new RunSplit(seed, training, keptBack.Length, keptBack.Length <= MostRows ? Ranges(keptBack) : null);
    }

    static string Ranges(int[] rows)
    {
        var text = new StringBuilder();
        for (int k = 0; k < rows.Length;)
        {
            int first = k;
            while (k < rows.Length && rows[k] == rows[first] + (k - first)) k++;
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{rows[first] + 1}");
            if (k - first > 1) text.Append(CultureInfo.InvariantCulture, $"-{rows[k - 1] + 1}");
        }
        return text.ToString();
    }
}
