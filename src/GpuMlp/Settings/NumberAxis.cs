using GpuMlp.Numerics;

namespace GpuMlp.Settings;

/// <summary>Numbers evenly apart from one to another, or by even factors: the values of a setting along an axis.</summary>
/// <remarks>They are computed in float64 without a C library's functions, so that every system gets the same numbers.</remarks>
public sealed record NumberAxis
{
    readonly double from, to;                                      // of the logarithms where the steps are factors

    NumberAxis(double from, double to, bool isLog) => (this.from, this.to, IsLog) = (from, to, isLog);

    /// <summary>Makes an axis.</summary>
    /// <param name="from">Its first number.</param>
    /// <param name="to">Its last number.</param>
    /// <param name="isLog">Whether neighbours differ by a factor, not by an amount; both numbers are then positive.</param>
    /// <exception cref="ArgumentException">The numbers are not finite, not ascending, or not positive where they have to be.</exception>
    public static NumberAxis Of(double from, double to, bool isLog)
    {
        if (!(from < to) || !double.IsFinite(to - from)) throw new ArgumentException("an axis goes from a number to a larger one");
        if (isLog && !(from > 0)) throw new ArgumentException("a logarithmic axis goes through positive numbers");
        return isLog ? new(Float64.Log(from), Float64.Log(to), true) : new(from, to, false);
    }

    /// <summary>Whether neighbours differ by a factor.</summary>
    public bool IsLog { get; }

    /// <summary>The number at a share of the way.</summary>
    /// <param name="share">0 for the first number, 1 for the last.</param>
    public double At(double share)
    {
        double at = from * (1 - share) + to * share;
        return IsLog ? Float64.Exp(at) : at;
    }

    /// <summary>Number k of <paramref name="count"/>, the first and the last among them; of one the middle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public double At(int k, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if ((uint)k >= (uint)count) throw new ArgumentOutOfRangeException(nameof(k), k, $"there are {count} numbers, from 0");
        return At(count == 1 ? 0.5 : (double)k / (count - 1));
    }

    /// <summary>Which share of the way a number is at.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis is logarithmic and the number is not positive.</exception>
    public double ShareOf(double number)
    {
        if (!IsLog) return (number - from) / (to - from);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(number, 0);
        return (Float64.Log(number) - from) / (to - from);
    }

    /// <summary>The axis around a number with an n-th of the length.</summary>
    /// <param name="centre">The number in its middle.</param>
    /// <param name="factor">n, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 1, or a number is not one of the axis' kind.</exception>
    public NumberAxis Zoom(double centre, double factor)
    {
        if (!(factor >= 1) || !double.IsFinite(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "is a number from 1");
        if (!double.IsFinite(centre) || (IsLog && centre <= 0))
            throw new ArgumentOutOfRangeException(nameof(centre), centre, "is no number of such an axis");
        double middle = IsLog ? Float64.Log(centre) : centre, half = (to - from) / factor / 2;
        return new(middle - half, middle + half, IsLog);
    }

    /// <summary>
    /// Up to which zoom float32 tells neighbours apart: the zoom at which the smallest difference of two neighbours is one unit in the last
    /// place of a float32 beside them.
    /// </summary>
    /// <param name="count">How many numbers there are.</param>
    public double LimitOfFloat32(int count)
    {
        if (count < 2) return double.PositiveInfinity;
        double least = double.PositiveInfinity;
        foreach (int k in (int[])[0, (count - 1) / 2, count - 2])
        {
            double low = At(k, count), high = At(k + 1, count);
            float near = (float)Math.Max(Math.Abs(low), Math.Abs(high));
            least = Math.Min(least, (high - low) / ((double)MathF.BitIncrement(near) - near));
        }
        return least;
    }
}
