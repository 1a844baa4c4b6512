using System.Text.Json.Serialization;

namespace GpuMlp.Records;

/// <summary>What a training run was asked for: every option that decides its outcome, under the option's name.</summary>
/// <remarks>A null stands for what the data decides: it has no such setting, or the value follows from it. Settings have setters because
/// generated JSON code would reset those that a file leaves out if they were init-only.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrainConfig
{
    /// <summary>A generated data set, or csv:FILE.</summary>
    public string Data { get; set; } = "moons";

    /// <summary>Rows to generate; null for a file.</summary>
    public int? Samples { get; set; }

    /// <summary>Standard deviation of the noise on each coordinate; null for data without any.</summary>
    public double? Noise { get; set; }

    /// <summary>Seed of all that is random.</summary>
    public ulong Seed { get; set; }

    /// <summary>philox or numpy.</summary>
    public string Rng { get; set; } = "philox";

    /// <summary>The label column of a file, by name or position; null for the last.</summary>
    public string? Label { get; set; }

    /// <summary>Whether features are shifted and scaled to mean 0 and deviation 1.</summary>
    public bool Standardize { get; set; }

    /// <summary>Widths of the network.</summary>
    public string Net { get; set; } = "2-50-1";

    /// <summary>The activation between linear layers.</summary>
    public string Activation { get; set; } = "relu";

    /// <summary>How weights begin.</summary>
    public string Init { get; set; } = "auto";

    /// <summary>What the drawn weights and biases are multiplied by.</summary>
    public float InitScale { get; set; } = 1;

    /// <summary>The loss.</summary>
    public string Loss { get; set; } = "bce";

    /// <summary>The optimizer.</summary>
    public string Optimizer { get; set; } = "sgd";

    /// <summary>The learning rate, before the schedule.</summary>
    public float Lr { get; set; } = 0.01f;

    /// <summary>Share of the velocity that stays; null for optimizers without momentum.</summary>
    public float? Momentum { get; set; }

    /// <summary>Weight decay; null for what the optimizer has of itself.</summary>
    public float? WeightDecay { get; set; }

    /// <summary>What is added to each gradient with the sign of its weight.</summary>
    public float L1 { get; set; }

    /// <summary>How the learning rate changes: constant, step or cosine.</summary>
    public string Schedule { get; set; } = "constant";

    /// <summary>Steps over which the learning rate grows to its full height.</summary>
    public int Warmup { get; set; }

    /// <summary>The norm that gradients are scaled down to; null leaves them.</summary>
    public float? Clip { get; set; }

    /// <summary>Number of steps.</summary>
    public int Steps { get; set; } = 10_000;

    /// <summary>Examples a step.</summary>
    public int Batch { get; set; } = 1;

    /// <summary>The engine.</summary>
    public string Engine { get; set; } = "auto";

    /// <summary>layers, or modules for the tutorial's second half.</summary>
    public string Api { get; set; } = "layers";

    /// <summary>A picture after every such step.</summary>
    public int SnapshotEvery { get; set; } = 250;

    /// <summary>plain or notebook.</summary>
    public string Style { get; set; } = "plain";

    /// <summary>What pictures show, x0:x1,y0:y1; null for what suits the data.</summary>
    public string? Window { get; set; }

    /// <summary>Whether pictures are left out.</summary>
    public bool NoPlots { get; set; }

    /// <summary>The device's name.</summary>
    public string Device { get; set; } = "auto";
}
