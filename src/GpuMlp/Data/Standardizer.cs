namespace GpuMlp.Data;

/// <summary>Shifts and scales each feature to mean 0 and standard deviation 1, and back.</summary>
public sealed class Standardizer
{
    readonly double[] mean, deviation;

    /// <summary>A standardizer with known statistics: one mean and one deviation per feature.</summary>
    /// <exception cref="ArgumentException">The lengths differ, a value is not finite, or a deviation is not above 0.</exception>
    public Standardizer(IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        if (mean.Count != deviation.Count)
            throw new ArgumentException($"{mean.Count} means and {deviation.Count} deviations; each feature has one of both");
        if (!mean.All(double.IsFinite)) throw new ArgumentException("means must be finite", nameof(mean));
        if (!deviation.All(value => double.IsFinite(value) && value > 0))
            throw new ArgumentException("deviations must be finite and above 0", nameof(deviation));
        (this.mean, this.deviation) = ([.. mean], [.. deviation]);
    }

    /// <summary>The mean of each feature.</summary>
    public IReadOnlyList<double> Mean => mean;

    /// <summary>The standard deviation of each feature (divided by n, not n - 1); 1 for a constant feature.</summary>
    public IReadOnlyList<double> Deviation => deviation;

    /// <summary>The standardizer with the statistics of a data set, computed in float64 from <see cref="DataSet.Value"/>.</summary>
    /// <remarks>
    /// The sums are over differences from the first row, in units of a power of two near the largest value, so none overflows or
    /// underflows.
    /// </remarks>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static Standardizer Fit(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var mean = new double[data.Features];
        var deviation = new double[data.Features];
        for (int feature = 0; feature < data.Features; feature++)
        {
            int of = feature;
            (mean[feature], deviation[feature]) = Fit(data.Count, row => data.Value(row, of), $"feature {feature} of '{data.Name}'");
        }
        return new Standardizer(mean, deviation);
    }

    /// <summary>The standardizer of a data set's targets, computed in float64 as <see cref="Fit(DataSet)"/> does.</summary>
    /// <exception cref="ArgumentException">A target is not finite, or the labels are classes.</exception>
    public static Standardizer FitTargets(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.ClassCount > 0) throw new ArgumentException($"the labels of '{data.Name}' are classes, not numbers", nameof(data));
        var fits = new (double Mean, double Deviation)[data.Targets];
        for (int target = 0; target < fits.Length; target++)
        {
            int of = target;
            fits[target] = Fit(data.Count, row => data.Target(row, of), $"label {target} of '{data.Name}'");
        }
        return new Standardizer([.. fits.Select(fit => fit.Mean)], [.. fits.Select(fit => fit.Deviation)]);
    }

    static (double Mean, double Deviation) Fit(int count, Func<int, double> value, string what)
    {
        double largest = 0, first = value(0), sum = 0, squares = 0;
        for (int row = 0; row < count; row++) largest = Math.Max(largest, Math.Abs(value(row)));
        if (!double.IsFinite(largest)) throw new ArgumentException($"{what} has a value that is not finite", "data");
        if (largest == 0) return (0, 1);
        double unit = Math.ScaleB(1, Math.ILogB(largest)), origin = first / unit;
        for (int row = 0; row < count; row++) sum += value(row) / unit - origin;     // 0 for a constant feature
        double mean = origin + sum / count;
        for (int row = 0; row < count; row++) squares += Square(value(row) / unit - mean);
        double deviation = Math.Sqrt(squares / count);
        return (mean * unit, deviation == 0 ? 1 : Math.Max(deviation * unit, double.Epsilon));

        static double Square(double x) => x * x;
    }

    /// <summary>The data with every feature x replaced by (x - mean) / deviation, in float64, then rounded to float32.</summary>
    /// <exception cref="ArgumentException">The data has another number of features.</exception>
    public DataSet Apply(DataSet data)
    {
        Check(data);
        var inputs = new float[data.Count, data.Features];
        for (int row = 0; row < data.Count; row++)
            for (int feature = 0; feature < data.Features; feature++)
                inputs[row, feature] = (float)Scaled(data.Value(row, feature), feature);
        return data.WithInputs(inputs);
    }

    /// <summary>The data with every feature x replaced by x · deviation + mean, which undoes <see cref="Apply"/> up to rounding.</summary>
    /// <exception cref="ArgumentException">The data has another number of features.</exception>
    public DataSet Invert(DataSet data)
    {
        Check(data);
        var values = new double[data.Count, data.Features];
        for (int row = 0; row < data.Count; row++)
            for (int feature = 0; feature < data.Features; feature++)
                values[row, feature] = data.Value(row, feature) * deviation[feature] + mean[feature];
        return new DataSet(data.Name, values, data.Labels, data.ClassNames) { FeatureNames = data.FeatureNames };
    }

    /// <summary>The data with every target y replaced by (y - mean) / deviation, in float64, then rounded to float32.</summary>
    /// <exception cref="ArgumentException">The data has another number of targets, or its labels are classes.</exception>
    public DataSet ApplyToTargets(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.ClassCount > 0 || data.Targets != mean.Length)
            throw new ArgumentException($"'{data.Name}' has not {mean.Length} targets, for which this standardizer was made", nameof(data));
        var labels = new float[data.Labels.Length];
        for (int k = 0; k < labels.Length; k++) labels[k] = (float)Scaled(data.Target(k / data.Targets, k % data.Targets),
            k % data.Targets);
        return data.WithTargets(labels, [.. labels.Select((_, k) => data.Target(k / data.Targets, k % data.Targets))], this);
    }

    /// <summary>A value in its own units again: x · deviation + mean.</summary>
    /// <param name="value">The standardized value.</param>
    /// <param name="feature">Which feature or target it is of.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such feature.</exception>
    public double Undo(double value, int feature) => (uint)feature < (uint)mean.Length ? value * deviation[feature] + mean[feature]
        : throw new ArgumentOutOfRangeException(nameof(feature), feature, $"there are {mean.Length}");

    // the difference of two values of opposite signs may exceed float64
    double Scaled(double x, int feature)
    {
        double away = x - mean[feature];
        return double.IsFinite(away) ? away / deviation[feature] : (x / 2 - mean[feature] / 2) / deviation[feature] * 2;
    }

    void Check(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features != mean.Length)
            throw new ArgumentException(
                $"'{data.Name}' has {data.Features} features; this standardizer was made for {mean.Length}", nameof(data));
    }
}
