using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>A population of 2-50-1 networks, and a device.</summary>
public sealed record PopulationCase(int Networks, int Steps, string Device, string? Absent = null) : IBenchCase
{
    /// <inheritdoc/>
    public long Work => (long)Networks * Steps;

    /// <inheritdoc/>
    public string Unit => "steps";

    /// <summary>Both sizes on every device; a single row for a device that is absent.</summary>
    internal static IEnumerable<PopulationCase> All()
    {
        foreach (DeviceDescription device in AbsentDevice.Devices)
        {
            foreach (int networks in device.IsAvailable && !BenchConfig.IsDry ? (int[])[256, 4096] : [256])
                yield return new(networks, BenchConfig.IsDry ? 2 : 1_000, device.Id, device.Excluded);
        }
    }

    /// <summary>The text of the table's row.</summary>
    public override string ToString() => Absent is null
        ? $"{Networks:N0} networks × {Steps:N0} steps, 2-50-1, {Device}"
        : $"{Device} (absent: {Absent})";
}
