namespace GpuMlp.Grids;

/// <summary>A point of the input plane.</summary>
public readonly record struct BoundaryPoint(double X, double Y);

/// <summary>Where a network's class changes within a window: lines with class 1 on their left.</summary>
/// <param name="Window">The window.</param>
/// <param name="Lines">The lines, each two points or more; a closed one ends where it begins.</param>
/// <param name="Evaluations">How many points were evaluated to find them.</param>
/// <param name="Bounds">How many boxes were bounded.</param>
public sealed record Boundary(Window Window, IReadOnlyList<IReadOnlyList<BoundaryPoint>> Lines, long Evaluations, long Bounds)
{
    /// <summary>How many of the points evaluated are not numbers; lines end there.</summary>
    public long NotNumbers { get; init; }
}
