namespace GpuMlp.Grids;

/// <summary>How a grid is evaluated.</summary>
public enum GridForm
{
    /// <summary>For one hidden layer: hidden activations stay in registers.</summary>
    Registers,

    /// <summary>For up to eight layers of up to 256 units: some points at a time, whose activations stay in the nearest cache.</summary>
    Tiles,

    /// <summary>For any other network: layer by layer, in batches of points.</summary>
    Batches,

    /// <summary>
    /// For one hidden layer of ReLU, on the host and on request only: row by row, from breakpoint to breakpoint. The bits differ from
    /// Forward's.
    /// </summary>
    Piecewise,
}
