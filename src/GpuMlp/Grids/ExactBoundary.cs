using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>
/// The exact boundary of a network with one hidden layer of ReLU. A unit switches on or off along a straight line; between these lines the
/// logit is linear, so the boundary is straight there and bends only on the lines.
/// </summary>
/// <remarks>It is computed in float64; the logits in float32 differ from it by their rounding (<see cref="AffineBound"/>).</remarks>
sealed class ExactBoundary
{
    const double Tolerance = 1e-9;                                // relative to the window's size

    readonly Window window;
    readonly SwitchLine[] units;
    readonly double bias, reach;
    readonly List<Vertex> vertices = [];

    ExactBoundary(Sequential network, Window window)
    {
        GridNetwork.RequireFinite(network);
        Linear first = network.Layers.OfType<Linear>().First(), second = network.Layers.OfType<Linear>().Last();
        float[] w = first.Weight.Value.ToArray(), b = first.Bias.Value.ToArray(), v = second.Weight.Value.ToArray();
        this.window = window;
        units = [.. b.Select((offset, k) => new SwitchLine(w[k], w[b.Length + k], offset, v[k]))];
        bias = second.Bias.Value.Item();
        reach = Math.Max(window.X1 - window.X0, window.Y1 - window.Y0);
    }

    internal static Boundary Find(Sequential network, Window window)
    {
        var exact = new ExactBoundary(network, window);
        exact.FindVertices();
        return new Boundary(window, exact.Lines(), 0, 0);
    }

    /// <summary>
    /// The line w·x + b = 0 on which a unit switches; where w·x + b is positive, the unit adds v times that to the logit.
    /// </summary>
    readonly record struct SwitchLine(double Wx, double Wy, double B, double V)
    {
        internal double At(double x, double y) => Wx * x + Wy * y + B;

        internal double Steepness => Math.Sqrt(Wx * Wx + Wy * Wy);
    }

    /// <summary>A point with logit 0 on a unit's line, or on the window's edge (unit -1).</summary>
    sealed record Vertex(int Unit, double X, double Y)
    {
        internal bool Used { get; set; }
    }

    // every straight part of the boundary ends on a unit's line or on the window's edge, so these points are the ends of all parts
    void FindVertices()
    {
        (double x0, double x1, double y0, double y1) = (window.X0, window.X1, window.Y0, window.Y1);
        AddZeros(-1, x0, y0, x1, y0);
        AddZeros(-1, x1, y0, x1, y1);
        AddZeros(-1, x1, y1, x0, y1);
        AddZeros(-1, x0, y1, x0, y0);
        for (int k = 0; k < units.Length; k++)
        {
            SwitchLine u = units[k];
            double length = u.Wx * u.Wx + u.Wy * u.Wy;
            if (length == 0) continue;
            // the point of the line nearest to the window's middle, the line's direction, and the part of it within the window
            double mx = (x0 + x1) / 2, my = (y0 + y1) / 2, away = u.At(mx, my) / length;
            double dx = -u.Wy / Math.Sqrt(length), dy = u.Wx / Math.Sqrt(length);
            double px = mx - away * u.Wx, py = my - away * u.Wy, from = -2 * reach, to = 2 * reach;
            if (Clip(px, dx, x0, x1, ref from, ref to) && Clip(py, dy, y0, y1, ref from, ref to))
                AddZeros(k, px + from * dx, py + from * dy, px + to * dx, py + to * dy);
        }
    }

    static bool Clip(double p, double d, double low, double high, ref double from, ref double to)
    {
        if (d == 0) return p >= low && p <= high;
        double a = (low - p) / d, b = (high - p) / d;
        (from, to) = (Math.Max(from, Math.Min(a, b)), Math.Min(to, Math.Max(a, b)));
        return from < to;
    }

    // along the segment from a to b the logit is linear between the places where other units switch
    void AddZeros(int unit, double ax, double ay, double bx, double by)
    {
        var places = new List<double> { 0, 1 };
        for (int k = 0; k < units.Length; k++)
        {
            double a = units[k].At(ax, ay), b = units[k].At(bx, by);
            if (k != unit && (a > 0) != (b > 0)) places.Add(a / (a - b));
        }
        places.Sort();
        double last = Logit(ax, ay, unit);
        for (int i = 1; i < places.Count; i++)
        {
            double next = Logit(ax + places[i] * (bx - ax), ay + places[i] * (by - ay), unit);
            if ((last > 0) != (next > 0))
            {
                double t = places[i - 1] + (places[i] - places[i - 1]) * (last / (last - next));
                vertices.Add(new Vertex(unit, ax + t * (bx - ax), ay + t * (by - ay)));
            }
            last = next;
        }
    }

    double Logit(double x, double y, int without)
    {
        double z = bias;
        for (int k = 0; k < units.Length; k++)
            if (k != without) z += units[k].V * Math.Max(0, units[k].At(x, y));
        return z;
    }

    // first the lines that start at the window's edge; the lines that are left then are closed
    List<IReadOnlyList<BoundaryPoint>> Lines()
    {
        var lines = new List<IReadOnlyList<BoundaryPoint>>();
        foreach (bool atEdge in (bool[])[true, false])
            foreach (Vertex start in vertices)
                if (!start.Used && start.Unit < 0 == atEdge && Follow(start) is { Count: > 1 } line) lines.Add(line);
        return lines;
    }

    List<BoundaryPoint> Follow(Vertex start)
    {
        var line = new List<BoundaryPoint>();
        (bool atEdge, double x, double y) = (start.Unit < 0, start.X, start.Y);
        start.Used = true;
        for (int step = 0; step <= 2 * vertices.Count; step++)
        {
            if (DirectionAt(x, y) is not (double dx, double dy)) break;
            (int next, double length) = NextCrossing(x, y, dx, dy);
            if (atEdge && length <= Tolerance * reach) break;     // the line leaves the window here
            if (line.Count == 0) line.Add(new(x, y));
            (atEdge, x, y) = (next < 0, x + length * dx, y + length * dy);
            bool closed = IsNear(start, x, y);
            line.Add(closed ? line[0] : new(x, y));
            foreach (Vertex met in vertices) met.Used |= IsNear(met, x, y);
            if (atEdge || closed) break;
        }
        return line;
    }

    // The direction in which the boundary continues from a point, with class 1 on its left; null if it does not. If z is the logit, that
    // direction is (∂z/∂y, -∂z/∂x). On a unit's line the gradient depends on the side, so the lines through the point divide the plane
    // around it into sectors, each with a direction of its own. The boundary continues into the sector that contains its own direction.
    (double Dx, double Dy)? DirectionAt(double x, double y)
    {
        double gx = 0, gy = 0;
        var here = new List<SwitchLine>();
        foreach (SwitchLine u in units)
        {
            if (Math.Abs(u.At(x, y)) <= Tolerance * reach * u.Steepness) here.Add(u);
            else if (u.At(x, y) > 0) (gx, gy) = (gx + u.V * u.Wx, gy + u.V * u.Wy);
        }
        double[] turns = [.. here.SelectMany(u => (double[])[Math.Atan2(u.Wx, -u.Wy), Math.Atan2(-u.Wx, u.Wy)]).Order()];
        for (int k = 0; k < Math.Max(1, turns.Length); k++)
        {
            double to = turns.Length == 0 ? 0 : k + 1 < turns.Length ? turns[k + 1] : turns[0] + 2 * Math.PI;
            double middle = turns.Length == 0 ? 0 : (turns[k] + to) / 2, mx = Math.Cos(middle), my = Math.Sin(middle), hx = gx, hy = gy;
            if (turns.Length > 0 && to - turns[k] < Tolerance) continue;
            foreach (SwitchLine u in here)
                if (u.Wx * mx + u.Wy * my > 0) (hx, hy) = (hx + u.V * u.Wx, hy + u.V * u.Wy);
            double length = Math.Sqrt(hx * hx + hy * hy);
            if (length > 0 && here.All(u => (u.Wx * hy - u.Wy * hx > 0) == (u.Wx * mx + u.Wy * my > 0))) return (hy / length, -hx / length);
        }
        return null;
    }

    // the next unit whose line a ray crosses, and how far away; -1 if the ray reaches the window's edge first
    (int Unit, double Length) NextCrossing(double x, double y, double dx, double dy)
    {
        int next = -1;
        double least = double.PositiveInfinity;
        if (dx != 0) least = Math.Min(least, ((dx > 0 ? window.X1 : window.X0) - x) / dx);
        if (dy != 0) least = Math.Min(least, ((dy > 0 ? window.Y1 : window.Y0) - y) / dy);
        for (int k = 0; k < units.Length; k++)
        {
            double at = units[k].At(x, y), change = units[k].Wx * dx + units[k].Wy * dy, t = -at / change;
            if (change == 0 || !(t > 0) || t >= least || Math.Abs(at) <= Tolerance * reach * units[k].Steepness) continue;
            (next, least) = (k, t);
        }
        return (next, Math.Max(0, least));
    }

    bool IsNear(Vertex v, double x, double y) => Math.Abs(v.X - x) + Math.Abs(v.Y - y) < 1e-6 * reach;
}
