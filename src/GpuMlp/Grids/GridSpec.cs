using System.Globalization;

namespace GpuMlp.Grids;

/// <summary>A rectangle of the input plane: x from <paramref name="X0"/> to <paramref name="X1"/>, y from <paramref name="Y0"/> to <paramref name="Y1"/>.</summary>
public readonly record struct Window(double X0, double X1, double Y0, double Y1)
{
    /// <summary>"x0:x1,y0:y1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{X0}:{X1},{Y0}:{Y1}");
}

/// <summary>A dense grid over a window: two axis vectors are all there is of it; the points themselves are never laid out.</summary>
/// <remarks>
/// Values of a grid are float[Height * Width], x fastest, row 0 at the smallest y. The axes are computed in float64 as NumPy does and
/// rounded once.
/// </remarks>
public sealed class GridSpec
{
    /// <summary>The most points that a grid may have.</summary>
    public const long MaxPoints = 10_000_000_000;

    /// <summary>The most points along one axis.</summary>
    public const int MaxAxis = 1 << 26;

    readonly Axis columns, rows;

    GridSpec(Window window, Axis columns, Axis rows)
    {
        (Window, this.columns, this.rows) = (window, columns, rows);
        (X, Y) = (columns.Points(), rows.Points());
        CheckDistinct(X, "x", window);
        CheckDistinct(Y, "y", window);
    }

    /// <summary>The window that the grid covers.</summary>
    public Window Window { get; }

    /// <summary>The x coordinate of each column, ascending.</summary>
    public float[] X { get; }

    /// <summary>The y coordinate of each row, ascending (descending after <see cref="TopDown"/>).</summary>
    public float[] Y { get; }

    /// <summary>The number of columns.</summary>
    public int Width => X.Length;

    /// <summary>The number of rows.</summary>
    public int Height => Y.Length;

    /// <summary>The number of points.</summary>
    public long Points => (long)Width * Height;

    /// <summary>The points of numpy.arange(X0, X1, step) × numpy.arange(Y0, Y1, step): the ends are excluded.</summary>
    /// <exception cref="ArgumentException">
    /// The window is inverted, empty or not finite; the step is not positive or makes too many points; or points would coincide in float32.
    /// </exception>
    public static GridSpec FromStep(Window window, double step)
    {
        CheckWindow(window);
        if (!(step > 0 && double.IsFinite(step))) throw new ArgumentException(Invariant($"step {step}: a step is positive and finite"), nameof(step));
        double width = Math.Ceiling((window.X1 - window.X0) / step), height = Math.Ceiling((window.Y1 - window.Y0) / step);
        CheckCounts(width, height, Invariant($"step {step} over {window}"));
        return new GridSpec(window, Axis.Arange(window.X0, (int)width, step), Axis.Arange(window.Y0, (int)height, step));
    }

    /// <summary>The points of numpy.linspace(X0, X1, width) × numpy.linspace(Y0, Y1, height): the ends are included.</summary>
    /// <exception cref="ArgumentException">
    /// The window is inverted, empty or not finite; a size is below 1, or there are too many points; or points would coincide in float32.
    /// </exception>
    public static GridSpec FromSize(Window window, int width, int height)
    {
        CheckWindow(window);
        if (width < 1 || height < 1) throw new ArgumentException(Invariant($"size {width}x{height}: a grid has at least one column and one row"));
        CheckCounts(width, height, Invariant($"size {width}x{height}"));
        return new GridSpec(window, Axis.Linspace(window.X0, window.X1, width), Axis.Linspace(window.Y0, window.Y1, height));
    }

    /// <summary>The same points as a network takes them whose inputs were standardized: (x - meanX) / deviationX, likewise y.</summary>
    /// <exception cref="ArgumentException">A deviation is not positive, or points would coincide in float32.</exception>
    public GridSpec Standardized(double meanX, double deviationX, double meanY, double deviationY)
    {
        if (!(deviationX > 0 && deviationY > 0)) throw new ArgumentException(Invariant($"deviations {deviationX} and {deviationY}: a deviation is positive"));
        return new(Window, columns with { Shift = meanX, Divisor = deviationX }, rows with { Shift = meanY, Divisor = deviationY });
    }

    /// <summary>The same grid with its rows from the largest y down, as pictures have them.</summary>
    public GridSpec TopDown() => new(Window, columns, rows with { Reversed = true });

    static void CheckWindow(Window window)
    {
        if (!Ascending(window.X0, window.X1) || !Ascending(window.Y0, window.Y1))
            throw new ArgumentException($"window {window}: a window is x0:x1,y0:y1 with finite x0 < x1 and y0 < y1", nameof(window));

        static bool Ascending(double from, double to) => double.IsFinite(from) && double.IsFinite(to) && from < to && double.IsFinite(to - from);
    }

    static void CheckCounts(double width, double height, string what)
    {
        if (width > MaxAxis || height > MaxAxis)
            throw new ArgumentException(Invariant($"{what} makes {Count(width)} × {Count(height)} points; allowed are {MaxAxis:N0} along an axis"));
        if (width * height > MaxPoints)
            throw new ArgumentException(Invariant($"{what} makes {Count(width * height)} points; allowed are {MaxPoints:N0}"));
    }

    // a step may be any small number
    static string Count(double points) => points.ToString(points < 1e15 ? "N0" : "g3", System.Globalization.CultureInfo.InvariantCulture);

    static void CheckDistinct(float[] axis, string name, Window window)
    {
        if (!float.IsFinite(axis[0]) || !float.IsFinite(axis[^1])) throw new ArgumentException($"window {window}: {name} is beyond float32", nameof(window));
        bool ascending = axis[^1] > axis[0];
        for (int i = 1; i < axis.Length; i++)
            if (ascending ? axis[i] <= axis[i - 1] : axis[i] >= axis[i - 1])
                throw new ArgumentException(Invariant(
                    $"window {window}: {axis.Length:N0} points along {name} are finer than float32's spacing at {axis[i]}; use fewer points or a larger window"), nameof(window));
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>How an axis was made: start + i · step, NumPy's way, with the last point given where linspace gives it.</summary>
    readonly record struct Axis(double Start, double Step, double? Last, int Count, double Shift = 0, double Divisor = 1, bool Reversed = false)
    {
        // NumPy takes the step back from the second point
        internal static Axis Arange(double start, int count, double step) => new(start, start + step - start, null, count);

        internal static Axis Linspace(double start, double stop, int count) =>
            count > 1 ? new(start, (stop - start) / (count - 1), stop, count) : new(start, 0, null, count);

        internal float[] Points()
        {
            var points = new float[Count];
            for (int i = 0; i < Count; i++)
                points[Reversed ? Count - 1 - i : i] = (float)(((i == Count - 1 && Last is double last ? last : Start + i * Step) - Shift) / Divisor);
            return points;
        }
    }
}
