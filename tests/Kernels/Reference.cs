using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The kernels' results in double precision, written as plainly as the formulas.</summary>
static class Reference
{
    /// <summary>y (n,o) = x (n,i) · w (i,o) + b (o).</summary>
    internal static Expected LinearForward(float[] x, float[] w, float[] b, int n, int i, int o) =>
        Sums(n * o, i + 1, (e, k) => k == 0 ? b[e % o] : (double)x[e / o * i + k - 1] * w[(k - 1) * o + e % o]);

    /// <summary>dx (n,i) = dy (n,o) · wᵀ.</summary>
    internal static Expected LinearInputGradient(float[] dy, float[] w, int n, int i, int o) =>
        Sums(n * i, o, (e, k) => (double)dy[e / i * o + k] * w[e % i * o + k]);

    /// <summary>dw (i,o) = xᵀ · dy.</summary>
    internal static Expected LinearWeightGradient(float[] x, float[] dy, int n, int i, int o) =>
        Sums(i * o, n, (e, k) => (double)x[k * i + e / o] * dy[k * o + e % o]);

    /// <summary>The sums (n) of the columns of a (m,n): db.</summary>
    internal static Expected ColumnSums(float[] a, int m, int n) => Sums(n, m, (e, k) => a[k * n + e]);

    /// <summary>The mean of a.</summary>
    internal static Expected Mean(float[] a)
    {
        Expected sum = Sums(1, a.Length, (_, k) => a[k]);
        return new([sum.Values[0] / a.Length], [sum.Tolerances[0] / a.Length + Ulp.Of(sum.Values[0] / a.Length)]);
    }

    static Expected Sums(int elements, int terms, Func<int, int, double> term)
    {
        double[] values = new double[elements], magnitudes = new double[elements];
        for (int e = 0; e < elements; e++)
            for (int k = 0; k < terms; k++)
            {
                double t = term(e, k);
                values[e] += t;
                magnitudes[e] += Math.Abs(t);
            }
        return Expected.Sums(values, magnitudes, terms);
    }

    internal static double Relu(double x) => x < 0 ? 0 : x;

    internal static double ReluSlope(double x) => double.IsNaN(x) ? 1 : x <= 0 ? 0 : 1;

    internal static double LeakyRelu(double x) => x < 0 ? 0.01 * x : x;

    internal static double LeakyReluSlope(double x) => double.IsNaN(x) ? 1 : x <= 0 ? 0.01 : 1;

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    internal static double SigmoidSlope(double x) => Sigmoid(x) * Sigmoid(-x);

    /// <summary>1 / cosh² x.</summary>
    internal static double TanhSlope(double x)
    {
        double u = Math.Exp(-2 * Math.Abs(x));
        return 4 * u / ((1 + u) * (1 + u));
    }

    /// <summary>x·σ(x); at ±∞ the limit.</summary>
    internal static double Silu(double x) => double.IsNegativeInfinity(x) ? -0.0 : x * Sigmoid(x);

    /// <summary>σ(x)·(1 + x·σ(-x)); at ±∞ the limit.</summary>
    internal static double SiluSlope(double x) => double.IsInfinity(x) ? Sigmoid(x) : Sigmoid(x) * (1 + x * Sigmoid(-x));

    /// <summary>ln(1 + eˣ).</summary>
    internal static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    // W. Kahan's form (Goldberg, What Every Computer Scientist Should Know About Floating-Point Arithmetic, 1991, theorem 4)
    static double LogOnePlus(double u)
    {
        double w = 1 + u;
        return w == 1 || double.IsNaN(u) ? u : Math.Log(w) * (u / (w - 1));
    }

    /// <summary>-ln σ(z) for y = 1, -ln σ(-z) for y = 0.</summary>
    internal static double Bce(double z, double y) => Softplus(y == 1 ? -z : z);

    internal static double BceGradient(double z, double y)
    {
        double p = Sigmoid(z), q = Sigmoid(-z);
        return y == 1 ? -p * q / (p + 1e-10) : p * q / (q + 1e-10);
    }

    internal static double BceTorch(double z, double y) => Math.Min(Bce(z, y), 100);

    internal static double BceTorchGradient(double z, double y)
    {
        double p = Sigmoid(z), q = Sigmoid(-z);
        return (y == 1 ? -q : p) / Math.Max(p * q, 1e-12) * (p * q);
    }

    internal static double BceLogitsGradient(double z, double y) => y == 1 ? -Sigmoid(-z) : Sigmoid(z);

    internal static double BceOnProbability(double p, double y) => -Math.Log((y == 1 ? p : 1 - p) + 1e-10);

    internal static double BceOnProbabilityGradient(double p, double y) => y == 1 ? -1 / (p + 1e-10) : 1 / (1 - p + 1e-10);
}
