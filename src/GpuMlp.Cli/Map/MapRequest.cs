using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Map;

/// <summary>What is asked for: the axes, zoomed; the size; and the config that all pixels share.</summary>
sealed record MapRequest(MapAxis X, MapAxis Y, int Width, int Height, TrainConfig Config)
{
    /// <summary>The most pixels of a side.</summary>
    public const int MostPixels = 16_384;

    /// <summary>Whether each step takes all rows.</summary>
    public required bool IsFullBatch { get; init; }

    /// <summary>--x, --y and --zoom as they were given: they make the same numbers again.</summary>
    public required (string X, string Y, string? Zoom) Given { get; init; }

    /// <summary>How much deeper it goes than the axes that were given; 1 without --zoom.</summary>
    public double ZoomFactor { get; init; } = 1;

    /// <summary>The number of pixels.</summary>
    public int Pixels => Width * Height;

    /// <summary>WIDTHxHEIGHT as two numbers.</summary>
    /// <exception cref="UsageException">The text is not two numbers of pixels.</exception>
    public static (int Width, int Height) SizeOf(string text) =>
        text.Split('x') is [var w, var h] && Side(w) is int width && Side(h) is int height ? (width, height)
            : throw UsageException.For("size", text,
                Invariant($"two whole numbers of pixels from 1 to {MostPixels:N0} are needed, as in 1024x1024"));

    static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is >= 1 and <= MostPixels ? side : null;

    /// <summary>The axes around a point, X,Y,F.</summary>
    /// <exception cref="UsageException">The text is not three such numbers.</exception>
    public static (MapAxis X, MapAxis Y, double Factor) Zoom(MapAxis x, MapAxis y, string text)
    {
        double[] numbers = [.. text.Split(',').Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        if (numbers is not [double atX, double atY, >= 1 and double factor] || !numbers.All(double.IsFinite))
            throw UsageException.For("zoom", text,
                $"X,Y,F is needed: a value of {x.Name}, one of {y.Name}, and a factor of 1 or more, as in 0.5,1,100");
        return (x.Zoom(atX, factor, text), y.Zoom(atY, factor, text), factor);
    }

    /// <summary>Steps without --steps: 500, and as many more for each factor of ten that a zoom goes deeper.</summary>
    public static int StepsAt(double zoom) => (int)Math.Round(500 * (1 + Math.Log10(zoom)));
}
