namespace GpuMlp.Planning;

/// <summary>Kinds of work whose speeds on a device have little to do with each other.</summary>
public enum WorkKind
{
    /// <summary>Steps of one network by the fused engine: one thread group, whose steps wait for each other.</summary>
    Fused,

    /// <summary>Steps of one network layer by layer: launches, each spread over the whole device.</summary>
    Layers,

    /// <summary>Steps of many networks at once, one thread group per network.</summary>
    Population,

    /// <summary>Points of a dense grid.</summary>
    Grid,
}
