using GpuMlp.Devices;
using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>Finds a network's boundary at a grid's resolution without visiting the grid: only boxes that a bound cannot clear are looked into.</summary>
/// <remarks>
/// The cells found are all those whose corners differ in class on the full grid, none missed: a box is left out only where the logit's
/// bound, float32's rounding included, has one sign. Cells with a corner that is not a number have no line.
/// </remarks>
public sealed class BoundaryFinder
{
    const int LeafCells = 8, Points = 1 << 16;

    readonly GridSpec grid;
    readonly AffineBound bound;
    readonly PointLogits logits;
    readonly MarchingSquares squares;
    readonly List<Box> leaves = [];
    long evaluations, bounds, notNumbers;

    BoundaryFinder(Sequential network, GridSpec grid)
    {
        var plan = new GridNetwork(network);
        this.grid = grid;
        bound = new AffineBound(network, plan.EndsInSigmoid);
        logits = new PointLogits(network, plan.EndsInSigmoid);
        squares = new MarchingSquares(grid);
    }

    /// <summary>The boundary at the resolution of a grid, of which no value is computed where the class cannot change.</summary>
    /// <exception cref="ArgumentException">The network has other than two inputs or one output, parameters that are not finite, or a layer of which no bound is known.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Boundary Find(Sequential network, GridSpec grid, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(grid);
        using DeviceUse use = network.Device.Use();
        var finder = new BoundaryFinder(network, grid);
        finder.Search(cancellation);
        return new Boundary(grid.Window, finder.squares.Lines(), finder.evaluations, finder.bounds) { NotNumbers = finder.notNumbers };
    }

    /// <summary>The boundary of a network with one hidden layer of ReLU, exactly (in float64): straight between the lines where units switch.</summary>
    /// <exception cref="ArgumentException">The network is another, has parameters that are not finite, or the window is none.</exception>
    public static Boundary FindExact(Sequential network, Window window)
    {
        ArgumentNullException.ThrowIfNull(network);
        using DeviceUse use = network.Device.Use();
        GridSpec.FromSize(window, 1, 1);
        if (!new GridNetwork(network).IsPiecewiseLinear)
            throw new ArgumentException("the exact line needs a network with one hidden layer of ReLU", nameof(network));
        return ExactBoundary.Find(network, window);
    }

    /// <summary>Whether <see cref="FindExact"/> takes a network.</summary>
    public static bool HasExactLine(Sequential network) => new GridNetwork(network).IsPiecewiseLinear;

    /// <summary>Whether <see cref="FindExact"/> takes a network, and float32 cannot overflow within a window, where float64 would go on.</summary>
    public static bool HasExactLine(Sequential network, Window window) => HasExactLine(network)
        && double.IsFinite(new AffineBound(network, new GridNetwork(network).EndsInSigmoid).Over(window.X0, window.X1, window.Y0, window.Y1).Low);

    /// <summary>The cells that the boundary crosses, as (column, row) of their lower left corner.</summary>
    internal static HashSet<(int Column, int Row)> Cells(Sequential network, GridSpec grid)
    {
        var finder = new BoundaryFinder(network, grid);
        finder.Search(default);
        return [.. finder.squares.Cells];
    }

    void Search(CancellationToken cancellation)
    {
        if (grid.Width < 2 || grid.Height < 2) return;
        var boxes = new Stack<Box>();
        boxes.Push(new Box(0, 0, grid.Width - 1, grid.Height - 1));
        int pending = 0;
        while (boxes.TryPop(out Box box))
        {
            if (bounds++ % 4096 == 0) cancellation.ThrowIfCancellationRequested();
            (double low, double high) = bound.Over(grid.X[box.Left], grid.X[box.Right], grid.Y[box.Bottom], grid.Y[box.Top]);
            if (low > 0 || high <= 0) continue;
            if (box.Right - box.Left <= LeafCells && box.Top - box.Bottom <= LeafCells)
            {
                leaves.Add(box);
                pending += box.Points;
                if (pending >= Points) pending = EvaluateLeaves();
            }
            else box.Split(boxes);
        }
        EvaluateLeaves();
    }

    int EvaluateLeaves()
    {
        var points = new float[2 * leaves.Sum(box => box.Points)];
        int at = 0;
        foreach (Box box in leaves)
            for (int row = box.Bottom; row <= box.Top; row++)
                for (int column = box.Left; column <= box.Right; column++)
                {
                    points[at++] = grid.X[column];
                    points[at++] = grid.Y[row];
                }
        float[] values = logits.Logits(points);
        evaluations += values.Length;
        notNumbers += NaNs.Count(values);
        at = 0;
        foreach (Box box in leaves)
        {
            squares.Add(box.Left, box.Bottom, box.Right - box.Left + 1, values.AsSpan(at, box.Points));
            at += box.Points;
        }
        leaves.Clear();
        return 0;
    }

    /// <summary>A box of cells by the indices of its edges' points.</summary>
    readonly record struct Box(int Left, int Bottom, int Right, int Top)
    {
        internal int Points => (Right - Left + 1) * (Top - Bottom + 1);

        // in halves along each axis that is longer than a leaf
        internal void Split(Stack<Box> boxes)
        {
            int across = Right - Left > LeafCells ? (Left + Right) / 2 : Right, up = Top - Bottom > LeafCells ? (Bottom + Top) / 2 : Top;
            boxes.Push(new Box(Left, Bottom, across, up));
            if (across < Right) boxes.Push(new Box(across, Bottom, Right, up));
            if (up < Top) boxes.Push(new Box(Left, up, across, Top));
            if (across < Right && up < Top) boxes.Push(new Box(across, up, Right, Top));
        }
    }
}
