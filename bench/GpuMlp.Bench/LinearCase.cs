using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>The products of one linear layer: n rows, i inputs, o outputs, on a device.</summary>
public sealed record LinearCase(int N, int I, int O, string Device, string? Absent = null) : IBenchCase
{
    static readonly (int N, int I, int O)[] shapes =
        [(64, 64, 64), (256, 256, 256), (1024, 1024, 1024), (4096, 2, 256), (4096, 256, 256), (256, 4096, 256), (1, 50, 1)];

    /// <summary>Float operations of one product: a multiply-add is two.</summary>
    public long Work => 2L * N * I * O;

    /// <inheritdoc/>
    public string Unit => "flop";

    /// <summary>Square layers and the layers of wide networks, on every device; a single row for a device that is absent.</summary>
    internal static IEnumerable<LinearCase> All()
    {
        foreach (DeviceDescription device in AbsentDevice.Devices)
        {
            if (device.IsAvailable)
                foreach ((int n, int i, int o) in BenchConfig.IsDry ? [(64, 64, 64)] : shapes) yield return new(n, i, o, device.Id);
            else yield return new(1024, 1024, 1024, device.Id, device.Excluded);
        }
    }

    /// <summary>The text of the table's row.</summary>
    public override string ToString() => Absent is null ? $"linear {N}×{I}→{O}, {Device}" : $"linear on {Device} (absent: {Absent})";
}
