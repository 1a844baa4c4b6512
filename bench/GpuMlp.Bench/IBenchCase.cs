using BenchmarkDotNet.Running;
using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>A row's parameters: how much work one call of the body does, and on which device.</summary>
public interface IBenchCase
{
    /// <summary>What one call makes, for instance training steps.</summary>
    long Work { get; }

    /// <summary>What <see cref="Work"/> counts: "steps".</summary>
    string Unit { get; }

    /// <summary>Why this machine cannot run the row; null if it can.</summary>
    string? Absent { get; }
}

/// <summary>Rows of devices that this machine has not: they stand in the table as NA with the reason.</summary>
static class AbsentDevice
{
    /// <summary>
    /// Every device but ILGPU's CPU launcher, which is slow and has rows of its own, and the emulated card of the tests, whose times say nothing;
    /// listed once, since listing asks the drivers.
    /// </summary>
    internal static readonly IReadOnlyList<DeviceDescription> Devices =
        [.. ComputeDevice.List().Where(d => d.Kind != DeviceKind.CpuIlgpu && !d.Name.Contains("emulated", StringComparison.Ordinal))];

    internal static string? Of(BenchmarkCase benchmark) => CaseOf(benchmark)?.Absent;

    internal static IBenchCase? CaseOf(BenchmarkCase benchmark) => benchmark.Parameters.Items.Select(p => p.Value).OfType<IBenchCase>().FirstOrDefault();

    /// <summary>Ends a row's set-up where the device is absent.</summary>
    internal static void Refuse(IBenchCase row)
    {
        if (row.Absent is string reason) throw new PlatformNotSupportedException($"no such device here: {reason}");
    }
}
