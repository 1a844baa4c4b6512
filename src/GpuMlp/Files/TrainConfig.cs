using System.Text.Json.Serialization;

namespace GpuMlp.Files;

/// <summary>What a training run was asked for: every option that decides its outcome, under the option's name.</summary>
/// <remarks>A null stands for what the data decides: it has no such setting, or the value follows from it.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrainConfig
{
    /// <summary>A generated data set, or csv:FILE.</summary>
    public string Data { get; init; } = "moons";

    /// <summary>Rows to generate; null for a file.</summary>
    public int? Samples { get; init; }

    /// <summary>Standard deviation of the noise on each coordinate; null for data without any.</summary>
    public double? Noise { get; init; }

    /// <summary>Seed of all that is random.</summary>
    public ulong Seed { get; init; }

    /// <summary>philox or numpy.</summary>
    public string Rng { get; init; } = "philox";

    /// <summary>The label column of a file, by name or position; null for the last.</summary>
    public string? Label { get; init; }

    /// <summary>Whether features are shifted and scaled to mean 0 and deviation 1.</summary>
    public bool Standardize { get; init; }

    /// <summary>Widths of the network.</summary>
    public string Net { get; init; } = "2-50-1";

    /// <summary>The activation between linear layers.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>How weights begin.</summary>
    public string Init { get; init; } = "auto";

    /// <summary>What the drawn weights and biases are multiplied by.</summary>
    public float InitScale { get; init; } = 1;

    /// <summary>The loss.</summary>
    public string Loss { get; init; } = "bce";

    /// <summary>The learning rate.</summary>
    public float Lr { get; init; } = 0.01f;

    /// <summary>Number of steps.</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Examples a step.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The engine.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>A picture after every such step.</summary>
    public int SnapshotEvery { get; init; } = 250;

    /// <summary>plain or notebook.</summary>
    public string Style { get; init; } = "plain";

    /// <summary>What pictures show, x0:x1,y0:y1; null for what suits the data.</summary>
    public string? Window { get; init; }

    /// <summary>Whether pictures are left out.</summary>
    public bool NoPlots { get; init; }

    /// <summary>The device's name.</summary>
    public string Device { get; init; } = "auto";
}
