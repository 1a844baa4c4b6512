namespace GpuMlp.Grids;

/// <summary>Lines of logit 0 through the cells of a grid, by linear interpolation along the cells' edges.</summary>
/// <remarks>
/// W. E. Lorensen and H. E. Cline's marching cubes (1987) in the plane. A segment begins on the edge where, counterclockwise around the cell,
/// class 1 turns into 0, and so has class 1 on its left; each edge begins one segment at most, and that chains them. A cell with a
/// corner that is not a number has no line.
/// </remarks>
sealed class MarchingSquares(GridSpec grid)
{
    readonly Dictionary<long, (long End, BoundaryPoint From, BoundaryPoint To)> segments = [];

    /// <summary>The cells with a segment, by their lower left corner.</summary>
    internal List<(int Column, int Row)> Cells { get; } = [];

    /// <summary>Takes a block of logits, width columns of points, whose lower left point is (left, bottom).</summary>
    internal void Add(int left, int bottom, int width, ReadOnlySpan<float> logits)
    {
        for (int at = 0; at + width < logits.Length; at++)
        {
            if (at % width == width - 1) continue;
            float a = logits[at], b = logits[at + 1], c = logits[at + width + 1], d = logits[at + width];
            int ones = (a > 0 ? 1 : 0) + (b > 0 ? 1 : 0) + (c > 0 ? 1 : 0) + (d > 0 ? 1 : 0);
            if (ones is > 0 and < 4 && NaNs.Count([a, b, c, d]) == 0) Add(left + at % width, bottom + at / width, [a, b, c, d]);
        }
    }

    // corners counterclockwise from the lower left; edge k runs from corner k to the next
    void Add(int column, int row, ReadOnlySpan<float> corners)
    {
        Cells.Add((column, row));
        float centre = corners[0] + corners[1] + corners[2] + corners[3];
        for (int k = 0; k < 4; k++)
        {
            if (!(corners[k] > 0) || corners[(k + 1) % 4] > 0) continue;
            // at a saddle the centre says which corners hang together: its own class's, so the line turns around the other's
            int step = centre > 0 ? 1 : 3, end = (k + step) % 4;
            while (corners[end] > 0 || !(corners[(end + 1) % 4] > 0)) end = (end + step) % 4;
            segments[EdgeId(column, row, k)] = (EdgeId(column, row, end), Crossing(column, row, k, corners), Crossing(column, row, end, corners));
        }
    }

    // horizontal edges are even, vertical ones odd; two cells share each
    long EdgeId(int column, int row, int k) => 2 * ((long)(row + (k == 2 ? 1 : 0)) * grid.Width + column + (k == 1 ? 1 : 0)) + (k & 1);

    BoundaryPoint Crossing(int column, int row, int k, ReadOnlySpan<float> corners)
    {
        // from the lower or left corner on, so that both cells compute the same point
        (int from, int to) = k switch { 0 => (0, 1), 1 => (1, 2), 2 => (3, 2), _ => (0, 3) };
        double share = Math.Clamp(corners[from] / ((double)corners[from] - corners[to]), 0, 1);
        if (double.IsNaN(share)) share = 0.5;
        double x0 = grid.X[column], x1 = grid.X[column + 1], y0 = grid.Y[row], y1 = grid.Y[row + 1];
        return k switch
        {
            0 => new(x0 + share * (x1 - x0), y0),
            1 => new(x1, y0 + share * (y1 - y0)),
            2 => new(x0 + share * (x1 - x0), y1),
            _ => new(x0, y0 + share * (y1 - y0)),
        };
    }

    /// <summary>The segments chained into lines: first those from edge to edge of the grid, then the closed ones; uses the segments up.</summary>
    internal List<IReadOnlyList<BoundaryPoint>> Lines()
    {
        var lines = new List<IReadOnlyList<BoundaryPoint>>();
        var ends = segments.Values.Select(segment => segment.End).ToHashSet();
        foreach (long start in segments.Keys.Where(start => !ends.Contains(start)).Order().ToList()) lines.Add(Line(start));
        foreach (long start in segments.Keys.Order().ToList())
            if (segments.ContainsKey(start)) lines.Add(Line(start));
        return lines;
    }

    List<BoundaryPoint> Line(long start)
    {
        var line = new List<BoundaryPoint>();
        while (segments.Remove(start, out var segment))
        {
            if (line.Count == 0) line.Add(segment.From);
            line.Add(segment.To);
            start = segment.End;
        }
        return line;
    }
}
