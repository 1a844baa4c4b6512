using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>An activation between two straight lines: over an interval, slope · x + least ≤ f(x) ≤ slope · x + most.</summary>
abstract class AffineActivation
{
    internal static AffineActivation Of(Layer layer) => layer switch
    {
        ReLU => new Kinked(0),
        LeakyReLU => new Kinked(0.01f),
        Layers.Tanh => new Bell(Math.Tanh, x => 1 - Math.Tanh(x) * Math.Tanh(x)),
        Layers.Sigmoid => new Bell(Logistic, x => Logistic(x) * Logistic(-x)),
        SiLU => new Swish(),
        _ => throw new ArgumentException($"the boundary of a network with {layer.Name} cannot be bounded"),
    };

    /// <summary>f(x).</summary>
    internal abstract double Value(double x);

    /// <summary>The largest |f| inside an interval that may exceed both of its ends'.</summary>
    internal virtual double Floor => 0;

    /// <summary>The two lines over [low, high].</summary>
    internal abstract (double Slope, double Least, double Most) Enclose(double low, double high);

    static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>x, or a multiple of it where negative: convex, so the chord is above it and the parallel through the kink below.</summary>
    sealed class Kinked(double negative) : AffineActivation
    {
        internal override double Value(double x) => x < 0 ? negative * x : x;

        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            if (low >= 0) return (1, 0, 0);
            if (high <= 0) return (negative, 0, 0);
            double slope = (high - negative * low) / (high - low);
            return (slope, 0, Value(low) - slope * low);
        }
    }

    /// <summary>An ascending function whose slope falls off to both sides: with the lesser slope of the ends f - slope · x ascends.</summary>
    sealed class Bell(Func<double, double> value, Func<double, double> derivative) : AffineActivation
    {
        internal override double Value(double x) => value(x);

        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            double slope = Math.Max(0, Math.Min(derivative(low), derivative(high)));
            return (slope, value(low) - slope * low, value(high) - slope * high);
        }
    }

    /// <summary>x·σ(x): |f″| ≤ ½ (it is ½ at 0), so the tangent at the centre is off by at most r²/4; over wide intervals the hull.</summary>
    sealed class Swish : AffineActivation
    {
        const double Least = 0.2784645428;                         // -f at its minimum, x = -1.2784645428

        internal override double Floor => Least;

        internal override double Value(double x) => x * Logistic(x);

        internal override (double Slope, double Least, double Most) Enclose(double low, double high)
        {
            double middle = (low + high) / 2, radius = (high - low) / 2, bulge = radius * radius / 4;
            if (radius < 1)
            {
                double p = Logistic(middle), slope = p * (1 + middle * Logistic(-middle)), at = Value(middle) - slope * middle;
                return (slope, at - bulge, at + bulge);
            }
            double most = Math.Max(Value(low), Value(high));
            return (0, low > 0 ? Value(low) : -Least, Math.Max(most, 0));
        }
    }
}
