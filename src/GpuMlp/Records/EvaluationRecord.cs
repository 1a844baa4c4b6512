using System.Text.Json;

namespace GpuMlp.Records;

/// <summary>How well a model does on the rows of a file.</summary>
/// <param name="SchemaVersion">The version of this form.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Metrics">How well it does; the baseline is that of these rows.</param>
public sealed record EvaluationRecord(int SchemaVersion, string Version, RowMetrics Metrics)
{
    /// <summary>The record as JSON text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.EvaluationRecord);
}
