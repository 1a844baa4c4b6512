using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Grids.Host;

/// <summary>
/// Evaluates a 2-h-1 ReLU network over grid rows on the host. Along a row the logit is piecewise linear, so the body goes from breakpoint
/// to breakpoint, and the time per point does not grow with h.
/// </summary>
/// <remarks>
/// Slopes and each segment's first value are kept in float64 and rounded once. So a logit differs from Forward's bits, by a few 2⁻²⁴ of
/// the largest magnitude in its segment.
/// </remarks>
public readonly struct GridPiecewise<TOutput>(GridBand<HostView> band, int hidden, int secondLayer) : IOp<HostView>
    where TOutput : struct, IActivation
{
    /// <inheritdoc/>
    public int Items(int width) => band.Sets * band.Height;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, HostView>
    {
        // the order of the breakpoints hardly changes from row to row, so sorting starts from the order of the row before
        int[] order = [.. Enumerable.Range(0, hidden)];
        double[] breaks = new double[hidden], offsets = new double[hidden];
        for (int item = first; item < end; item += stride)
        {
            float* p = band.Parameters.Pointer + item / band.Height * band.SetLength, v = p + secondLayer;
            double y = band.Y.Pointer[item % band.Height], slope = 0, offset = v[hidden];
            for (int k = 0; k < hidden; k++)
            {
                double w = p[k], b = offsets[k] = p[hidden + k] * y + p[2 * hidden + k];
                breaks[k] = w == 0 ? double.PositiveInfinity : -b / w;
                // the units that are active far on the left
                if (w < 0) (slope, offset) = (slope + v[k] * w, offset + v[k] * b);
                else if (w == 0 && b > 0) offset += v[k] * b;
            }
            Sort(order, breaks);
            int column = 0;
            foreach (int k in order)
            {
                if (p[k] == 0) continue;
                int stop = FirstAbove(breaks[k], column);
                if (stop > column) Segment<T>(item * band.Width, column, column = stop, slope, offset);
                if (column >= band.Width) break;
                double sign = p[k] > 0 ? v[k] : -v[k];
                (slope, offset) = (slope + sign * p[k], offset + sign * offsets[k]);
            }
            if (column < band.Width) Segment<T>(item * band.Width, column, band.Width, slope, offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    unsafe void Segment<T>(int row, int from, int to, double slope, double offset) where T : struct, ILanes<T, HostView>
    {
        float start = band.X.Pointer[from];
        T x0 = T.Splat(start), a = T.Splat((float)slope), z0 = T.Splat((float)(slope * start + offset));
        for (int column = from; column < to; column += T.Width)
        {
            T z = T.Fma(T.Subtract(T.Load(band.X, column), x0), a, z0);
            T.Store(band.Results, row + column, TOutput.Forward<T, HostView>(z), to - column);
        }
    }

    static void Sort(int[] order, double[] keys)
    {
        for (int i = 1; i < order.Length; i++)
        {
            int moving = order[i], j = i;
            for (; j > 0 && keys[order[j - 1]] > keys[moving]; j--) order[j] = order[j - 1];
            order[j] = moving;
        }
    }

    // the first column, at or after from, whose x is above the value: guessed from even spacing, then corrected
    unsafe int FirstAbove(double value, int from)
    {
        float* x = band.X.Pointer;
        int last = band.Width - 1;
        if (!(value >= x[from])) return from;
        if (value >= x[last]) return band.Width;
        int guess = Math.Clamp(from + (int)((value - x[from]) / ((double)x[last] - x[from]) * (last - from)), from, last);
        while (guess > from && x[guess] > value) guess--;
        while (guess < last && x[guess] <= value) guess++;
        return guess;
    }
}
