namespace GpuMlp.Layers;

/// <summary>Encloses an activation f between two parallel lines over an interval: slope · x + least ≤ f(x) ≤ slope · x + most.</summary>
abstract class ActivationBounds
{
    /// <summary>The largest |f| inside an interval where that can exceed |f| at both ends.</summary>
    internal virtual double Floor => 0;

    /// <summary>How far, in ulp, the float32 kernel may be from f.</summary>
    internal double Ulps { get; private init; } = 4;

    /// <summary>The two lines over [low, high].</summary>
    internal abstract (double Slope, double Least, double Most) Enclose(double low, double high);

    /// <summary>Bounds of a function that is x where positive and a multiple of x where negative.</summary>
    internal static ActivationBounds Kinked(double negative) => new KinkedLine(negative);

    /// <summary>Bounds of an ascending function whose slope decreases to both sides of 0.</summary>
    internal static ActivationBounds Sigmoidal(Func<double, double> value, Func<double, double> derivative) => new Bell(value, derivative);

    /// <summary>Bounds of a convex function.</summary>
    internal static ActivationBounds Convex(Func<double, double> value, Func<double, double> derivative) => new Bowl(value, derivative);

    /// <summary>Bounds of a function that falls to one minimum left of 0 and ascends from there on.</summary>
    /// <param name="value">f.</param>
    /// <param name="derivative">f′.</param>
    /// <param name="curvature">The largest |f″|.</param>
    /// <param name="least">f at its minimum, below 0.</param>
    /// <param name="ulps">How far, in ulp, the float32 kernel may be from f.</param>
    internal static ActivationBounds Dipping(
        Func<double, double> value, Func<double, double> derivative, double curvature, double least, double ulps = 4) =>
        new Dip(value, derivative, curvature, least) { Ulps = ulps };

    // f is convex: the chord lies above it, and the parallel to the chord through the kink lies below
    sealed class KinkedLine(double negative) : ActivationBounds
    {
        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            if (low >= 0) return (1, 0, 0);
            if (high <= 0) return (negative, 0, 0);
            double slope = (high - negative * low) / (high - low);
            return (slope, 0, negative * low - slope * low);
        }
    }

    // f - slope · x ascends for the smaller of the slopes at the ends, so its extremes are at the ends
    sealed class Bell(Func<double, double> value, Func<double, double> derivative) : ActivationBounds
    {
        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            double slope = Math.Max(0, Math.Min(derivative(low), derivative(high)));
            return (slope, value(low) - slope * low, value(high) - slope * high);
        }
    }

    // f is convex: it lies above its tangents, and its distance from a tangent is largest at an end of the interval
    sealed class Bowl(Func<double, double> value, Func<double, double> derivative) : ActivationBounds
    {
        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            double middle = (low + high) / 2, slope = derivative(middle);
            return (slope, value(middle) - slope * middle, Math.Max(value(low) - slope * low, value(high) - slope * high));
        }
    }

    // the tangent at the centre is off by at most curvature/2 · radius²; for a wide interval the range of f is the better bound
    sealed class Dip(Func<double, double> value, Func<double, double> derivative, double curvature, double least) : ActivationBounds
    {
        internal override double Floor => -least;

        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            double middle = (low + high) / 2, radius = (high - low) / 2, bulge = curvature / 2 * radius * radius;
            if (radius < 1)
            {
                double slope = derivative(middle), at = value(middle) - slope * middle;
                return (slope, at - bulge, at + bulge);
            }
            double most = Math.Max(value(low), value(high));
            return (0, low > 0 ? value(low) : least, Math.Max(most, 0));
        }
    }
}
