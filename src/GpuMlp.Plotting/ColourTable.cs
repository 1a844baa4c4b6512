using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>The 255 colours that all frames of an animation share, and the nearest of them to any colour.</summary>
sealed class ColourTable
{
    /// <summary>The most colours: a GIF has 256, and one of them means "as in the frame before".</summary>
    public const int Most = 255;

    readonly List<uint> colours = [];
    readonly byte[] nearest = new byte[1 << 15];                            // index: the five upper bits of red, green and blue

    /// <summary>
    /// Chooses colours from sample pictures, the most frequent first; early rounds take only colours far from those chosen.
    /// </summary>
    public ColourTable(IEnumerable<SKBitmap> samples)
    {
        var counts = new Dictionary<uint, int>();
        foreach (SKBitmap sample in samples) Count(Pixels(sample), counts);
        uint[] byCount = [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => c.Key)];
        foreach (int apart in (int[])[1200, 300, 80, 1])
            foreach (uint colour in byCount)
                if (colours.Count < Most && colours.TrueForAll(c => Distance(c, colour) >= apart)) colours.Add(colour);
        FillNearest(byCount);
    }

    /// <summary>The colours, 0xAARRGGBB.</summary>
    public IReadOnlyList<uint> Colours => colours;

    /// <summary>The index of a nearby colour for each pixel of a picture.</summary>
    public byte[] Index(SKBitmap picture)
    {
        ReadOnlySpan<uint> pixels = Pixels(picture);
        var indices = new byte[pixels.Length];
        for (int i = 0; i < indices.Length; i++) indices[i] = nearest[Bucket(pixels[i])];
        return indices;
    }

    static unsafe ReadOnlySpan<uint> Pixels(SKBitmap picture) => new((void*)picture.GetPixels(), picture.Width * picture.Height);

    static int Bucket(uint c) => (int)(c >> 9 & 0x7C00 | c >> 6 & 0x3E0 | c >> 3 & 0x1F);

    static void Count(ReadOnlySpan<uint> pixels, Dictionary<uint, int> counts)
    {
        for (int start = 0, end; start < pixels.Length; start = end)        // by stretches of equal pixels: most equal their neighbour
        {
            end = start + 1;
            while (end < pixels.Length && pixels[end] == pixels[start]) end++;
            counts[pixels[start]] = counts.GetValueOrDefault(pixels[start]) + end - start;
        }
    }

    /// <summary>
    /// A bucket's colour is the most frequent one in it, so that large areas keep their exact colour; without any, its centre.
    /// </summary>
    void FillNearest(uint[] byCount)
    {
        var seen = new uint[nearest.Length];
        foreach (uint colour in byCount)
            if (seen[Bucket(colour)] == 0) seen[Bucket(colour)] = colour;
        Parallel.For(0, 32, red =>
        {
            for (uint b = (uint)red << 10; b < (uint)(red + 1) << 10; b++)
                nearest[b] = Nearest(seen[b] != 0 ? seen[b] : (b >> 10) << 19 | (b >> 5 & 31) << 11 | (b & 31) << 3 | 0x040404);
        });
    }

    byte Nearest(uint colour)
    {
        int best = 0, least = int.MaxValue;
        for (int i = 0; i < colours.Count; i++)
        {
            int distance = Distance(colours[i], colour);
            if (distance < least) (best, least) = (i, distance);
        }
        return (byte)best;
    }

    // Squared distance; green counts most and blue least, roughly as for the human eye.
    static int Distance(uint a, uint b)
    {
        int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
        int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
        int blue = (int)(a & 255) - (int)(b & 255);
        return 2 * red * red + 4 * green * green + blue * blue;
    }
}
