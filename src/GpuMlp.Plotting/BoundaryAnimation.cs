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
        SKBitmap Draw(int frame) => plot.Draw(frames[frame].Predictions, frames[frame].Title);
        void Keep(int frame, SKBitmap picture) =>
            PictureFile.WritePng(Path.Combine(framesFolder, $"boundary-{frames[frame].Step:D6}.png"), picture);
        PictureFile.Write(gifPath, stream => done = GifFile.Write(stream, frames.Count, Draw, Keep, progress, cancellation));
        return done;
    }
}
