namespace GpuMlp.Grids;

/// <summary>A rectangle of the input plane: x from <paramref name="X0"/> to <paramref name="X1"/>, y from <paramref name="Y0"/> to <paramref name="Y1"/>.</summary>
public readonly record struct Window(double X0, double X1, double Y0, double Y1);

/// <summary>A dense grid over a window: two axis vectors are all there is of it; the points themselves are never laid out.</summary>
/// <remarks>Values of a grid are float[Height * Width], x fastest, row 0 at the smallest y.</remarks>
public sealed class GridSpec
{
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

    /// <summary>The points of numpy.arange(X0, X1, step) × numpy.arange(Y0, Y1, step): the ends are excluded.</summary>
    public static GridSpec FromStep(Window window, double step) =>
        new(window, Arange(window.X0, window.X1, step), Arange(window.Y0, window.Y1, step));

    /// <summary>The points of numpy.linspace(X0, X1, width) × numpy.linspace(Y0, Y1, height): the ends are included.</summary>
    public static GridSpec FromSize(Window window, int width, int height) =>
        new(window, Linspace(window.X0, window.X1, width), Linspace(window.Y0, window.Y1, height));

    static float[] Arange(double start, double stop, double step)
    {
        var axis = new float[(int)Math.Ceiling((stop - start) / step)];
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
}
