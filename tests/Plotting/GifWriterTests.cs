using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

public sealed class GifWriterTests : IDisposable
{
    readonly Pictures pictures = new();

    public void Dispose() => pictures.Dispose();

    /// <summary>
    /// Another decoder reads back every pixel: noise fills and clears the string table again and again, stretches of equal pixels make long
    /// strings.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 255)]
    [InlineData(300, 200, 255)]
    [InlineData(300, 200, 2)]
    [InlineData(640, 480, 1)]
    public void PixelsComeBack(int width, int height, int colours)
    {
        var random = new Random(width + colours);
        uint[] table = [.. Enumerable.Range(0, colours).Select(i => 0xFF000000u | (uint)(i * 65793))];
        byte[] first = Noise(), second = Noise();
        using (FileStream stream = File.Create(pictures["it.gif"]))
        {
            var gif = new GifWriter(stream, width, height, table);
            gif.Write(GifWriter.Compress(first, null), 10);
            gif.Write(GifWriter.Compress(second, first), 10);
            gif.Write(GifWriter.Compress(second, second), 10);
            gif.Finish();
        }
        foreach ((int frame, byte[] indices) in new[] { (0, first), (1, second), (2, second) })
        {
            using SKBitmap picture = Pictures.Decode(pictures["it.gif"], frame);
            Assert.Equal(indices.Select(i => table[i]), picture.Pixels.Select(p => (uint)p));
        }

        byte[] Noise() => [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(colours))];
    }

    /// <summary>Every length from 1 to 1300 ends the codes at another place, widening included.</summary>
    [Fact]
    public void AnyLengthEndsWell()
    {
        var random = new Random(5);
        for (int n = 1; n <= 1300; n++)
        {
            byte[] indices = new byte[n];
            for (int i = 0; i < n; i++) indices[i] = (byte)random.Next(255);
            using var stream = new MemoryStream();
            var gif = new GifWriter(stream, n, 1, [.. Enumerable.Range(0, 255).Select(i => (uint)i)]);
            gif.Write(GifWriter.Compress(indices, null), 10);
            gif.Finish();
            using SKBitmap? picture = SKBitmap.Decode(stream.ToArray());
            Assert.NotNull(picture);
            Assert.Equal(indices, picture.Pixels.Select(p => p.Blue));
        }
    }
}
