namespace GpuMlp.Autograd;

/// <summary>
/// What losses need to know of labels. It is found while the labels are on the host, so that a wrong label is an exception and nothing has
/// to wait for the device. Computed variables have no facts.
/// </summary>
sealed class LabelFacts
{
    internal LabelFacts(ReadOnlySpan<float> values)
    {
        for (int k = 0; k < values.Length; k++)
        {
            if (NotBinary is null && values[k] is not (0f or 1f)) NotBinary = (k, values[k]);
            if (NotClass is null && !(values[k] >= 0 && values[k] == MathF.Floor(values[k]))) NotClass = (k, values[k]);
            if (values[k] > Largest.Value) Largest = (k, values[k]);
        }
    }

    /// <summary>The first value other than 0 and 1.</summary>
    internal (int Row, float Value)? NotBinary { get; }

    /// <summary>The first value that is not a whole number of at least 0.</summary>
    internal (int Row, float Value)? NotClass { get; }

    /// <summary>The largest value.</summary>
    internal (int Row, float Value) Largest { get; } = (0, float.NegativeInfinity);
}
