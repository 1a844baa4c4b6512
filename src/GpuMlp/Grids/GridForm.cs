namespace GpuMlp.Grids;

/// <summary>How a grid is evaluated.</summary>
public enum GridForm
{
    /// <summary>One hidden layer: strips of points whose hidden activations are never more than registers.</summary>
    Strips,

    /// <summary>Any depth up to eight, layers up to 256 wide: tiles of points whose activations stay in the nearest cache.</summary>
    Tiles,

    /// <summary>Any other network: layer by layer, in batches of points.</summary>
    Batches,

    /// <summary>One hidden layer of ReLU, on the host and on request only: rows from their breakpoints; the bits are not Forward's.</summary>
    Piecewise,
}
