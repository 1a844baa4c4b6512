namespace GpuMlp.Kernels.Training;

/// <summary>Networks of one shape, and the rows that each of them is evaluated at, in one launch.</summary>
/// <param name="x">The points, (rows, features).</param>
/// <param name="parameters">The networks' arenas, one after the other.</param>
/// <param name="networks">One <see cref="NetworkRow"/> per network, of which only the first row in x is read.</param>
/// <param name="y">The results (networks, outputs, points), for the networks of this launch.</param>
/// <param name="first">The number of the launch's first network.</param>
/// <param name="count">The number of networks in this launch.</param>
/// <param name="points">The number of points per network.</param>
/// <param name="arenaLength">Floats of one network's arena.</param>
public readonly struct PopulationRows<TView>(
    TView x, TView parameters, TView networks, TView y, int first, int count, int points, int arenaLength) where TView : struct
{
    /// <summary>The points, (rows, features).</summary>
    public readonly TView X = x;

    /// <summary>The networks' arenas, one after the other.</summary>
    public readonly TView Parameters = parameters;

    /// <summary>One <see cref="NetworkRow"/> per network.</summary>
    public readonly TView Networks = networks;

    /// <summary>The results, (Count, outputs, Points).</summary>
    public readonly TView Y = y;

    /// <summary>The number of the launch's first network.</summary>
    public readonly int First = first;

    /// <summary>The number of networks in this launch.</summary>
    public readonly int Count = count;

    /// <summary>The number of points per network.</summary>
    public readonly int Points = points;

    /// <summary>Floats of one network's arena.</summary>
    public readonly int ArenaLength = arenaLength;
}
