namespace GpuMlp.Plotting;

/// <summary>The colours of classes and regions, as 0xAARRGGBB.</summary>
static class Palette
{
    /// <summary>The number of bands of probability, each with its own colour; even, so that 0.5 is an edge between two.</summary>
    public const int Bands = 10;

    /// <summary>The colour of a cell without a value.</summary>
    public const uint Missing = 0xFFB0B0B0;

    /// <summary>The colour of the 0.5 line and of the edges between classes.</summary>
    public const uint Line = 0xFF2B2B2B;

    // Okabe & Ito, "Color Universal Design" (2008): people with any common kind of colour vision tell these apart.
    static readonly uint[] Distinct =
        [0xFF0072B2, 0xFFD55E00, 0xFF009E73, 0xFFCC79A7, 0xFFE69F00, 0xFF56B4E9, 0xFFF0E442, 0xFF555555];

    /// <summary>The number of hues; after these they come darker, then lighter.</summary>
    public static int Hues => Distinct.Length;

    // ColorBrewer's nine-class Blues, which matplotlib's map interpolates.
    static readonly uint[] BluesAnchors =
        [0xFFF7FBFF, 0xFFDEEBF7, 0xFFC6DBEF, 0xFF9ECAE1, 0xFF6BAED6, 0xFF4292C6, 0xFF2171B5, 0xFF08519C, 0xFF08306B];

    /// <summary>The figure's background.</summary>
    public static uint Face(PlotStyle style) => style == PlotStyle.Notebook ? 0xFF4B6EA9 : 0xFFFFFFFF;

    /// <summary>Text, ticks and axes.</summary>
    public static uint Ink(PlotStyle style) => style == PlotStyle.Notebook ? 0xFFFFFFFF : 0xFF222222;

    /// <summary>The colour of points of class <paramref name="k"/> of <paramref name="classes"/>.</summary>
    public static uint Point(PlotStyle style, int k, int classes) =>
        style == PlotStyle.Notebook && classes == 2 ? Bone(k) : Hue(k);

    /// <summary>
    /// The colour of the region of class <paramref name="k"/> of <paramref name="classes"/>, pale so that points show on it.
    /// </summary>
    public static uint Region(PlotStyle style, int k, int classes) => style == PlotStyle.Notebook && classes == 2
        ? Blues(0.2 + 0.7 * k)
        : Mix(0xFFFFFFFF, Hue(k), 0.45);

    /// <summary>
    /// The colours of the bands of probability, from [0, 1/Bands) upwards: class 0's hue, nearly white at 0.5, class 1's hue.
    /// </summary>
    public static uint[] ProbabilityBands()
    {
        var bands = new uint[Bands];
        for (int b = 0; b < Bands; b++)
        {
            double away = Math.Abs(2 * (b + 0.5) / Bands - 1);
            bands[b] = Mix(0xFFFFFFFF, Distinct[b < Bands / 2 ? 0 : 1], 0.06 + 0.44 * away);
        }
        return bands;
    }

    /// <summary>The colour a share <paramref name="t"/> of the way from <paramref name="a"/> to <paramref name="b"/>.</summary>
    public static uint Mix(uint a, uint b, double t)
    {
        uint result = 0xFF000000;
        for (int shift = 0; shift < 24; shift += 8)
        {
            double low = a >> shift & 255, high = b >> shift & 255;
            result |= (uint)Math.Round(low + (high - low) * t) << shift;
        }
        return result;
    }

    /// <summary>The hue of class <paramref name="k"/>: the eight colours, then the same ones darker, then lighter.</summary>
    public static uint Hue(int k) => (k / Distinct.Length % 3) switch
    {
        0 => Distinct[k % Distinct.Length],
        1 => Mix(0xFF000000, Distinct[k % Distinct.Length], 0.55),
        _ => Mix(0xFFFFFFFF, Distinct[k % Distinct.Length], 0.55),
    };

    /// <summary>A share as a blue: 0 is nearly white, 1 is dark.</summary>
    public static uint Blues(double t)
    {
        double at = t * (BluesAnchors.Length - 1);
        int i = Math.Min((int)at, BluesAnchors.Length - 2);
        return Mix(BluesAnchors[i], BluesAnchors[i + 1], at - i);
    }

    /// <summary>
    /// The colour of a signed number by its share of the largest one, [-1, 1]: the hue of class 0 below zero, white, the hue of class 1.
    /// </summary>
    public static uint Diverging(double t) =>
        Mix(0xFFFFFFFF, Distinct[t < 0 ? 0 : 1], Math.Round(Math.Min(1, Math.Abs(t)) * 63) / 63);

    // From dark blue over green to yellow: lightness grows evenly, so that the order shows without the hues.
    static readonly uint[] SequentialAnchors = [0xFF352A87, 0xFF2C5FA8, 0xFF1F8A9E, 0xFF3FAE7E, 0xFF96C857, 0xFFF4E04D];

    /// <summary>The colour of a number at a share of the way through its range, [0, 1].</summary>
    public static uint Sequential(double t)
    {
        double at = Math.Round(Math.Clamp(t, 0, 1) * 63) / 63 * (SequentialAnchors.Length - 1);
        int i = Math.Min((int)at, SequentialAnchors.Length - 2);
        return Mix(SequentialAnchors[i], SequentialAnchors[i + 1], at - i);
    }

    // matplotlib's bone: three piecewise-linear channels (_cm.py, _bone_data).
    static uint Bone(double t)
    {
        const double a = 0.365079, b = 0.746032;
        double red = t < b ? t * 0.652778 / b : 0.652778 + (t - b) * (1 - 0.652778) / (1 - b);
        double green = t < a ? t * 0.319444 / a
            : t < b ? 0.319444 + (t - a) * (0.777778 - 0.319444) / (b - a) : 0.777778 + (t - b) * (1 - 0.777778) / (1 - b);
        double blue = t < a ? t * 0.444444 / a : 0.444444 + (t - a) * (1 - 0.444444) / (1 - a);
        return 0xFF000000 | Byte(red) << 16 | Byte(green) << 8 | Byte(blue);
    }

    static uint Byte(double share) => (uint)Math.Round(share * 255);
}
