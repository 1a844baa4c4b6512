using System.Globalization;
using GpuMlp.Cli.Input;
using GpuMlp.Plotting;

namespace GpuMlp.Cli.Train;

/// <summary>The colours of the data's points in a picture, and what they mean.</summary>
/// <param name="OfPoints">One per point.</param>
/// <param name="Legend">Colours with their names.</param>
sealed record ViewColours(uint[] OfPoints, IReadOnlyList<(uint Colour, string Name)> Legend)
{
    const int MostInLegend = 10;

    /// <summary>By class, or by number from dark to light.</summary>
    public static ViewColours Of(TrainInput input, IReadOnlyList<int> rows)
    {
        float[] labels = [.. rows.Select(row => input.Raw.Labels[row * input.Raw.Targets])];
        int classes = input.Raw.ClassCount;
        if (classes > 0)
        {
            uint Colour(int k) => Palette.Point(PlotStyle.Plain, k, classes);
            return new([.. labels.Select(label => Colour((int)label))], [.. input.Raw.ClassNames.Take(MostInLegend).Select((name, k) =>
                (Colour(k), int.TryParse(name, CultureInfo.InvariantCulture, out _) ? $"class {name}" : name))]);
        }
        float low = labels.Min(), high = labels.Max();
        uint Shade(float label) => Palette.Sequential(high > low ? (label - low) / (high - low) : 0.5);
        return new([.. labels.Select(Shade)], [.. new[] { low, high }.Distinct().Select(value =>
            (Shade(value), value.ToString("G3", CultureInfo.InvariantCulture)))]);
    }
}
