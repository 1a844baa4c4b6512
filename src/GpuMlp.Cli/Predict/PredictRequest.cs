using GpuMlp.Records;
using GpuMlp.Tables;

namespace GpuMlp.Cli.Predict;

/// <summary>What the options said.</summary>
/// <param name="Model">The model's file.</param>
/// <param name="Hints">What its file does not say.</param>
/// <param name="Data">The file of rows.</param>
/// <param name="Reading">How it holds them.</param>
/// <param name="Device">The device.</param>
sealed record PredictRequest(string Model, ModelHints Hints, string? Data, TableReadOptions Reading, string Device)
{
    /// <summary>The file of predictions; null for none.</summary>
    public string? Out { get; init; }

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether predictions are compared with labels.</summary>
    public bool Metrics { get; init; }
}
