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
        for (int feature = 0; feature < data.Features; feature++) (mean[feature], deviation[feature]) = Fit(data, feature);
        return new Standardizer(mean, deviation);
    }

    static (double Mean, double Deviation) Fit(DataSet data, int feature)
    {
        double largest = 0, first = data.Value(0, feature), sum = 0, squares = 0;
        for (int row = 0; row < data.Count; row++) largest = Math.Max(largest, Math.Abs(data.Value(row, feature)));
        if (!double.IsFinite(largest))
            throw new ArgumentException($"feature {feature} of '{data.Name}' has a value that is not finite", nameof(data));
        if (largest == 0) return (0, 1);
        double unit = Math.ScaleB(1, Math.ILogB(largest)), origin = first / unit;
        for (int row = 0; row < data.Count; row++) sum += data.Value(row, feature) / unit - origin;     // 0 for a constant feature
        double mean = origin + sum / data.Count;
        for (int row = 0; row < data.Count; row++) squares += Square(data.Value(row, feature) / unit - mean);
        double deviation = Math.Sqrt(squares / data.Count);
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
        return new DataSet(data.Name, inputs, data.Labels, data.ClassNames) { FeatureNames = data.FeatureNames };
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
