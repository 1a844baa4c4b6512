namespace GpuMlp.Metrics;

/// <summary>An interval of numbers.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    // the 97.5 % quantile of the normal distribution
    const double Quantile = 1.959963984540054;

    /// <summary>Wilson's 95 % interval for a share that was measured as <paramref name="hits"/> of <paramref name="count"/>.</summary>
    /// <remarks>E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927; it lies in [0, 1].</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1, or there are more hits than that.</exception>
    public static Interval Wilson(long hits, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (hits < 0 || hits > count) throw new ArgumentOutOfRangeException(nameof(hits), hits, $"hits are 0 to count = {count}");
        double n = count, share = hits / n, square = Quantile * Quantile, scale = 1 + square / n;
        double centre = (share + square / (2 * n)) / scale;
        double half = Quantile / scale * Math.Sqrt(share * (1 - share) / n + square / (4 * n * n));
        return new Interval(hits == 0 ? 0 : Math.Max(0, centre - half), hits == count ? 1 : Math.Min(1, centre + half));
    }
}
