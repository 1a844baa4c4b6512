using System.Globalization;

namespace GpuMlp.Records;

/// <summary>The size of a run's pictures in pixels.</summary>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
public readonly record struct PictureSize(int Width, int Height)
{
    /// <summary>The smallest and the largest width and height.</summary>
    public const int Least = 200, Most = 4096;

    /// <summary>The size where none is asked for.</summary>
    public static PictureSize Default { get; } = new(800, 600);

    /// <summary>Reads WIDTHxHEIGHT.</summary>
    /// <exception cref="FormatException">The text is not two whole numbers within the range.</exception>
    public static PictureSize Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('x') is [var width, var height] && Pixels(width) is int w && Pixels(height) is int h ? new(w, h)
            : throw new FormatException($"allowed are a width and a height from {Least} to {Most} pixels, as in 800x600");
    }

    static int? Pixels(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels)
        && pixels is >= Least and <= Most ? pixels : null;

    /// <summary>WIDTHxHEIGHT.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");
}
