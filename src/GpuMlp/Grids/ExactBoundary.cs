using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>
/// The boundary of a network with one hidden layer of ReLU, exactly: its logit is linear between the lines where units switch, so the
/// boundary is straight between them and bends on them.
/// </summary>
/// <remarks>In float64; float32's logits differ from it by their rounding (<see cref="AffineBound"/>).</remarks>
sealed class ExactBoundary
{
    const double Tolerance = 1e-9;                                // of the window's size

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

    /// <summary>Where a unit switches, w·x + b = 0, and what it adds to the logit where it is on.</summary>
    readonly record struct SwitchLine(double Wx, double Wy, double B, double V)
    {
        internal double At(double x, double y) => Wx * x + Wy * y + B;

        internal double Steepness => Math.Sqrt(Wx * Wx + Wy * Wy);
    }

    /// <summary>A zero of the logit on a unit's line, or on the window's edge (unit -1).</summary>
    sealed record Vertex(int Unit, double X, double Y)
    {
        internal bool Used { get; set; }
    }

    // every straight piece of the boundary ends on a unit's line or on the window's edge
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
            // the line's point nearest to the window's middle, and its stretch within the window
            double mx = (x0 + x1) / 2, my = (y0 + y1) / 2, away = u.At(mx, my) / length, dx = -u.Wy / Math.Sqrt(length), dy = u.Wx / Math.Sqrt(length);
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

    // between the places where units switch the logit is linear along the stretch
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

    // lines from edge to edge first; what is left then is closed
    List<IReadOnlyList<BoundaryPoint>> Lines()
    {
        var lines = new List<IReadOnlyList<BoundaryPoint>>();
        foreach (bool atEdge in (bool[])[true, false])
            foreach (Vertex start in vertices)
                if (!start.Used && start.Unit < 0 == atEdge && Walk(start) is { Count: > 1 } line) lines.Add(line);
        return lines;
    }

    List<BoundaryPoint> Walk(Vertex start)
    {
        var line = new List<BoundaryPoint>();
        (bool atEdge, double x, double y) = (start.Unit < 0, start.X, start.Y);
        start.Used = true;
        for (int step = 0; step <= 2 * vertices.Count; step++)
        {
            if (Way(x, y) is not (double dx, double dy)) break;
            (int next, double length) = Ahead(x, y, dx, dy);
            if (atEdge && length <= Tolerance * reach) break;     // it leaves the window here
            if (line.Count == 0) line.Add(new(x, y));
            (atEdge, x, y) = (next < 0, x + length * dx, y + length * dy);
            bool closed = Near(start, x, y);
            line.Add(closed ? line[0] : new(x, y));
            foreach (Vertex met in vertices) met.Used |= Near(met, x, y);
            if (atEdge || closed) break;
        }
        return line;
    }

    // with class 1 on the left the way is (∂z/∂y, -∂z/∂x); of the sectors that the lines through a point make, it is the one that its own way leads into
    (double Dx, double Dy)? Way(double x, double y)
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

    (int Unit, double Length) Ahead(double x, double y, double dx, double dy)
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

    bool Near(Vertex v, double x, double y) => Math.Abs(v.X - x) + Math.Abs(v.Y - y) < 1e-6 * reach;
}
