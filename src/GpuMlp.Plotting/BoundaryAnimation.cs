using System.Runtime.ExceptionServices;
using GpuMlp.Formats;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>One frame of an animation: the network's predictions after a step, on the plot's grid, and the title over them.</summary>
/// <param name="Step">The step, which names the frame's file.</param>
/// <param name="Predictions">float[Height * Width], as <see cref="BoundaryPlot"/> takes them.</param>
/// <param name="Title">One line over the picture.</param>
public readonly record struct BoundaryFrame(int Step, float[] Predictions, string Title);

/// <summary>The boundary during training: one PNG file per snapshot, and one animated GIF of all snapshots.</summary>
public static class BoundaryAnimation
{
    const int Hundredths = 10, LastHundredths = 200, Samples = 4;

    /// <summary>
    /// Draws frames on all cores as boundary-000000.png, … in a folder, and an endless GIF of them: 0.1 s per frame, 2 s for the last.
    /// A file appears whole or not at all.
    /// </summary>
    /// <param name="plot">What draws the frames; 480×360 pixels keep the GIF small.</param>
    /// <param name="frames">The frames in order, at least one.</param>
    /// <param name="framesFolder">The folder for the PNG files; it is created if it is missing.</param>
    /// <param name="gifPath">The GIF file; an existing file is replaced.</param>
    /// <param name="progress">Receives now and then how many frames are drawn, and how many there are.</param>
    /// <param name="cancellation">Stops early; the GIF then holds the frames drawn so far (no file if there are none).</param>
    /// <returns>How many frames were drawn.</returns>
    /// <exception cref="ArgumentException">
    /// There is no frame, or the number of predictions in a frame is not the number of points of the grid.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The plot was disposed.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Save(BoundaryPlot plot, IReadOnlyList<BoundaryFrame> frames, string framesFolder, string gifPath,
        Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plot);
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0) throw new ArgumentException("an animation needs at least one frame.", nameof(frames));
        if (cancellation.IsCancellationRequested) return 0;
        AtomicFile.RunExclusively(() => Directory.CreateDirectory(framesFolder));
        int done = 0;
        PictureFile.Write(gifPath, stream => done = Write(stream, plot, frames, framesFolder, progress, cancellation));
        return done;
    }

    static int Write(Stream stream, BoundaryPlot plot, IReadOnlyList<BoundaryFrame> frames, string folder,
        Action<int, int>? progress, CancellationToken cancellation)
    {
        ColourTable table = Colours(plot, frames, out SKSizeI size);
        var gif = new GifWriter(stream, size.Width, size.Height, table.Colours);
        byte[]? before = null, held = null;                                 // held back: only the next frame tells that it is not the last
        int done = 0, batch = 2 * Environment.ProcessorCount;
        do
        {
            int count = Math.Min(batch, frames.Count - done), first = done;
            var indices = new byte[count][];
            OnAllCores(count, i => indices[i] = Draw(plot, frames[first + i], folder, table));
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
            progress?.Invoke(done, frames.Count);
        }
        while (done < frames.Count && !cancellation.IsCancellationRequested);
        gif.Write(held!, LastHundredths);
        gif.Finish();
        return done;
    }

    static byte[] Draw(BoundaryPlot plot, BoundaryFrame frame, string folder, ColourTable table)
    {
        using SKBitmap picture = plot.Draw(frame.Predictions, frame.Title);
        PictureFile.WritePng(Path.Combine(folder, $"boundary-{frame.Step:D6}.png"), picture);
        return table.Index(picture);
    }

    static ColourTable Colours(BoundaryPlot plot, IReadOnlyList<BoundaryFrame> frames, out SKSizeI size)
    {
        int[] chosen = [.. Enumerable.Range(0, Samples).Select(i => i * (frames.Count - 1) / (Samples - 1)).Distinct()];
        var samples = new SKBitmap[chosen.Length];
        OnAllCores(samples.Length, i => samples[i] = plot.Draw(frames[chosen[i]].Predictions, frames[chosen[i]].Title));
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
