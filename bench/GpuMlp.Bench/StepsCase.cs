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

    /// <summary>
    /// Both nets, batches and engines on every device; a single row for a device that is absent, and one for ILGPU's CPU launcher.
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
