namespace GpuMlp.Grids;

/// <summary>What is evaluated at each point.</summary>
public enum GridValue
{
    /// <summary>σ of the logit.</summary>
    Probability,

    /// <summary>The output of the last linear layer.</summary>
    Logit,
}

/// <summary>
/// Takes the next rows of a grid, as floats or bytes. It is called for the rows in order, never twice at the same time, on a thread other
/// than the one that computes.
/// </summary>
/// <param name="firstRow">The row that the values begin with.</param>
/// <param name="values">Whole rows, x fastest; they are valid only until the call returns.</param>
public delegate void GridSink<T>(int firstRow, ReadOnlySpan<T> values);
