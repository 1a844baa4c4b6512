namespace GpuMlp.Data;

/// <summary>Shifts and scales each feature to mean 0 and standard deviation 1, and back.</summary>
public sealed class Standardizer
{
    readonly double[] mean, deviation;

    /// <summary>A standardizer with known statistics, one mean and one deviation a feature.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a value is not finite, or a deviation not above 0.</exception>
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

    /// <summary>Takes the statistics of a data set, summed in float64.</summary>
    public static Standardizer Fit(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var mean = new double[data.Features];
        var deviation = new double[data.Features];
        for (int feature = 0; feature < data.Features; feature++)
        {
            double origin = data.Inputs[0, feature];                            // sums from here are exact for a constant feature
            for (int row = 0; row < data.Count; row++) mean[feature] += data.Inputs[row, feature] - origin;
            mean[feature] = origin + mean[feature] / data.Count;
            for (int row = 0; row < data.Count; row++) deviation[feature] += Square(data.Inputs[row, feature] - mean[feature]);
            deviation[feature] = Math.Sqrt(deviation[feature] / data.Count);
            if (deviation[feature] == 0) deviation[feature] = 1;
        }
        return new Standardizer(mean, deviation);

        static double Square(double x) => x * x;
    }

    /// <summary>The data with every feature x replaced by (x - mean) / deviation.</summary>
    /// <exception cref="ArgumentException">The data has another number of features.</exception>
    public DataSet Apply(DataSet data) => Map(data, (x, feature) => (x - mean[feature]) / deviation[feature]);

    /// <summary>The data with every feature x replaced by x · deviation + mean, which undoes <see cref="Apply"/> up to rounding.</summary>
    /// <exception cref="ArgumentException">The data has another number of features.</exception>
    public DataSet Invert(DataSet data) => Map(data, (x, feature) => x * deviation[feature] + mean[feature]);

    DataSet Map(DataSet data, Func<double, int, double> map)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Features != mean.Length)
            throw new ArgumentException(
                $"'{data.Name}' has {data.Features} features; this standardizer was made for {mean.Length}", nameof(data));
        var inputs = new float[data.Count, data.Features];
        for (int row = 0; row < data.Count; row++)
            for (int feature = 0; feature < data.Features; feature++)
                inputs[row, feature] = (float)map(data.Inputs[row, feature], feature);
        return new DataSet(data.Name, inputs, data.Labels, data.ClassNames) { FeatureNames = data.FeatureNames };
    }
}
