using System.Runtime.InteropServices;

namespace GpuMlp.Data;

/// <summary>Labelled points in host memory: n rows of features and one label a row.</summary>
public sealed class DataSet
{
    /// <summary>Wraps the arrays; nothing is copied.</summary>
    /// <param name="name">What to call the data in titles and records.</param>
    /// <param name="inputs">The features, (n, features).</param>
    /// <param name="labels">The labels, (n): class numbers from 0, or any numbers where <paramref name="classNames"/> is empty.</param>
    /// <param name="classNames">The name of each class; empty for regression.</param>
    /// <exception cref="ArgumentException">There is no row or no feature, or the labels are not one a row.</exception>
    public DataSet(string name, float[,] inputs, float[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (inputs.Length == 0)
            throw new ArgumentException(
                $"inputs is ({inputs.GetLength(0)}, {inputs.GetLength(1)}); it needs a row and a feature", nameof(inputs));
        if (labels.Length != inputs.GetLength(0))
            throw new ArgumentException($"{labels.Length} labels for {inputs.GetLength(0)} rows; each row needs one", nameof(labels));
        (Name, Inputs, Labels, ClassNames) = (name, inputs, labels, classNames);
    }

    /// <summary>What the data is called.</summary>
    public string Name { get; }

    /// <summary>The features, (n, features).</summary>
    public float[,] Inputs { get; }

    /// <summary>The labels, (n): class numbers from 0, or targets of a regression.</summary>
    public float[] Labels { get; }

    /// <summary>The name of each class, by class number; empty for regression.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The name of each feature; empty where they have none.</summary>
    public IReadOnlyList<string> FeatureNames { get; init; } = [];

    /// <summary>The number of classes; 0 for regression.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>The number of rows n.</summary>
    public int Count => Inputs.GetLength(0);

    /// <summary>The number of features a row.</summary>
    public int Features => Inputs.GetLength(1);

    /// <summary>The memory of <see cref="Inputs"/>, row after row: n · features values.</summary>
    public ReadOnlySpan<float> Flat => MemoryMarshal.CreateReadOnlySpan(ref Inputs[0, 0], Inputs.Length);

    /// <summary>A copy of the given rows, in the given order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public DataSet Rows(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
            if ((uint)row >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(rows), row, $"'{Name}' has rows 0 to {Count - 1}");
        var inputs = new float[rows.Length, Features];
        var labels = new float[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            for (int feature = 0; feature < Features; feature++) inputs[row, feature] = Inputs[rows[row], feature];
            labels[row] = Labels[rows[row]];
        }
        return new DataSet(Name, inputs, labels, ClassNames) { FeatureNames = FeatureNames };
    }

    /// <summary>The rectangle around the points of two features, each side pushed out by a share of the extent.</summary>
    /// <param name="margin">How far a side is pushed out, as a share of the extent in its direction; an extent of 0 counts as 1.</param>
    /// <exception cref="InvalidOperationException">The data has not two features.</exception>
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
            low = Math.Min(low, Inputs[row, feature]);
            high = Math.Max(high, Inputs[row, feature]);
        }
        double extent = high > low ? high - low : 1;
        return (low - margin * extent, high + margin * extent);
    }
}
