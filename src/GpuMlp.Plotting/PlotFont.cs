using ScottPlot;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The font in the assembly, so that pictures have text on a machine without fonts.</summary>
sealed class PlotFont : IFontResolver
{
    const string Family = "Open Sans";

    /// <summary>The typeface, shared by all threads.</summary>
    public static SKTypeface Typeface { get; } = Load();

    PlotFont() { }

    /// <summary>Makes the font ScottPlot's default; to be called before the first <see cref="Plot"/> is created.</summary>
    public static void Register() => _ = Registered.Value;

    static readonly Lazy<bool> Registered = new(() =>
    {
        ScottPlot.Fonts.FontResolvers.Insert(0, new PlotFont());
        ScottPlot.Fonts.Default = Family;
        return true;
    });

    static SKTypeface Load()
    {
        using Stream stream = typeof(PlotFont).Assembly.GetManifestResourceStream("OpenSans-Regular.ttf")!;
        return SKTypeface.FromStream(stream);
    }

    // The assembly holds one weight, which is used for every weight.
    SKTypeface? IFontResolver.CreateTypeface(string name, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        name == Family ? Typeface : null;

    SKTypeface? IFontResolver.CreateTypeface(string name, bool bold, bool italic) => name == Family ? Typeface : null;
}
