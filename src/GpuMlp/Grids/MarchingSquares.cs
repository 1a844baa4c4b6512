namespace GpuMlp.Grids;

/// <summary>Finds the lines of logit 0 through the cells of a grid, by linear interpolation along the cells' edges.</summary>
/// <remarks>
/// This is marching cubes (W. E. Lorensen and H. E. Cline, 1987) in the plane. Going counterclockwise around a cell, a segment begins on an
/// edge where class 1 changes to class 0, so it has class 1 on its left. Each edge begins at most one segment, so the segments can be
/// joined into lines. A cell with a NaN at a corner has no line.
/// </remarks>
sealed class MarchingSquares(GridSpec grid)
{
    readonly Dictionary<long, (long End, BoundaryPoint From, BoundaryPoint To)> segments = [];

    /// <summary>The cells with a segment, each as the (column, row) of its lower left corner.</summary>
    internal List<(int Column, int Row)> Cells { get; } = [];

    /// <summary>Adds the cells of a block of logits that is width columns of points wide; its lower left point is (left, bottom).</summary>
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

    // corners count counterclockwise from the lower left; edge k goes from corner k to the next
    void Add(int column, int row, ReadOnlySpan<float> corners)
    {
        Cells.Add((column, row));
        float centre = corners[0] + corners[1] + corners[2] + corners[3];
        for (int k = 0; k < 4; k++)
        {
            if (!(corners[k] > 0) || corners[(k + 1) % 4] > 0) continue;
            // If two opposite corners are 1 and the others 0, the centre's class decides: the corners of its class are joined, and the
            // segments go around each corner of the other class.
            int step = centre > 0 ? 1 : 3, end = (k + step) % 4;
            while (corners[end] > 0 || !(corners[(end + 1) % 4] > 0)) end = (end + step) % 4;
            (BoundaryPoint from, BoundaryPoint to) = (Crossing(column, row, k, corners), Crossing(column, row, end, corners));
            segments[EdgeId(column, row, k)] = (EdgeId(column, row, end), from, to);
        }
    }

    // even numbers for horizontal edges, odd ones for vertical edges; the two cells at an edge compute the same number
    long EdgeId(int column, int row, int k) => 2 * ((long)(row + (k == 2 ? 1 : 0)) * grid.Width + column + (k == 1 ? 1 : 0)) + (k & 1);

    BoundaryPoint Crossing(int column, int row, int k, ReadOnlySpan<float> corners)
    {
        // always from the lower or left corner, so that both cells at the edge compute the same point
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

    /// <summary>
    /// Joins the segments into lines, and removes them: first lines from edge to edge of the grid, then closed lines.
    /// </summary>
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
