namespace GpuMlp.Metrics;

/// <summary>The receiver operating characteristic of scores that rise with the belief that a row is positive.</summary>
public sealed class RocCurve
{
    RocCurve(IReadOnlyList<RocPoint> points, double area) => (Points, Area) = (points, area);

    /// <summary>From (0, 0) to (1, 1), one point per different score: rows of equal scores are passed together.</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>
    /// The area under the curve: the probability that a positive row has a higher score than a negative one, equal scores counting half.
    /// </summary>
    public double Area { get; }

    /// <summary>The curve of scores.</summary>
    /// <param name="positive">Whether each row is positive.</param>
    /// <param name="scores">The score of each row; NaN counts as the lowest.</param>
    /// <returns>The curve; null if there is no positive row, or no negative one.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static RocCurve? Of(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores)
    {
        if (positive.Length != scores.Length)
            throw new ArgumentException($"{positive.Length} rows and {scores.Length} scores; a row has one", nameof(scores));
        double[] keys = scores.ToArray();
        bool[] sorted = positive.ToArray();
        Array.Sort(keys, sorted);                                           // ascending, NaN first
        long positives = sorted.LongCount(is1 => is1), negatives = sorted.Length - positives;
        if (positives == 0 || negatives == 0) return null;
        var points = new List<RocPoint> { new(0, 0, double.PositiveInfinity) };
        long truePositives = 0, falsePositives = 0;
        double twice = 0;                                                   // twice the area in counts: whole numbers, exact below 2⁵³
        for (int k = keys.Length - 1; k >= 0;)
        {
            double score = keys[k];
            long found = 0, raised = 0;
            for (; k >= 0 && keys[k].Equals(score); k--)
                if (sorted[k]) found++;
                else raised++;
            twice += (double)raised * (2 * truePositives + found);
            (truePositives, falsePositives) = (truePositives + found, falsePositives + raised);
            points.Add(new RocPoint((double)falsePositives / negatives, (double)truePositives / positives, score));
        }
        return new RocCurve(points, twice / 2 / positives / negatives);
    }

    /// <summary>The curves of each class against all others.</summary>
    /// <param name="labels">The class number of each row.</param>
    /// <param name="scores">The probability of each class, or any score that rises with it, (rows, classes) row-major.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>One curve per class; null for a class that no row has, or that every row has.</returns>
    /// <exception cref="ArgumentException">There are not as many scores as rows times classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is below 1.</exception>
    public static IReadOnlyList<RocCurve?> OneVersusRest(ReadOnlySpan<float> labels, ReadOnlySpan<double> scores, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (scores.Length != (long)labels.Length * classes)
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} rows and {classes} classes", nameof(scores));
        var curves = new RocCurve?[classes];
        var positive = new bool[labels.Length];
        var column = new double[labels.Length];
        for (int k = 0; k < classes; k++)
        {
            for (int row = 0; row < labels.Length; row++) (positive[row], column[row]) = (labels[row] == k, scores[row * classes + k]);
            curves[k] = Of(positive, column);
        }
        return curves;
    }
}
