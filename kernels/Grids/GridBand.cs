namespace GpuMlp.Kernels.Grids;

/// <summary>A band of grid rows, and the parameters of one network or of many networks of one shape to evaluate over it.</summary>
/// <param name="parameters">Parameter sets one after the other, each in the layout of a network's arena.</param>
/// <param name="x">The grid's column coordinates, (width).</param>
/// <param name="y">The band's row coordinates, (height).</param>
/// <param name="results">The results, (sets, height, width).</param>
/// <param name="width">Columns of the grid.</param>
/// <param name="height">Rows of the band.</param>
/// <param name="sets">Number of parameter sets.</param>
/// <param name="setLength">Floats from one parameter set to the next.</param>
public readonly struct GridBand<TView>(TView parameters, TView x, TView y, TView results, int width, int height, int sets, int setLength)
    where TView : struct
{
    /// <summary>Parameter sets one after the other, each in the layout of a network's arena.</summary>
    public readonly TView Parameters = parameters;

    /// <summary>The column coordinates, (Width).</summary>
    public readonly TView X = x;

    /// <summary>The row coordinates, (Height).</summary>
    public readonly TView Y = y;

    /// <summary>The results, (Sets, Height, Width).</summary>
    public readonly TView Results = results;

    /// <summary>Columns of the grid.</summary>
    public readonly int Width = width;

    /// <summary>Rows of the band.</summary>
    public readonly int Height = height;

    /// <summary>Number of parameter sets.</summary>
    public readonly int Sets = sets;

    /// <summary>Floats from one parameter set to the next.</summary>
    public readonly int SetLength = setLength;
}
