using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>One dense grid: a network, side × side points, and a device.</summary>
public sealed record GridCase(string Net, int Side, string Device, string? Absent = null) : IBenchCase
{
    /// <inheritdoc/>
    public long Work => (long)Side * Side;

    /// <inheritdoc/>
    public string Unit => "points";

    /// <summary>2-50-1 at 1024² and 4096², 2-64-64-1 at 2048², on every device; a single row for a device that is absent.</summary>
    internal static IEnumerable<GridCase> All()
    {
        foreach (DeviceDescription device in AbsentDevice.Devices)
        {
            if (device.IsAvailable)
                foreach ((string net, int side) in ((string, int)[])[("2-50-1", 1024), ("2-50-1", 4096), ("2-64-64-1", 2048)])
                    yield return new(net, BenchConfig.IsDry ? side / 64 : side, device.Id);
            else yield return new("2-50-1", 4096, device.Id, device.Excluded);
        }
    }

    /// <summary>The text of the table's row.</summary>
    public override string ToString() => Absent is null ? $"grid {Side}², {Net}, {Device}" : $"grid on {Device} (absent: {Absent})";
}
