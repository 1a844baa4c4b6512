using BenchmarkDotNet.Running;
using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>The parameters of a row: how much work one call of the body does, and on which device.</summary>
public interface IBenchCase
{
    /// <summary>The work of one call, for instance a number of training steps.</summary>
    long Work { get; }

    /// <summary>The unit of <see cref="Work"/>, for instance "steps".</summary>
    string Unit { get; }

    /// <summary>Why this machine cannot run the row; null if it can.</summary>
    string? Absent { get; }
}

/// <summary>Rows for devices that this machine does not have: the table shows them as NA, with the reason.</summary>
static class AbsentDevice
{
    /// <summary>
    /// Every device except ILGPU's CPU launcher (it is slow and has its own rows) and the tests' emulated card (its times mean nothing).
    /// Listed once, since listing asks the drivers.
    /// </summary>
    internal static readonly IReadOnlyList<DeviceDescription> Devices =
        [.. ComputeDevice.List().Where(d => d.Kind != DeviceKind.CpuIlgpu && !d.Name.Contains("emulated", StringComparison.Ordinal))];

    internal static string? Of(BenchmarkCase benchmark) => CaseOf(benchmark)?.Absent;

    internal static IBenchCase? CaseOf(BenchmarkCase benchmark) =>
        benchmark.Parameters.Items.Select(p => p.Value).OfType<IBenchCase>().FirstOrDefault();

    /// <summary>Ends the set-up of a row whose device is absent.</summary>
    /// <exception cref="PlatformNotSupportedException">The device is absent.</exception>
    internal static void Refuse(IBenchCase row)
    {
        if (row.Absent is string reason) throw new PlatformNotSupportedException($"no such device here: {reason}");
    }
}
