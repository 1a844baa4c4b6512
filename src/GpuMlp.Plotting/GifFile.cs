using System.Runtime.ExceptionServices;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>Draws the frames of an animation on all cores and writes them as an endless GIF: 0.1 s per frame, 2 s for the last.</summary>
static class GifFile
{
    const int Hundredths = 10, LastHundredths = 200, Samples = 4;

    /// <summary>Writes frames that are PNG pictures of one size, whole or not at all.</summary>
    public static void Save(string path, IReadOnlyList<byte[]> frames) =>
        PictureFile.Write(path, stream => Write(stream, frames.Count, frame => SKBitmap.Decode(frames[frame])));

    /// <summary>Writes frames until they are done or it is cancelled, at least one.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="frames">How many there are, at least one; all have one size.</param>
    /// <param name="draw">Draws a frame; several threads draw at once.</param>
    /// <param name="drawn">Called with each frame that was drawn for the file; null for nobody.</param>
    /// <param name="progress">Receives now and then how many frames are drawn, and how many there are.</param>
    /// <param name="cancellation">Stops early.</param>
    /// <returns>How many frames were drawn.</returns>
    public static int Write(Stream stream, int frames, Func<int, SKBitmap> draw, Action<int, SKBitmap>? drawn = null,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ColourTable table = Colours(frames, draw, out SKSizeI size);
        var gif = new GifWriter(stream, size.Width, size.Height, table.Colours);
        byte[]? before = null, held = null;                                 // held back: only the next frame tells that it is not the last
        int done = 0, batch = 2 * Environment.ProcessorCount;
        do
        {
            int count = Math.Min(batch, frames - done), first = done;
            var indices = new byte[count][];
            OnAllCores(count, i =>
            {
                using SKBitmap picture = draw(first + i);
                drawn?.Invoke(first + i, picture);
                indices[i] = table.Index(picture);
            });
            var packed = new byte[count][];
            byte[]? previous = before;
            OnAllCores(count, i => packed[i] = GifWriter.Compress(indices[i], i > 0 ? indices[i - 1] : previous));
            foreach (byte[] frame in packed)
            {
                if (held != null) gif.Write(held, Hundredths);
                held = frame;
            }
            before = indices[^1];
            done += count;
            progress?.Invoke(done, frames);
        }
        while (done < frames && !cancellation.IsCancellationRequested);
        gif.Write(held!, LastHundredths);
        gif.Finish();
        return done;
    }

    static ColourTable Colours(int frames, Func<int, SKBitmap> draw, out SKSizeI size)
    {
        int[] chosen = [.. Enumerable.Range(0, Samples).Select(i => i * (frames - 1) / (Samples - 1)).Distinct()];
        var samples = new SKBitmap[chosen.Length];
        OnAllCores(samples.Length, i => samples[i] = draw(chosen[i]));
        size = samples[0].Info.Size;
        var table = new ColourTable(samples);
        foreach (SKBitmap sample in samples) sample.Dispose();
        return table;
    }

    // throws the body's own exception, without the AggregateException that For puts around it
    static void OnAllCores(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
