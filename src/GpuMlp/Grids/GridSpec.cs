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

    GridSpec(Window window, float[] x, float[] y) => (Window, X, Y) = (window, x, y);

    /// <summary>The window that the grid covers.</summary>
    public Window Window { get; }

    /// <summary>The x coordinate of each column, ascending.</summary>
    public float[] X { get; }

    /// <summary>The y coordinate of each row, ascending.</summary>
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
        return Checked(window, Arange(window.X0, (int)width, step), Arange(window.Y0, (int)height, step));
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
        return Checked(window, Linspace(window.X0, window.X1, width), Linspace(window.Y0, window.Y1, height));
    }

    static void CheckWindow(Window window)
    {
        if (!Ascending(window.X0, window.X1) || !Ascending(window.Y0, window.Y1))
            throw new ArgumentException($"window {window}: a window is x0:x1,y0:y1 with finite x0 < x1 and y0 < y1", nameof(window));

        static bool Ascending(double from, double to) => double.IsFinite(from) && double.IsFinite(to) && from < to && double.IsFinite(to - from);
    }

    static void CheckCounts(double width, double height, string what)
    {
        if (width > MaxAxis || height > MaxAxis)
            throw new ArgumentException(Invariant($"{what} makes {width:N0} × {height:N0} points; allowed are {MaxAxis:N0} along an axis"));
        if (width * height > MaxPoints)
            throw new ArgumentException(Invariant($"{what} makes {width * height:N0} points; allowed are {MaxPoints:N0}"));
    }

    static GridSpec Checked(Window window, float[] x, float[] y)
    {
        CheckDistinct(x, "x", window);
        CheckDistinct(y, "y", window);
        return new GridSpec(window, x, y);
    }

    static void CheckDistinct(float[] axis, string name, Window window)
    {
        if (!float.IsFinite(axis[0]) || !float.IsFinite(axis[^1])) throw new ArgumentException($"window {window}: {name} is beyond float32", nameof(window));
        for (int i = 1; i < axis.Length; i++)
            if (axis[i] <= axis[i - 1])
                throw new ArgumentException(Invariant(
                    $"window {window}: {axis.Length:N0} points along {name} are finer than float32's spacing at {axis[i]}; use fewer points or a larger window"), nameof(window));
    }

    static float[] Arange(double start, int count, double step)
    {
        var axis = new float[count];
        double delta = start + step - start;                       // NumPy takes the step back from the second point
        for (int i = 0; i < axis.Length; i++) axis[i] = (float)(start + i * delta);
        return axis;
    }

    static float[] Linspace(double start, double stop, int count)
    {
        var axis = new float[count];
        double step = count > 1 ? (stop - start) / (count - 1) : 0;
        for (int i = 0; i < count; i++) axis[i] = (float)(i * step + start);
        if (count > 1) axis[^1] = (float)stop;
        return axis;
    }

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
