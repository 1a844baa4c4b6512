using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuMlp.Cli.Bench;

/// <summary>What bench measured; --json prints it.</summary>
/// <param name="SchemaVersion">The version of this record's format.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Quick">Whether --quick was given.</param>
/// <param name="Rows">One row per job and device; a row may say what was left out, and why.</param>
/// <param name="Crossovers">From which size a device beats the CPU, both layer by layer.</param>
/// <param name="Seconds">The duration of the whole measurement.</param>
sealed record BenchReport(int SchemaVersion, string Version, bool Quick, BenchRow[] Rows, BenchCrossover[] Crossovers, double Seconds)
{
    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchReport);
}

/// <summary>One job on one device.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Name">The device's name.</param>
/// <param name="Job">The job; null where the whole device was left out.</param>
/// <param name="Engine">The engine of a training job; null for other jobs.</param>
/// <param name="FirstSeconds">The duration of the first execution, which compiles.</param>
/// <param name="MedianSeconds">The median duration of later executions; each lasts until all results are in host memory.</param>
/// <param name="PerSecond">Work per second, by the median.</param>
/// <param name="Unit">The unit of work: steps or points.</param>
/// <param name="TimesCpu">How many times as fast as the CPU at the same job with the same engine.</param>
/// <param name="LeftOut">Why nothing was measured; null if something was.</param>
/// <param name="Failed">Whether the device is there and failed.</param>
sealed record BenchRow(
    string Device, string Name, string? Job = null, string? Engine = null, double? FirstSeconds = null, double? MedianSeconds = null,
    double? PerSecond = null, string? Unit = null, double? TimesCpu = null, string? LeftOut = null, bool Failed = false);

/// <summary>From which size a device beats the CPU layer by layer.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Of">The size that was varied: hidden width or batch.</param>
/// <param name="Other">The sizes that were fixed.</param>
/// <param name="From">The smallest size at which the device was faster; null if none was.</param>
/// <param name="UpTo">The largest size that was tried; 0 if no time was left.</param>
sealed record BenchCrossover(string Device, string Of, string Other, int? From, int UpTo);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BenchReport))]
sealed partial class BenchJson : JsonSerializerContext;
