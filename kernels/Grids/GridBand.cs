namespace GpuMlp.Kernels.Grids;

/// <summary>A band of grid rows, and one network or many of the same shape to evaluate over it.</summary>
/// <param name="parameters">Parameter sets one after the other, each laid out as a network's arena.</param>
/// <param name="x">The grid's column coordinates.</param>
/// <param name="y">The band's row coordinates.</param>
/// <param name="results">sets × height × width values.</param>
/// <param name="width">Columns.</param>
/// <param name="height">Rows of the band.</param>
/// <param name="sets">Parameter sets.</param>
/// <param name="setLength">Floats from one set to the next.</param>
public readonly struct GridBand<TView>(TView parameters, TView x, TView y, TView results, int width, int height, int sets, int setLength)
    where TView : struct
{
    /// <summary>Parameter sets one after the other.</summary>
    public readonly TView Parameters = parameters;

    /// <summary>The column coordinates.</summary>
    public readonly TView X = x;

    /// <summary>The row coordinates.</summary>
    public readonly TView Y = y;

    /// <summary>Where the values go.</summary>
    public readonly TView Results = results;

    /// <summary>Columns.</summary>
    public readonly int Width = width;

    /// <summary>Rows.</summary>
    public readonly int Height = height;

    /// <summary>Parameter sets.</summary>
    public readonly int Sets = sets;

    /// <summary>Floats from one set to the next.</summary>
    public readonly int SetLength = setLength;
}
