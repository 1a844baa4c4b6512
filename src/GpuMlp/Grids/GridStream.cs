using System.Diagnostics;

namespace GpuMlp.Grids;

/// <summary>Computes a grid band by band into two buffers: while a sink takes one, the next band is computed into the other.</summary>
static class GridStream
{
    /// <summary>About the number of points of a band.</summary>
    internal const int BandPoints = 1 << 21;

    /// <summary>Computes whole rows, from firstRow on.</summary>
    internal delegate void Source<T>(int firstRow, int rows, Span<T> target);

    /// <summary>The number of points of a band if points are slow to compute, small so that a cancellation takes effect soon.</summary>
    internal const int SlowBandPoints = 1 << 14;

    internal static TimeSpan Run<T>(GridSpec grid, GridSink<T> sink, Source<T> source, CancellationToken cancellation, bool slow = false)
    {
        ArgumentNullException.ThrowIfNull(sink);
        int bandRows = Math.Clamp((slow ? SlowBandPoints : BandPoints) / grid.Width, 1, grid.Height);
        T[] current = new T[bandRows * grid.Width], other = bandRows < grid.Height ? new T[current.Length] : current;
        Task written = Task.CompletedTask;
        TimeSpan evaluating = default;
        try
        {
            for (int row = 0; row < grid.Height; row += bandRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int first = row, rows = Math.Min(bandRows, grid.Height - row);
                T[] band = current;
                long start = Stopwatch.GetTimestamp();
                source(first, rows, band.AsSpan(0, rows * grid.Width));
                evaluating += Stopwatch.GetElapsedTime(start);
                written.GetAwaiter().GetResult();
                written = Task.Run(() => sink(first, band.AsSpan(0, rows * grid.Width)), CancellationToken.None);
                (current, other) = (other, current);
            }
        }
        finally
        {
            // an exception of the sink is rethrown by the waits above or below; this only makes sure that the sink has ended
            ((IAsyncResult)written).AsyncWaitHandle.WaitOne();
        }
        written.GetAwaiter().GetResult();
        return evaluating;
    }
}
