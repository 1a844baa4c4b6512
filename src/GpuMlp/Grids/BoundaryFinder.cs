using GpuMlp.Devices;
using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>Finds a network's boundary at a grid's resolution without evaluating the whole grid.</summary>
/// <remarks>
/// It finds every cell whose corners differ in class on the full grid. A box of cells is left out only if the bounds of its logit,
/// float32's rounding included, have one sign. Cells with a NaN at a corner have no line.
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

    /// <summary>
    /// The boundary at the resolution of a grid; no point is evaluated where the class cannot change. Of a network of one output per class
    /// the lines between any two classes, for which every point is evaluated.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The network has other than two inputs or more than 255 outputs; or one output and parameters that are not finite, or a layer for
    /// which no bounds are known.
    /// </exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static Boundary Find(Sequential network, GridSpec grid, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(grid);
        using DeviceUse use = network.Device.Use();
        if (network.Outputs > 1) return ClassBoundary.Find(network, grid, cancellation);
        var finder = new BoundaryFinder(network, grid);
        finder.Search(cancellation);
        return new Boundary(grid.Window, finder.squares.Lines(), finder.evaluations, finder.bounds) { NotNumbers = finder.notNumbers };
    }

    /// <summary>
    /// The exact boundary (in float64) of a network with one hidden layer of ReLU. It is straight between the lines where units switch on
    /// or off.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The network is another or has parameters that are not finite, or the window is inverted, empty or not finite.
    /// </exception>
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

    /// <summary>
    /// Whether <see cref="FindExact"/> takes a network and shows what float32 computes: false where float32 might overflow in the window,
    /// since float64 would not.
    /// </summary>
    public static bool HasExactLine(Sequential network, Window window)
    {
        if (!HasExactLine(network)) return false;
        var bound = new AffineBound(network, new GridNetwork(network).EndsInSigmoid);
        return double.IsFinite(bound.Over(window.X0, window.X1, window.Y0, window.Y1).Low);
    }

    /// <summary>The cells that the boundary crosses, each as the (column, row) of its lower left corner.</summary>
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

    /// <summary>A box of cells, given by the columns and rows of the points at its edges.</summary>
    readonly record struct Box(int Left, int Bottom, int Right, int Top)
    {
        internal int Points => (Right - Left + 1) * (Top - Bottom + 1);

        // halves the box along each axis on which it is longer than a leaf
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
