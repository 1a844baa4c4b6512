using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>What a model's file may not say, because another program wrote it.</summary>
public sealed record ModelHints
{
    /// <summary>No hints: the file says everything.</summary>
    public static ModelHints None { get; } = new();

    /// <summary>The activation between its linear layers; null where the file says it.</summary>
    public Activation? Activation { get; init; }

    /// <summary>The loss that it was trained by, which decides what its output is; null where the file says it.</summary>
    public Loss? Loss { get; init; }

    /// <summary>Whether weights that are not finite are taken as they are.</summary>
    public bool AllowNonfinite { get; init; }
}
