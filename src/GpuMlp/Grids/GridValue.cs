namespace GpuMlp.Grids;

/// <summary>What is evaluated at each point.</summary>
public enum GridValue
{
    /// <summary>σ of the logit.</summary>
    Probability,

    /// <summary>The output of the last linear layer.</summary>
    Logit,
}

/// <summary>Takes the next rows of a grid, float or byte; called in order, never twice at a time, on a thread of its own.</summary>
/// <param name="firstRow">Which row the values begin with.</param>
/// <param name="values">Whole rows, x fastest; they hold only until the call returns.</param>
public delegate void GridSink<T>(int firstRow, ReadOnlySpan<T> values);
