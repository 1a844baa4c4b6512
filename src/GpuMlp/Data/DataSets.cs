using GpuMlp.Numerics;
using GpuMlp.Randomness;
using GpuMlp.Settings;
using static System.FormattableString;

namespace GpuMlp.Data;

/// <summary>Makes the usual toy data sets, in float64; a copy is rounded to float32 once at the end.</summary>
/// <remarks>
/// If the caller passes a stream, each set draws from it in the order of scikit-learn's generator of that name, if there is one. If the
/// caller passes a seed, the set draws from that seed's <see cref="StreamPurpose.Data"/> stream. Every generator throws
/// <see cref="ArgumentOutOfRangeException"/> for samples outside <see cref="Ranges.Samples"/> and noise outside <see cref="Ranges.Noise"/>.
/// </remarks>
public static class DataSets
{
    /// <summary>The most turns of a spiral: far beyond what points can show.</summary>
    public const double MostTurns = 100_000;

    /// <summary>Two interleaved half circles (n, 2), labels 0 and 1, as sklearn.datasets.make_moons.</summary>
    /// <param name="samples">n; class 0 has n / 2 points, class 1 the rest.</param>
    /// <param name="noise">Standard deviation of the normal noise on each coordinate.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    /// <param name="shuffle">Whether the rows are shuffled; if not, they are ordered by class.</param>
    public static DataSet MakeMoons(int samples, double noise = 0.1, ulong seed = 0, bool shuffle = true) =>
        MakeMoons(samples, noise, Stream(seed), shuffle);

    /// <inheritdoc cref="MakeMoons(int, double, ulong, bool)"/>
    public static DataSet MakeMoons(int samples, double noise, RandomStream random, bool shuffle = true)
    {
        var points = new PointBuilder(samples, noise);
        int outer = samples / 2, inner = samples - outer;
        for (int k = 0; k < outer; k++)
        {
            double t = Angle(k, outer);
            (double sin, double cos) = Float64.SinCos(t);
            points.Add(cos, sin, 0);
        }
        for (int k = 0; k < inner; k++)
        {
            double t = Angle(k, inner);
            (double sin, double cos) = Float64.SinCos(t);
            points.Add(1 - cos, 1 - sin - 0.5, 1);
        }
        return points.Finish("moons", random, shuffle);

        // as numpy.linspace(0, π, count): a single point is 0; the last of several is π itself
        static double Angle(int k, int count) => count == 1 ? 0 : k == count - 1 ? Math.PI : k * (Math.PI / (count - 1));
    }

    /// <summary>A circle around a smaller one (n, 2), labels 0 and 1, as sklearn.datasets.make_circles.</summary>
    /// <param name="samples">n; the outer circle, class 0, has n / 2 points, the inner one the rest.</param>
    /// <param name="noise">Standard deviation of the normal noise on each coordinate.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    /// <param name="factor">Radius of the inner circle, in [0, 1); the outer circle has radius 1.</param>
    /// <param name="shuffle">Whether the rows are shuffled; if not, they are ordered by class.</param>
    public static DataSet MakeCircles(int samples, double noise = 0.05, ulong seed = 0, double factor = 0.8, bool shuffle = true) =>
        MakeCircles(samples, noise, Stream(seed), factor, shuffle);

    /// <inheritdoc cref="MakeCircles(int, double, ulong, double, bool)"/>
    public static DataSet MakeCircles(int samples, double noise, RandomStream random, double factor = 0.8, bool shuffle = true)
    {
        var points = new PointBuilder(samples, noise);
        if (factor is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "factor must lie in [0, 1)");
        int outer = samples / 2;
        AddCircle(outer, 1, 0);
        AddCircle(samples - outer, factor, 1);
        return points.Finish("circles", random, shuffle);

        void AddCircle(int count, double radius, int label)
        {
            double step = 2 * Math.PI / count;
            for (int k = 0; k < count; k++)
            {
                (double sin, double cos) = Float64.SinCos(k * step);
                points.Add(cos * radius, sin * radius, label);
            }
        }
    }

    /// <summary>Normal clouds around random centres (n, 2), labels 0 … classes - 1, as sklearn.datasets.make_blobs.</summary>
    /// <param name="samples">n, at least one per class; class sizes differ by at most one point, the first classes being larger.</param>
    /// <param name="classes">The number of clouds; their centres are U(-10, 10) in each coordinate.</param>
    /// <param name="deviation">Standard deviation of each cloud.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    /// <param name="shuffle">Whether the rows are shuffled; if not, they are ordered by class.</param>
    public static DataSet MakeBlobs(int samples, int classes = 3, double deviation = 1, ulong seed = 0, bool shuffle = true) =>
        MakeBlobs(samples, classes, deviation, Stream(seed), shuffle);

    /// <inheritdoc cref="MakeBlobs(int, int, double, ulong, bool)"/>
    public static DataSet MakeBlobs(int samples, int classes, double deviation, RandomStream random, bool shuffle = true)
    {
        ArgumentNullException.ThrowIfNull(random);
        Ranges.Noise.Require(deviation);
        var points = new PointBuilder(samples, noise: null);
        if (classes < 2 || classes > samples)
            throw new ArgumentOutOfRangeException(nameof(classes), classes, $"classes must lie in 2 to samples = {samples}");
        var centres = new double[2 * classes];
        for (int k = 0; k < centres.Length; k++) centres[k] = -10 + 20 * random.NextDouble();
        for (int label = 0; label < classes; label++)
        {
            int count = samples / classes + (label < samples % classes ? 1 : 0);
            for (int k = 0; k < count; k++)
            {
                double x = centres[2 * label] + deviation * random.NextNormal();
                points.Add(x, centres[2 * label + 1] + deviation * random.NextNormal(), label);
            }
        }
        return points.Finish("blobs", random, shuffle, classes);
    }

    /// <summary>
    /// Points of the square (-5.3, 5.3)², at least 0.3 away from the axes (n, 2), labelled 1 where x·y is positive, else 0.
    /// </summary>
    /// <param name="samples">n.</param>
    /// <param name="noise">Standard deviation of the normal noise on each coordinate, added after the points are labelled.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    public static DataSet MakeXor(int samples, double noise = 0, ulong seed = 0) => MakeXor(samples, noise, Stream(seed));

    /// <inheritdoc cref="MakeXor(int, double, ulong)"/>
    public static DataSet MakeXor(int samples, double noise, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var points = new PointBuilder(samples, noise);
        for (int k = 0; k < samples; k++)
        {
            double x = Coordinate(), y = Coordinate();
            points.Add(x, y, x * y > 0 ? 1 : 0);
        }
        return points.Finish("xor", random, shuffle: false);

        double Coordinate()
        {
            double u = -5 + 10 * random.NextDouble();
            return u + (u > 0 ? 0.3 : -0.3);
        }
    }

    /// <summary>Two spiral arms in the unit circle (n, 2), labels 0 and 1: ±r (cos θ, sin θ), r = √U(0, 1), θ = 2π · turns · r.</summary>
    /// <param name="samples">n; class 0 has n / 2 points, class 1 the rest.</param>
    /// <param name="noise">Standard deviation of the normal noise on each coordinate.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    /// <param name="turns">How often an arm winds around the origin.</param>
    /// <param name="shuffle">Whether the rows are shuffled; if not, they are ordered by class.</param>
    public static DataSet MakeSpirals(int samples, double noise = 0.02, ulong seed = 0, double turns = 1.5, bool shuffle = true) =>
        MakeSpirals(samples, noise, Stream(seed), turns, shuffle);

    /// <inheritdoc cref="MakeSpirals(int, double, ulong, double, bool)"/>
    public static DataSet MakeSpirals(int samples, double noise, RandomStream random, double turns = 1.5, bool shuffle = true)
    {
        ArgumentNullException.ThrowIfNull(random);
        var points = new PointBuilder(samples, noise);
        if (!(turns > 0 && turns <= MostTurns))
            throw new ArgumentOutOfRangeException(nameof(turns), turns, Invariant($"turns are above 0 and at most {MostTurns:N0}"));
        for (int k = 0; k < samples; k++)
        {
            int label = k < samples / 2 ? 0 : 1;
            double r = Math.Sqrt(random.NextDouble()), angle = r * turns * 2 * Math.PI, signed = label == 0 ? r : -r;
            (double sin, double cos) = Float64.SinCos(angle);
            points.Add(signed * cos, signed * sin, label);
        }
        return points.Finish("spirals", random, shuffle);
    }

    /// <summary>
    /// Points of N(0, 1) in each coordinate (n, 2), each with a target of N(0, 1): a regression with nothing to learn but the rows
    /// themselves.
    /// </summary>
    /// <param name="samples">n.</param>
    /// <param name="seed">Seed of the Philox stream.</param>
    public static DataSet MakeNormal(int samples, ulong seed = 0) => MakeNormal(samples, Stream(seed));

    /// <inheritdoc cref="MakeNormal(int, ulong)"/>
    public static DataSet MakeNormal(int samples, RandomStream random)
    {
        Ranges.Samples.Require(samples);
        ArgumentNullException.ThrowIfNull(random);
        var points = new double[samples, 2];
        var targets = new float[samples];
        for (int row = 0; row < samples; row++)
        {
            for (int axis = 0; axis < 2; axis++) points[row, axis] = random.NextNormal();
            targets[row] = (float)random.NextNormal();
        }
        return new DataSet("normal", points, targets, []);
    }

    /// <summary>Splits the rows at random into two data sets, neither of them empty.</summary>
    /// <param name="data">The data, of 2 or more rows.</param>
    /// <param name="fraction">The first data set's share of the rows; the number is rounded.</param>
    /// <param name="random">The stream that decides which row goes where.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> has a single row.</exception>
    public static (DataSet First, DataSet Second) Split(DataSet data, double fraction, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(random);
        if (fraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "fraction must lie between 0 and 1");
        if (data.Count < 2) throw new ArgumentException($"'{data.Name}' has 1 row; a split needs 2 or more", nameof(data));
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        random.Shuffle<int>(rows);
        int first = Math.Clamp((int)Math.Round(fraction * data.Count), 1, data.Count - 1);
        return (data.Rows(rows.AsSpan(0, first)), data.Rows(rows.AsSpan(first)));
    }

    static PhiloxStream Stream(ulong seed) => new(seed, StreamPurpose.Data);
}
