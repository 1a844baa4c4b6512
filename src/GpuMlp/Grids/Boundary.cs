namespace GpuMlp.Grids;

/// <summary>A point of the input plane.</summary>
public readonly record struct BoundaryPoint(double X, double Y);

/// <summary>Where a network's class changes within a window, as lines; with one output they have class 1 on their left.</summary>
/// <param name="Window">The window.</param>
/// <param name="Lines">The lines, of two points or more each; a closed line ends where it begins.</param>
/// <param name="Evaluations">The number of points evaluated to find the lines.</param>
/// <param name="Bounds">The number of boxes over which the logit was bounded.</param>
public sealed record Boundary(Window Window, IReadOnlyList<IReadOnlyList<BoundaryPoint>> Lines, long Evaluations, long Bounds)
{
    /// <summary>The number of evaluated points whose logit is NaN; lines end there.</summary>
    public long NotNumbers { get; init; }
}
