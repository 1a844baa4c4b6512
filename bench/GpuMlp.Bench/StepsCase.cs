using GpuMlp.Devices;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>One training: a network, a batch, an engine, and a device.</summary>
public sealed record StepsCase(string Net, int Batch, EngineChoice Engine, string Device, int Steps, string? Absent = null) : IBenchCase
{
    /// <inheritdoc/>
    public long Work => Steps;

    /// <inheritdoc/>
    public string Unit => "steps";

    /// <summary>Networks whose steps are matrix products, with the engine and the batch that people train them with.</summary>
    static readonly (string Net, int Batch, EngineChoice Engine, int Steps)[] wide =
    [
        ("2-256-256-256-1", 4096, EngineChoice.Layers, 10), ("2-1024-1024-1024-1", 1024, EngineChoice.Layers, 5),
        ("2-256-256-1", 32, EngineChoice.Layers, 500), ("2-256-256-1", 32, EngineChoice.Fused, 500),
    ];

    /// <summary>
    /// Two small nets with both batches and engines, and wide nets, on every device; a single row for a device that is absent, and one for
    /// ILGPU's CPU launcher.
    /// </summary>
    internal static IEnumerable<StepsCase> All()
    {
        foreach (DeviceDescription device in AbsentDevice.Devices)
        {
            if (device.IsAvailable)
            {
                // devices other than the processor compile for seconds per kernel, the same kernels for every net: a dry run needs one net
                bool oneNet = BenchConfig.IsDry && device.Kind != DeviceKind.Cpu;
                foreach (string net in oneNet ? ["2-50-1"] : (string[])["2-50-1", "2-64-64-1"])
                    foreach (int batch in (int[])[1, 32])
                        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Layers, EngineChoice.Fused])
                        {
                            int steps = engine == EngineChoice.Fused && batch == 1 ? 10_000 : 1_000;
                            yield return new(net, batch, engine, device.Id, Cut(steps));
                        }
                if (oneNet) continue;
                foreach ((string net, int batch, EngineChoice engine, int steps) in wide)
                    yield return new(net, batch, engine, device.Id, BenchConfig.IsDry ? 1 : steps);
            }
            else yield return new("2-50-1", 1, EngineChoice.Fused, device.Id, 10_000, device.Excluded);
        }
        yield return new("2-50-1", 1, EngineChoice.Fused, "cpu:ilgpu", Cut(200));
    }

    static int Cut(int steps) => BenchConfig.IsDry ? 20 : steps;

    /// <summary>The text of the table's row.</summary>
    public override string ToString() => Absent is null
        ? $"{Steps:N0} steps, {Net}, batch {Batch}, {Engine.ToString().ToLowerInvariant()}, {Device}"
        : $"{Device} (absent: {Absent})";
}
