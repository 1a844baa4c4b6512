using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>Finds the lines between the classes of a network of one output per class, through the cells of a grid.</summary>
/// <remarks>
/// A line crosses an edge of a cell where the classes at its ends have equal outputs, by linear interpolation. In a cell with two crossings
/// they are joined; with three or four, all meet in a point inside, but for two opposite corners of one class that the centre joins.
/// Lines go from such points, or from the edge of the grid, to the next, or are closed. A cell with a NaN at a corner has no line.
/// </remarks>
sealed class ClassBoundary(GridSpec grid, int classes)
{
    readonly Dictionary<long, BoundaryPoint> places = [];
    readonly Dictionary<long, List<long>> neighbours = [];
    float[] below = [];

    /// <summary>The lines at the resolution of a grid, all of whose points are evaluated.</summary>
    public static Boundary Find(Sequential network, GridSpec grid, CancellationToken cancellation)
    {
        var lines = new ClassBoundary(grid, network.Outputs);
        long notNumbers = 0;
        int rowLength = grid.Width * network.Outputs;
        new ClassEvaluator(network).StreamOutputs(grid, (first, values) =>
        {
            for (int row = 0; row * rowLength < values.Length; row++)
            {
                float[] here = values.Slice(row * rowLength, rowLength).ToArray();
                for (int column = 0; column < grid.Width; column++) notNumbers += lines.Winner(here, column) < 0 ? 1 : 0;
                if (lines.below.Length > 0) lines.Add(first + row - 1, here);
                lines.below = here;
            }
        }, GridValue.Logit, cancellation: cancellation);
        return new Boundary(grid.Window, lines.Lines(), grid.Points, 0) { NotNumbers = notNumbers };
    }

    void Add(int row, float[] above)
    {
        Span<int> winners = stackalloc int[4], crossed = stackalloc int[4];
        Span<long> ends = stackalloc long[4];
        for (int column = 0; column + 1 < grid.Width; column++)
        {
            // counterclockwise from the lower left; edge k goes from corner k to the next
            (winners[0], winners[1]) = (Winner(below, column), Winner(below, column + 1));
            (winners[2], winners[3]) = (Winner(above, column + 1), Winner(above, column));
            if (winners.Contains(-1)) continue;
            int count = 0;
            for (int k = 0; k < 4; k++)
                if (winners[k] != winners[(k + 1) % 4]) crossed[count++] = k;
            if (count == 0) continue;
            for (int c = 0; c < count; c++) ends[c] = Cross(column, row, crossed[c], winners, above);
            if (count == 2) Join(ends[0], ends[1]);
            else if (count == 4 && Saddle(winners, column, above) is int around)
            {
                // around 0: the corners 0 and 2 are cut off, around 1: the corners 1 and 3
                Join(ends[around], ends[(around + 3) % 4]);
                Join(ends[around + 1], ends[around + 2]);
            }
            else Meet(column, row, ends[..count]);
        }
    }

    // which two opposite corners are cut off where the centre has the class of the two others; null where it does not
    int? Saddle(ReadOnlySpan<int> winners, int column, float[] above)
    {
        var centre = new float[classes];
        for (int k = 0; k < classes; k++)
        {
            int at = column * classes + k;
            centre[k] = below[at] + below[at + classes] + above[at] + above[at + classes];
        }
        int winner = Winner(centre, 0);
        return winner == winners[1] && winner == winners[3] ? 0 : winner == winners[0] && winner == winners[2] ? 1 : null;
    }

    int Winner(float[] outputs, int column) => Classification.ClassOf(outputs.AsSpan(column * classes, classes)) ?? -1;

    long Cross(int column, int row, int k, ReadOnlySpan<int> winners, float[] above)
    {
        // always from the lower or left corner, so that both cells at the edge compute the same point
        (int from, int to) = k switch { 0 => (0, 1), 1 => (1, 2), 2 => (3, 2), _ => (0, 3) };
        (int a, int b) = (winners[from], winners[to]);
        double lead = Output(from, a) - Output(from, b), behind = Output(to, a) - Output(to, b), share = lead / (lead - behind);
        share = double.IsNaN(share) ? 0.5 : Math.Clamp(share, 0, 1);
        double x0 = grid.X[column], x1 = grid.X[column + 1], y0 = grid.Y[row], y1 = grid.Y[row + 1];
        long id = 2 * ((long)(row + (k == 2 ? 1 : 0)) * grid.Width + column + (k == 1 ? 1 : 0)) + (k & 1);
        places[id] = k switch
        {
            0 => new(x0 + share * (x1 - x0), y0),
            1 => new(x1, y0 + share * (y1 - y0)),
            2 => new(x0 + share * (x1 - x0), y1),
            _ => new(x0, y0 + share * (y1 - y0)),
        };
        return id;

        double Output(int corner, int of) =>
            (corner < 2 ? below : above)[(column + (corner is 1 or 2 ? 1 : 0)) * classes + of];
    }

    void Meet(int column, int row, ReadOnlySpan<long> ends)
    {
        double x = 0, y = 0;
        foreach (long end in ends) (x, y) = (x + places[end].X / ends.Length, y + places[end].Y / ends.Length);
        long id = -1 - ((long)row * grid.Width + column);
        places[id] = new(x, y);
        foreach (long end in ends) Join(id, end);
    }

    void Join(long a, long b)
    {
        foreach ((long from, long to) in ((long, long)[])[(a, b), (b, a)])
        {
            if (!neighbours.TryGetValue(from, out List<long>? others)) neighbours[from] = others = [];
            others.Add(to);
        }
    }

    List<IReadOnlyList<BoundaryPoint>> Lines()
    {
        var lines = new List<IReadOnlyList<BoundaryPoint>>();
        long[] nodes = [.. neighbours.Keys.Order()];
        HashSet<long> ends = [.. nodes.Where(node => neighbours[node].Count != 2)];
        foreach (long node in nodes.Where(ends.Contains).Concat(nodes))
            while (neighbours[node].Count > 0) lines.Add(Line(node, ends));
        return lines;
    }

    // takes its segments away
    List<BoundaryPoint> Line(long start, HashSet<long> ends)
    {
        var line = new List<BoundaryPoint> { places[start] };
        long node = start;
        do
        {
            long next = neighbours[node][^1];
            neighbours[node].RemoveAt(neighbours[node].Count - 1);
            neighbours[next].Remove(node);
            line.Add(places[next]);
            node = next;
        }
        while (node != start && !ends.Contains(node));
        return line;
    }
}
