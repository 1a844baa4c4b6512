using System.Globalization;

namespace GpuMlp.Grids;

/// <summary>
/// How coordinates in a window's units become the inputs of a network whose data was standardized: (x - MeanX) / DeviationX, likewise y.
/// </summary>
public readonly record struct PlaneScale(double MeanX, double DeviationX, double MeanY, double DeviationY)
{
    /// <summary>The point in the window's units that the network takes as <paramref name="point"/>.</summary>
    public BoundaryPoint Back(BoundaryPoint point) => new(point.X * DeviationX + MeanX, point.Y * DeviationY + MeanY);
}

/// <summary>A dense grid over a window. It is stored as its two axes; the points themselves are not stored.</summary>
/// <remarks>
/// Values over a grid are float[Height · Width], x fastest, row 0 at the smallest y. The axes are computed in float64 as NumPy does, in the
/// window's units, then scaled like the network's inputs, and rounded once.
/// </remarks>
public sealed class GridSpec
{
    /// <summary>The most points that a grid may have.</summary>
    public const long MaxPoints = 10_000_000_000;

    /// <summary>The most points along one axis.</summary>
    public const int MaxAxis = 1 << 26;

    readonly Axis columns, rows;

    GridSpec(Window window, PlaneScale? scale, Axis columns, Axis rows, bool forPicture = false)
    {
        if (scale is PlaneScale s && !(s.DeviationX > 0 && s.DeviationY > 0))
            throw new ArgumentException(Invariant($"deviations {s.DeviationX} and {s.DeviationY}: a deviation is positive"), nameof(scale));
        (Window, Scale, this.columns, this.rows) = (window, scale, columns, rows);
        (X, Y) = (columns.Points(scale?.MeanX ?? 0, scale?.DeviationX ?? 1), rows.Points(scale?.MeanY ?? 0, scale?.DeviationY ?? 1));
        foreach ((float[] axis, string name) in ((float[], string)[])[(X, "x"), (Y, "y")])
        {
            if (forPicture) Saturate(axis);
            else CheckDistinct(axis, name);
        }
    }

    /// <summary>The window that the grid covers, in the window's units.</summary>
    public Window Window { get; }

    /// <summary>How coordinates in the window's units become <see cref="X"/> and <see cref="Y"/>; null if they are the same.</summary>
    public PlaneScale? Scale { get; }

    /// <summary>The x coordinate of each column as the network takes it, ascending.</summary>
    public float[] X { get; }

    /// <summary>The y coordinate of each row as the network takes it, ascending (descending after <see cref="TopDown"/>).</summary>
    public float[] Y { get; }

    /// <summary>The x coordinate of a column in the window's units.</summary>
    public double XAt(int column) => columns.At(column);

    /// <summary>The y coordinate of a row in the window's units.</summary>
    public double YAt(int row) => rows.At(row);

    /// <summary>The number of columns.</summary>
    public int Width => X.Length;

    /// <summary>The number of rows.</summary>
    public int Height => Y.Length;

    /// <summary>The number of points.</summary>
    public long Points => (long)Width * Height;

    /// <summary>The points of numpy.arange(X0, X1, step) × numpy.arange(Y0, Y1, step): the upper ends are excluded.</summary>
    /// <param name="window">The window.</param>
    /// <param name="step">The distance between neighbouring points, in the window's units.</param>
    /// <param name="scale">How the network's inputs were standardized; null if they are in the window's units.</param>
    /// <exception cref="ArgumentException">
    /// The window is inverted, empty or not finite; the step is not positive or makes too many points; a deviation is not positive; or
    /// points are beyond float32 or coincide in it.
    /// </exception>
    public static GridSpec FromStep(Window window, double step, PlaneScale? scale = null)
    {
        CheckWindow(window);
        if (!(step > 0 && double.IsFinite(step)))
            throw new ArgumentException(Invariant($"step {step}: a step is positive and finite"), nameof(step));
        double width = Math.Ceiling((window.X1 - window.X0) / step), height = Math.Ceiling((window.Y1 - window.Y0) / step);
        CheckCounts(width, height, Invariant($"step {step} over {window}"));
        return new GridSpec(window, scale, Axis.Arange(window.X0, (int)width, step), Axis.Arange(window.Y0, (int)height, step));
    }

    /// <summary>The points of numpy.linspace(X0, X1, width) × numpy.linspace(Y0, Y1, height): the ends are included.</summary>
    /// <param name="window">The window.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="height">The number of rows.</param>
    /// <param name="scale">How the network's inputs were standardized; null if they are in the window's units.</param>
    /// <exception cref="ArgumentException">
    /// The window is inverted, empty or not finite; a size is below 1, or there are too many points; a deviation is not positive; or
    /// points are beyond float32 or coincide in it.
    /// </exception>
    public static GridSpec FromSize(Window window, int width, int height, PlaneScale? scale = null)
    {
        (Axis columns, Axis rows) = Sized(window, width, height);
        return new GridSpec(window, scale, columns, rows);
    }

    /// <summary>
    /// The points of <see cref="FromSize"/> for a picture of any data. Points that float32 cannot tell apart are allowed; the network gives
    /// them equal values. Points beyond float32 become its largest or smallest value.
    /// </summary>
    /// <inheritdoc cref="FromSize" path="/param"/>
    /// <exception cref="ArgumentException">
    /// The window is inverted, empty or not finite; a size is below 1; or there are too many points.
    /// </exception>
    public static GridSpec ForPicture(Window window, int width, int height, PlaneScale? scale = null)
    {
        (Axis columns, Axis rows) = Sized(window, width, height);
        return new GridSpec(window, scale, columns, rows, forPicture: true);
    }

    static (Axis Columns, Axis Rows) Sized(Window window, int width, int height)
    {
        CheckWindow(window);
        if (width < 1 || height < 1)
            throw new ArgumentException(Invariant($"size {width}x{height}: a grid has at least one column and one row"));
        CheckCounts(width, height, Invariant($"size {width}x{height}"));
        return (Axis.Linspace(window.X0, window.X1, width), Axis.Linspace(window.Y0, window.Y1, height));
    }

    /// <summary>The same grid with its rows from the largest y down, as pictures store them.</summary>
    public GridSpec TopDown() => new(Window, Scale, columns, rows with { Reversed = true }, forPicture: true);

    static void CheckWindow(Window window)
    {
        if (!Ascending(window.X0, window.X1) || !Ascending(window.Y0, window.Y1))
            throw new ArgumentException($"window {window}: a window is x0:x1,y0:y1 with finite x0 < x1 and y0 < y1", nameof(window));

        static bool Ascending(double from, double to) =>
            double.IsFinite(from) && double.IsFinite(to) && from < to && double.IsFinite(to - from);
    }

    static void CheckCounts(double width, double height, string what)
    {
        if (width > MaxAxis || height > MaxAxis)
        {
            string points = $"{Count(width)} × {Count(height)} points";
            throw new ArgumentException(Invariant($"{what} makes {points}; allowed are {MaxAxis:N0} along an axis"));
        }
        if (width * height > MaxPoints)
            throw new ArgumentException(Invariant($"{what} makes {Count(width * height)} points; allowed are {MaxPoints:N0}"));
    }

    // a small step can make any number of points
    static string Count(double points) => points.ToString(points < 1e15 ? "N0" : "g3", System.Globalization.CultureInfo.InvariantCulture);

    void CheckDistinct(float[] axis, string name)
    {
        string units = Scale is null ? "" : ", in the network's standardized units";
        if (!float.IsFinite(axis[0]) || !float.IsFinite(axis[^1]))
        {
            string centre = Scale is null ? "0" : "the data";
            throw new ArgumentException($"window {Window}: {name} is beyond float32{units}; use a window nearer to {centre}");
        }
        bool ascending = axis[^1] > axis[0];
        for (int i = 1; i < axis.Length; i++)
            if (ascending ? axis[i] <= axis[i - 1] : axis[i] >= axis[i - 1])
                throw new ArgumentException(Invariant(
                    $"window {Window}: {axis.Length:N0} points along {name} are finer than float32's spacing at {axis[i]}{units}; ")
                    + "use fewer points or a larger window");
    }

    static void Saturate(float[] axis)
    {
        for (int i = 0; i < axis.Length; i++) axis[i] = Math.Clamp(axis[i], float.MinValue, float.MaxValue);
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>How an axis was made: start + i · step as in NumPy, and the last point where linspace sets it itself.</summary>
    readonly record struct Axis(double Start, double Step, double? Last, int Count, bool Reversed = false)
    {
        // NumPy computes the step from the second point
        internal static Axis Arange(double start, int count, double step) => new(start, start + step - start, null, count);

        internal static Axis Linspace(double start, double stop, int count) =>
            count > 1 ? new(start, (stop - start) / (count - 1), stop, count) : new(start, 0, null, count);

        internal double At(int point)
        {
            int i = Reversed ? Count - 1 - point : point;
            return i == Count - 1 && Last is double last ? last : Start + i * Step;
        }

        internal float[] Points(double mean, double deviation)
        {
            var points = new float[Count];
            for (int i = 0; i < Count; i++) points[i] = (float)((At(i) - mean) / deviation);
            return points;
        }
    }
}
