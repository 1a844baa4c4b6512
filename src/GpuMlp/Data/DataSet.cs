using System.Runtime.InteropServices;

namespace GpuMlp.Data;

/// <summary>Labelled points in host memory: n rows of features, with one label per row.</summary>
/// <remarks>
/// Networks take float32. Data that came as float64 from a file or a generator is also kept as float64: only that tells large values with
/// small differences apart. Standardizing and drawing use it.
/// </remarks>
public sealed class DataSet
{
    readonly double[,]? values;                                             // null if there are only inputs or columns
    readonly double[][]? columns;                                           // a table's, which are not copied
    readonly IReadOnlyDictionary<int, float>?[]? roundedOnce;               // of columns: rows whose float32 is not their float64 rounded
    readonly double[]? targets;                                             // null if the labels came as float32
    readonly Lazy<float[,]> inputs;

    /// <summary>Wraps the arrays; nothing is copied.</summary>
    /// <param name="name">The name of the data in titles and records.</param>
    /// <param name="inputs">The features, (n, features).</param>
    /// <param name="labels">The labels, (n): class numbers from 0, or any numbers if <paramref name="classNames"/> is empty.</param>
    /// <param name="classNames">The name of each class; empty for regression.</param>
    /// <exception cref="ArgumentException">There are no rows or no features, or there is not one label per row.</exception>
    public DataSet(string name, float[,] inputs, float[] labels, IReadOnlyList<string> classNames)
        : this(name, inputs, labels, classNames, 1)
    {
    }

    /// <summary>Wraps features and targets of a regression; nothing is copied.</summary>
    /// <param name="name">The name of the data in titles and records.</param>
    /// <param name="inputs">The features, (n, features).</param>
    /// <param name="labels">The labels, (n · targets), row after row.</param>
    /// <param name="classNames">The name of each class; empty for regression.</param>
    /// <param name="targets">The number of labels per row; above 1 only for a regression.</param>
    /// <exception cref="ArgumentException">There are no rows or no features, or there are not that many labels per row.</exception>
    public DataSet(string name, float[,] inputs, float[] labels, IReadOnlyList<string> classNames, int targets)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (inputs.Length == 0)
            throw new ArgumentException(
                $"inputs is ({inputs.GetLength(0)}, {inputs.GetLength(1)}); it needs a row and a feature", nameof(inputs));
        Check(inputs.GetLength(0), labels, classNames, targets);
        (Name, Labels, ClassNames, Targets) = (name, labels, classNames, targets);
        (Count, Features) = (inputs.GetLength(0), inputs.GetLength(1));
        this.inputs = new(() => inputs);
    }

    /// <summary>Keeps the features as float64, and rounds a copy to float32; values beyond float32 become infinite there.</summary>
    /// <param name="name">The name of the data in titles and records.</param>
    /// <param name="values">The features, (n, features).</param>
    /// <param name="labels">The labels, (n): class numbers from 0, or any numbers if <paramref name="classNames"/> is empty.</param>
    /// <param name="classNames">The name of each class; empty for regression.</param>
    /// <exception cref="ArgumentException">There are no rows or no features, or there is not one label per row.</exception>
    public DataSet(string name, double[,] values, float[] labels, IReadOnlyList<string> classNames)
        : this(name, Rounded(values), labels, classNames) => this.values = values;

    /// <summary>Keeps the columns of a table, which are not copied and may be longer than its rows.</summary>
    internal DataSet(string name, double[][] columns, IReadOnlyDictionary<int, float>?[] roundedOnce, int count, float[] labels,
        IReadOnlyList<string> classNames, int targets, double[]? targetValues)
    {
        if (count == 0 || columns.Length == 0) throw new ArgumentException("it needs a row and a feature", nameof(columns));
        Check(count, labels, classNames, targets);
        (Name, Labels, ClassNames, Targets, Count, Features) = (name, labels, classNames, targets, count, columns.Length);
        (this.columns, this.roundedOnce, this.targets) = (columns, roundedOnce, targetValues);
        inputs = new(Rounded);
    }

    static void Check(int count, float[] labels, IReadOnlyList<string> classNames, int targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targets, 1);
        if (targets > 1 && classNames.Count > 0) throw new ArgumentException("classes have one label per row", nameof(targets));
        if (labels.Length != (long)count * targets)
            throw new ArgumentException($"{labels.Length} labels for {count} rows; each row needs {(targets == 1 ? "one" : targets)}",
                nameof(labels));
    }

    /// <summary>The name of the data.</summary>
    public string Name { get; }

    /// <summary>The features as networks take them, (n, features).</summary>
    public float[,] Inputs => inputs.Value;

    /// <summary>One feature of one row, as it came from the file or the generator before it was rounded to float32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or feature.</exception>
    public double Value(int row, int feature) => (uint)row >= (uint)Count || (uint)feature >= (uint)Features
        ? throw new ArgumentOutOfRangeException(nameof(row), $"'{Name}' is {Count} × {Features}; there is no row {row}, feature {feature}")
        : columns is not null ? columns[feature][row] : values is null ? Inputs[row, feature] : values[row, feature];

    /// <summary>The labels, (n): class numbers from 0, or targets of a regression.</summary>
    public float[] Labels { get; }

    /// <summary>The number of labels per row, which lie row after row in <see cref="Labels"/>: 1 but for several targets of a
    /// regression.</summary>
    public int Targets { get; } = 1;

    /// <summary>A label in its own units, as it came from the file before it was rounded to float32 or scaled.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or target.</exception>
    public double Target(int row, int target) => (uint)row >= (uint)Count || (uint)target >= (uint)Targets
        ? throw new ArgumentOutOfRangeException(nameof(row), $"'{Name}' has {Count} rows; there is no row {row}, target {target}")
        : targets is null ? Labels[row * Targets + target] : targets[row * Targets + target];

    /// <summary>The name of each class, by class number; empty for regression.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The name of each feature; empty if they have none.</summary>
    public IReadOnlyList<string> FeatureNames { get; init; } = [];

    /// <summary>What features without names are called: x and y where there are two, else x1, x2 and so on.</summary>
    /// <param name="features">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="features"/> is negative.</exception>
    public static IReadOnlyList<string> PlainNames(int features)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(features);
        return features == 2 ? ["x", "y"] : [.. Enumerable.Range(1, features).Select(k => FormattableString.Invariant($"x{k}"))];
    }

    /// <summary>What scaled the targets of a regression; null if they are in their own units. Predictions are in the same scale.</summary>
    public Standardizer? TargetScale { get; internal init; }

    /// <summary>
    /// The number of different values among a file's labels, before and after rounding to float32; (0, 0) if the labels came from no file.
    /// </summary>
    public (int Values, int Rounded) DifferentLabels { get; internal init; }

    /// <summary>The number of classes; 0 for regression.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>The number of rows n.</summary>
    public int Count { get; }

    /// <summary>The number of features per row.</summary>
    public int Features { get; }

    /// <summary>The memory of <see cref="Inputs"/>, row after row: n · features values.</summary>
    public ReadOnlySpan<float> Flat => MemoryMarshal.CreateReadOnlySpan(ref Inputs[0, 0], Inputs.Length);

    /// <summary>A copy of the given rows, in the given order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public DataSet Rows(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
            if ((uint)row >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(rows), row, $"'{Name}' has rows 0 to {Count - 1}");
        var labels = new float[rows.Length * Targets];
        double[]? some = targets is null ? null : new double[labels.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            Labels.AsSpan(rows[row] * Targets, Targets).CopyTo(labels.AsSpan(row * Targets));
            for (int target = 0; some is not null && target < Targets; target++) some[row * Targets + target] = Target(rows[row], target);
        }
        if (columns is null)
        {
            var picked = new float[rows.Length, Features];
            double[,]? wide = values is null ? null : new double[rows.Length, Features];
            for (int row = 0; row < rows.Length; row++)
            {
                for (int feature = 0; feature < Features; feature++)
                {
                    picked[row, feature] = Inputs[rows[row], feature];
                    if (wide is not null) wide[row, feature] = values![rows[row], feature];
                }
            }
            return new DataSet(Name, picked, wide, labels, ClassNames, Targets, some)
            { FeatureNames = FeatureNames, DifferentLabels = DifferentLabels, TargetScale = TargetScale };
        }
        var gathered = new double[Features][];
        var once = new IReadOnlyDictionary<int, float>?[Features];
        for (int feature = 0; feature < Features; feature++)
            (gathered[feature], once[feature]) = Gather(rows, columns[feature], roundedOnce![feature]);
        return new DataSet(Name, gathered, once, rows.Length, labels, ClassNames, Targets, some)
        { FeatureNames = FeatureNames, DifferentLabels = DifferentLabels, TargetScale = TargetScale };
    }

    static (double[], IReadOnlyDictionary<int, float>?) Gather(
        ReadOnlySpan<int> rows, double[] column, IReadOnlyDictionary<int, float>? once)
    {
        var gathered = new double[rows.Length];
        var rounded = new Dictionary<int, float>();
        for (int row = 0; row < rows.Length; row++)
        {
            gathered[row] = column[rows[row]];
            if (once is not null && once.TryGetValue(rows[row], out float value)) rounded[row] = value;
        }
        return (gathered, rounded);
    }

    /// <summary>The same rows, with labels that are numbers instead of classes.</summary>
    public DataSet AsNumbers() => With(Labels, [], targets, null);

    /// <summary>The same rows, with other labels.</summary>
    /// <param name="labels">The labels, (n): class numbers from 0, or any numbers if there are no classes; for several targets (n ·
    /// targets).</param>
    /// <param name="classNames">The name of each class; empty for regression.</param>
    /// <exception cref="ArgumentException">There is not one label per row.</exception>
    public DataSet WithLabels(float[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        return With(labels, classNames, null, null);
    }

    /// <summary>The same rows with numbers for labels, which are kept as float64 and rounded to float32.</summary>
    /// <param name="own">The targets, (n · targets), row after row.</param>
    /// <exception cref="ArgumentException">There are not that many labels per row.</exception>
    public DataSet WithTargets(double[] own)
    {
        ArgumentNullException.ThrowIfNull(own);
        return With([.. own.Select(target => (float)target)], [], own, null);
    }

    /// <summary>The same rows with targets in another scale.</summary>
    internal DataSet WithTargets(float[] scaled, double[] own, Standardizer scale) => With(scaled, [], own, scale);

    DataSet With(float[] labels, IReadOnlyList<string> classNames, double[]? own, Standardizer? scale) => columns is null
        ? new DataSet(Name, Inputs, values, labels, classNames, Targets, own)
        { FeatureNames = FeatureNames, DifferentLabels = DifferentLabels, TargetScale = scale }
        : new DataSet(Name, columns, roundedOnce!, Count, labels, classNames, Targets, own)
        { FeatureNames = FeatureNames, DifferentLabels = DifferentLabels, TargetScale = scale };

    /// <summary>The same rows with other features, of the same names.</summary>
    internal DataSet WithInputs(float[,] scaled) => new(Name, scaled, null, Labels, ClassNames, Targets, targets)
    { FeatureNames = FeatureNames, TargetScale = TargetScale };

    DataSet(string name, float[,] inputs, double[,]? values, float[] labels, IReadOnlyList<string> classNames, int targets, double[]? own)
        : this(name, inputs, labels, classNames, targets) => (this.values, this.targets) = (values, own);

    /// <summary>The number of different values of a feature, before and after rounding to float32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such feature.</exception>
    public (int Values, int Rounded) Different(int feature)
    {
        if ((uint)feature >= (uint)Features)
            throw new ArgumentOutOfRangeException(nameof(feature), feature, $"'{Name}' has features 0 to {Features - 1}");
        int rounded = Among(row => Inputs[row, feature]);
        return (values is null && columns is null ? rounded : Among(row => Value(row, feature)), rounded);

        int Among<T>(Func<int, T> value) => Enumerable.Range(0, Count).Select(value).Distinct().Count();
    }

    /// <summary>The rectangle around the points of two features, with a margin on each side.</summary>
    /// <param name="margin">
    /// The margin as a share of the extent in its direction. An extent of 0 counts as 1, and no extent counts as less than 64 float64
    /// steps.
    /// </param>
    /// <exception cref="InvalidOperationException">The data does not have two features.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="margin"/> is negative or not finite.</exception>
    public (double X0, double X1, double Y0, double Y1) Bounds(double margin = 0.1)
    {
        if (Features != 2) throw new InvalidOperationException($"'{Name}' has {Features} features; bounds in the plane need 2");
        if (!double.IsFinite(margin) || margin < 0)
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "margin must be finite and 0 or more");
        ((double x0, double x1), (double y0, double y1)) = (Range(0, margin), Range(1, margin));
        return (x0, x1, y0, y1);
    }

    (double Low, double High) Range(int feature, double margin)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        for (int row = 0; row < Count; row++)
        {
            low = Math.Min(low, Value(row, feature));
            high = Math.Max(high, Value(row, feature));
        }
        // if float32 has nearly the same ends, use those, since networks see them
        if (Math.Abs((float)low - low) + Math.Abs((float)high - high) <= 0.01 * Extent()) (low, high) = ((float)low, (float)high);
        double least = Math.ScaleB(Math.Max(Math.Abs(low), Math.Abs(high)), -46);
        double pad = margin * Math.Clamp(Extent(), least, double.MaxValue);
        (low, high) = (Math.Max(low - pad, -double.MaxValue), Math.Min(high + pad, double.MaxValue));
        return double.IsFinite(high - low) ? (low, high) : (low / 2, high / 2);    // keeps the extent finite

        double Extent() => high > low ? high - low : 1;
    }

    float[,] Rounded()
    {
        var rounded = new float[Count, Features];
        for (int feature = 0; feature < Features; feature++)
        {
            for (int row = 0; row < Count; row++) rounded[row, feature] = (float)columns![feature][row];
            foreach ((int row, float value) in roundedOnce![feature] ?? new Dictionary<int, float>()) rounded[row, feature] = value;
        }
        return rounded;
    }

    static float[,] Rounded(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var rounded = new float[values.GetLength(0), values.GetLength(1)];
        for (int row = 0; row < rounded.GetLength(0); row++)
            for (int feature = 0; feature < rounded.GetLength(1); feature++) rounded[row, feature] = (float)values[row, feature];
        return rounded;
    }
}
