using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>What a kernel should write: values in double precision, and how far each element may be off.</summary>
sealed record Expected(double[] Values, double[] Tolerances)
{
    /// <summary>Sums of K products: off by at most (K + 2) · 2⁻²⁴ · Σ|a||b| + 10⁻³⁰.</summary>
    internal static Expected Sums(double[] values, double[] magnitudes, int terms) =>
        new(values, Array.ConvertAll(magnitudes, m => (terms + 2) * Math.ScaleB(m, -24) + 1e-30));

    /// <summary>Each element may be off by a number of ulps of its value; values beyond float32 are ±∞.</summary>
    internal static Expected Ulps(double[] values, double ulps) =>
        new(Array.ConvertAll(values, v => float.IsInfinity((float)v) ? (float)v : v), Array.ConvertAll(values, v => ulps * Ulp.Of(v)));

    /// <summary>The values themselves, down to the sign of a zero.</summary>
    internal static Expected Exactly(float[] values) => Ulps(Array.ConvertAll(values, v => (double)v), 0);

    /// <summary>
    /// The tolerances for a device that is only close: four times as large, and at least 10⁻²⁵, since subnormal numbers may count as 0
    /// there and losses divide by as little as 10⁻¹².
    /// </summary>
    internal Expected OfCloseDevice() => new(Values, Array.ConvertAll(Tolerances, t => 4 * t + 1e-25));

    /// <summary>Why <paramref name="computed"/> is not what element k should be; null if it is what it should be.</summary>
    internal string? Complaint(int k, float computed)
    {
        double value = Values[k], tolerance = Tolerances[k];
        if (double.IsNaN(value) ? float.IsNaN(computed)
            : tolerance == 0 ? value.Equals(computed) && double.IsNegative(value) == float.IsNegative(computed)
            : value == computed || Math.Abs(computed - value) <= tolerance) return null;
        return FormattableString.Invariant($"element {k} is {computed:R}, not {value:R} ± {tolerance:G3}");
    }
}
