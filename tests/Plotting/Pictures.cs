using GpuMlp.Grids;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>What the tests of pictures share: a temporary folder, decoded pixels, and a small problem to draw.</summary>
sealed class Pictures : IDisposable
{
    public static readonly Window Window = new(-1, 1, -1, 1);
    public static readonly GridSpec Grid = GridSpec.FromSize(Window, 40, 30);

    /// <summary>Four points near the corners, two per class.</summary>
    public static readonly float[] Inputs = [-0.9f, -0.9f, 0.9f, -0.9f, -0.9f, 0.9f, 0.9f, 0.9f], Labels = [0, 0, 1, 1];

    public string Folder { get; } = Directory.CreateTempSubdirectory("gpumlp-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Probabilities that rise with y and cross 0.5 at <paramref name="level"/>.</summary>
    public static float[] Rising(double level = 0, GridSpec? grid = null)
    {
        grid ??= Grid;
        return [.. grid.Y.SelectMany(y => Enumerable.Repeat((float)(1 / (1 + Math.Exp(-8 * (y - level)))), grid.Width))];
    }

    /// <summary>A frame of an image file, decoded.</summary>
    public static SKBitmap Decode(string path, int frame = 0)
    {
        using SKCodec codec = SKCodec.Create(path);
        Assert.NotNull(codec);
        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Bgra8888));
        Assert.Equal(SKCodecResult.Success, codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(frame)));
        return bitmap;
    }

    public static uint At(SKBitmap picture, double x, double y) =>
        (uint)picture.GetPixel((int)(x * picture.Width), (int)(y * picture.Height));

    /// <summary>How many pixels of two pictures of one size differ, in the rows from one share of the height to another.</summary>
    public static int Differing(SKBitmap a, SKBitmap b, double from = 0, double to = 1)
    {
        int count = 0;
        for (int y = (int)(from * a.Height); y < (int)(to * a.Height); y++)
            for (int x = 0; x < a.Width; x++)
                if (a.GetPixel(x, y) != b.GetPixel(x, y)) count++;
        return count;
    }
}
