using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>The features that pictures show, and where they hold the others.</summary>
/// <param name="X">The feature along x, from 0.</param>
/// <param name="Y">The feature along y; null where there is one feature only.</param>
/// <param name="At">A value for each feature in the data's units; those of the axes are not used.</param>
/// <param name="Window">What pictures show of the plane; null where there is one feature only.</param>
/// <param name="Points">The data's points in that plane, or the data itself where it has two features or one.</param>
/// <param name="Held">Where the other features are held, for titles; empty where there are none.</param>
sealed record PictureAxes(int X, int? Y, double[] At, Window? Window, DataSet Points, string Held)
{
    const int MostNamed = 3;

    /// <summary>Chooses the axes of a config's pictures.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="raw">The rows to train on, in their own units.</param>
    /// <param name="derived">How many of the last features are derived from the others, and so are not held.</param>
    /// <exception cref="UsageException">The data does not have such features.</exception>
    public static PictureAxes Choose(TrainConfig config, DataSet raw, int derived)
    {
        double[] at = [.. Enumerable.Range(0, raw.Features).Select(feature => Mean(raw, feature))];
        if (raw.Features == 1)
        {
            (string, string?)[] given = [("axes", config.Axes), ("fix", config.Fix), ("window", config.Window?.ToString())];
            foreach ((string name, string? text) in given)
                if (text is not null)
                    throw UsageException.For(name, text, $"--data {config.Data} has one feature; pictures of it are curves");
            return new PictureAxes(0, null, at, null, raw, "");
        }
        string[] names = [.. Enumerable.Range(0, raw.Features).Select(k => NameOf(raw, k))];
        (int x, int y) = config.Axes is string axes ? SliceOptions.Axes(axes, names) : (0, 1);
        IReadOnlyList<(int Feature, double Value)> held = SliceOptions.Fixed(config.Fix, names, x, y);
        foreach ((int feature, double value) in held)
        {
            if (feature >= raw.Features - derived)
                throw UsageException.For("fix", config.Fix, $"{names[feature]} is derived from other features; hold those");
            at[feature] = value;
        }
        bool whole = raw.Features == 2 && (x, y) == (0, 1);
        DataSet points = whole ? raw : Projected(raw, x, y);
        string heldAt = Text(raw, raw.Features - derived, x, y, at, [.. held.Select(one => one.Feature)]);
        return new PictureAxes(x, y, at, config.Window ?? Windows.OfData(config, points), points, heldAt);
    }

    /// <summary>Whether pictures show all there is: both of two features.</summary>
    public bool IsWhole => At.Length == 2 && X == 0;

    /// <summary>What turns the axes' units into the network's inputs; null where they are the same.</summary>
    public PlaneScale? Scale(Standardizer? standardizer) => standardizer is null || Y is not int y ? null
        : new(standardizer.Mean[X], standardizer.Deviation[X], standardizer.Mean[y], standardizer.Deviation[y]);

    /// <summary>The values as the network takes them.</summary>
    public double[] Inputs(Standardizer? standardizer) =>
        [.. At.Select((value, k) => standardizer is null ? value : (value - standardizer.Mean[k]) / standardizer.Deviation[k])];

    /// <summary>The name of a feature.</summary>
    public static string NameOf(DataSet data, int feature) =>
        feature < data.FeatureNames.Count ? data.FeatureNames[feature] : DataSet.PlainNames(data.Features)[feature];

    static DataSet Projected(DataSet raw, int x, int y)
    {
        var values = new double[raw.Count, 2];
        for (int row = 0; row < raw.Count; row++) (values[row, 0], values[row, 1]) = (raw.Value(row, x), raw.Value(row, y));
        float[] labels = raw.Targets == 1 ? raw.Labels : [.. Enumerable.Range(0, raw.Count).Select(row => raw.Labels[row * raw.Targets])];
        return new DataSet(raw.Name, values, labels, raw.ClassNames) { FeatureNames = [NameOf(raw, x), NameOf(raw, y)] };
    }

    static string Text(DataSet raw, int own, int x, int y, double[] at, List<int> fixedOnes)
    {
        int[] others = [.. Enumerable.Range(0, own).Where(k => k != x && k != y)];
        if (others.Length == 0) return "";
        if (others.Length <= MostNamed) return string.Join(", ", others.Select(k => Invariant($"{NameOf(raw, k)} = {at[k]:G4}")));
        string named = string.Concat(fixedOnes.Take(MostNamed).Select(k => Invariant($"{NameOf(raw, k)} = {at[k]:G4}, ")));
        return $"{named}{(fixedOnes.Count > 0 ? "other features" : "the other features")} at their means";
    }

    static double Mean(DataSet raw, int feature)
    {
        double sum = 0;
        for (int row = 0; row < raw.Count; row++) sum += raw.Value(row, feature);
        return sum / raw.Count;
    }
}
