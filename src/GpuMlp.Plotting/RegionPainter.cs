using GpuMlp.Grids;

namespace GpuMlp.Plotting;

/// <summary>Colours the pixels of the data area by a network's predictions: bands of probability with the 0.5 line, or classes.</summary>
sealed class RegionPainter
{
    const int Shades = 8;

    readonly PlotStyle style;
    readonly int width, height, classes;
    readonly float lineWidth;
    readonly (int Cell, float Share)[] columns, rows;
    readonly int gridWidth, gridHeight;
    readonly uint[] bands, regions;

    /// <summary>Prepares for a grid of values, shown in <paramref name="view"/> on width × height pixels.</summary>
    /// <param name="grid">The grid of the values; the view beyond its outermost points repeats the values there.</param>
    /// <param name="view">The axis limits.</param>
    /// <param name="width">The width of the data area in pixels.</param>
    /// <param name="height">The height of the data area in pixels.</param>
    /// <param name="style">The colours.</param>
    /// <param name="classes">2: values are probabilities of class 1, interpolated. More: values are class indices, or outputs.</param>
    /// <param name="lineWidth">The width of the line between regions in pixels.</param>
    public RegionPainter(GridSpec grid, Window view, int width, int height, PlotStyle style, int classes, float lineWidth)
    {
        (this.width, this.height, this.style, this.classes, this.lineWidth) = (width, height, style, classes, lineWidth);
        columns = Positions(grid.XAt(0), grid.XAt(grid.Width - 1), grid.Width, view.X0, view.X1, width);
        rows = Positions(grid.YAt(0), grid.YAt(grid.Height - 1), grid.Height, view.Y1, view.Y0, height);   // the top pixels: the largest y
        (gridWidth, gridHeight) = (grid.Width, grid.Height);
        bands = Palette.ProbabilityBands();
        regions = [.. Enumerable.Range(0, classes).Select(k => Palette.Region(style, k, classes))];
    }

    /// <summary>Paints the values float[Height * Width] of the grid, or its outputs float[Height * Width * classes]; NaN is grey.</summary>
    public void Paint(float[] values, Span<uint> pixels, int stride)
    {
        if (classes > 2 && values.Length > gridWidth * gridHeight)
        {
            PaintOutputs(values, pixels, stride);
            return;
        }
        float[] field = classes == 2 ? Interpolate(values) : Nearest(values);
        for (int y = 0; y < height; y++)
        {
            Span<uint> row = pixels.Slice(y * stride, width);
            for (int x = 0; x < width; x++)
                row[x] = float.IsNaN(field[y * width + x]) ? Palette.Missing
                    : classes > 2 ? ClassColour(field, x, y)
                    : style == PlotStyle.Notebook ? SideColour(field, x, y) : BandColour(field, x, y);
        }
    }

    /// <summary>Paints the interpolated values in the colours of a scale.</summary>
    public void Paint(float[] values, Span<uint> pixels, int stride, Func<float, uint> colour)
    {
        float[] field = Interpolate(values);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) pixels[y * stride + x] = colour(field[y * width + x]);
    }

    uint BandColour(float[] field, int x, int y)
    {
        float p = field[y * width + x];
        uint band = bands[Math.Clamp((int)(p * bands.Length), 0, bands.Length - 1)];
        float cover = Math.Clamp((lineWidth + 1) / 2 - Math.Abs(Distance(field, x, y)), 0, 1);
        return cover > 0 ? Palette.Mix(band, Palette.Line, cover) : band;
    }

    uint SideColour(float[] field, int x, int y) =>
        Palette.Mix(regions[0], regions[1], Math.Clamp(0.5f + Distance(field, x, y), 0, 1));

    uint ClassColour(float[] field, int x, int y)
    {
        float k = field[y * width + x];
        float right = field[y * width + Math.Min(x + 1, width - 1)], below = field[Math.Min(y + 1, height - 1) * width + x];
        bool edge = style == PlotStyle.Plain && (k < right || k > right || k < below || k > below);
        return edge ? Palette.Line : regions[Math.Clamp((int)k, 0, classes - 1)];
    }

    // the class with the largest interpolated output, deeper the more probable it is, with a line where it changes
    void PaintOutputs(float[] outputs, Span<uint> pixels, int stride)
    {
        var winners = new int[width * height];                              // -1 where an output is NaN
        float[] leads = new float[width * height], shares = new float[width * height];
        var z = new float[outputs.Length / (gridWidth * gridHeight)];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                Interpolate(outputs, x, y, z);
                (winners[y * width + x], leads[y * width + x], shares[y * width + x]) = Winner(z);
            }
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int at = y * width + x, winner = winners[at];
                if (winner < 0)
                {
                    pixels[y * stride + x] = Palette.Missing;
                    continue;
                }
                double sure = (shares[at] - 1.0 / z.Length) / (1 - 1.0 / z.Length);
                uint colour = style == PlotStyle.Notebook ? Palette.Region(style, winner, z.Length)
                    : Palette.Mix(0xFFFFFFFF, Palette.Hue(winner), 0.1 + 0.4 * Math.Round(Shades * sure) / Shades);
                float cover = style == PlotStyle.Notebook ? 0 : Math.Clamp((lineWidth + 1) / 2 - Lead(x, y), 0, 1);
                pixels[y * stride + x] = cover > 0 ? Palette.Mix(colour, Palette.Line, cover) : colour;
            }

        // how far the winner's lead reaches, in pixels to first order; in a neighbour that another class wins it counts below 0
        float Lead(int x, int y)
        {
            int at = y * width + x;
            float dx = (Signed(at, x < width - 1 ? at + 1 : at) - Signed(at, x > 0 ? at - 1 : at)) / (x > 0 && x < width - 1 ? 2 : 1);
            float dy = (Signed(at, y < height - 1 ? at + width : at) - Signed(at, y > 0 ? at - width : at))
                / (y > 0 && y < height - 1 ? 2 : 1);
            float slope = MathF.Sqrt(dx * dx + dy * dy);
            return slope > 1e-6f * leads[at] ? leads[at] / slope : float.PositiveInfinity;
        }

        float Signed(int at, int other) => winners[other] == winners[at] ? leads[other] : -leads[other];
    }

    static (int Winner, float Lead, float Share) Winner(ReadOnlySpan<float> z)
    {
        int winner = 0;
        for (int k = 1; k < z.Length; k++)
            if (z[k] > z[winner]) winner = k;
        float second = float.NegativeInfinity;
        double sum = 0;
        for (int k = 0; k < z.Length; k++)
        {
            if (float.IsNaN(z[k])) return (-1, 0, 0);
            if (k != winner) second = Math.Max(second, z[k]);
            sum += k == winner ? 1 : Math.Exp((double)z[k] - z[winner]);
        }
        return (winner, z[winner] - second, (float)(1 / sum));
    }

    void Interpolate(float[] outputs, int x, int y, Span<float> z)
    {
        ((int row, float up), (int column, float along)) = (rows[y], columns[x]);
        int low = (row * gridWidth + column) * z.Length, right = along > 0 ? z.Length : 0, above = up > 0 ? gridWidth * z.Length : 0;
        for (int k = 0; k < z.Length; k++)
        {
            float a = outputs[low + k], b = outputs[low + above + k];
            a += along * (outputs[low + right + k] - a);
            b += along * (outputs[low + above + right + k] - b);
            z[k] = a + up * (b - a);
        }
    }

    /// <summary>The distance to the 0.5 line in pixels, to first order: (p - 0.5) / |∇p|; negative on class 0's side.</summary>
    float Distance(float[] field, int x, int y)
    {
        float away = field[y * width + x] - 0.5f;
        int x0 = Math.Max(x - 1, 0), x1 = Math.Min(x + 1, width - 1), y0 = Math.Max(y - 1, 0), y1 = Math.Min(y + 1, height - 1);
        float dx = (field[y * width + x1] - field[y * width + x0]) / Math.Max(x1 - x0, 1);
        float dy = (field[y1 * width + x] - field[y0 * width + x]) / Math.Max(y1 - y0, 1);
        float slope = MathF.Sqrt(dx * dx + dy * dy);
        return slope > 1e-6f ? away / slope : away >= 0 ? float.PositiveInfinity : float.NegativeInfinity;
    }

    float[] Interpolate(float[] values)
    {
        var field = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            (int row, float up) = rows[y];
            ReadOnlySpan<float> low = values.AsSpan(row * gridWidth, gridWidth);
            ReadOnlySpan<float> high = up > 0 ? values.AsSpan((row + 1) * gridWidth, gridWidth) : low;
            for (int x = 0; x < width; x++)
            {
                (int column, float along) = columns[x];
                int next = along > 0 ? column + 1 : column;
                float a = low[column] + along * (low[next] - low[column]);
                float b = high[column] + along * (high[next] - high[column]);
                float p = a + up * (b - a);
                field[y * width + x] = float.IsNaN(p) ? (up < 0.5f ? low : high)[along < 0.5f ? column : next] : p;
            }
        }
        return field;
    }

    float[] Nearest(float[] values)
    {
        var field = new float[width * height];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                field[y * width + x] = values[Closest(rows[y]) * gridWidth + Closest(columns[x])];
        return field;

        static int Closest((int Cell, float Share) position) => position.Share < 0.5f ? position.Cell : position.Cell + 1;
    }

    /// <summary>For the centre of each pixel: the grid point before it, and its share of the way to the next grid point.</summary>
    static (int, float)[] Positions(double from, double to, int points, double first, double last, int count)
    {
        var positions = new (int, float)[count];
        double span = to - from;
        for (int i = 0; i < count; i++)
        {
            // divided by the span first: a narrow window far from 0 then loses no digits
            double at = span > 0 ? ((first - from) / span + (last - first) / span * ((i + 0.5) / count)) * (points - 1) : 0;
            at = Math.Clamp(at, 0, points - 1);
            positions[i] = ((int)at, (float)(at - (int)at));
        }
        return positions;
    }
}
