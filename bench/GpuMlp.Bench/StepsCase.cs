using GpuMlp.Devices;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>One run of training steps: a network, a batch, an engine, a device.</summary>
public sealed record StepsCase(string Net, int Batch, EngineChoice Engine, string Device, int Steps, string? Absent = null) : IBenchCase
{
    /// <inheritdoc/>
    public long Work => Steps;

    /// <inheritdoc/>
    public string Unit => "steps";

    /// <summary>Both nets, batches and engines on every device; one row a device that is absent; ILGPU's CPU launcher once.</summary>
    internal static IEnumerable<StepsCase> All()
    {
        foreach (DeviceDescription device in AbsentDevice.Devices)
        {
            if (device.IsAvailable)
            {
                // a device other than the processor compiles for seconds a kernel, the same ones for every net: one net will do to see that all run
                bool oneNet = BenchConfig.IsDry && device.Kind != DeviceKind.Cpu;
                foreach (string net in oneNet ? ["2-50-1"] : (string[])["2-50-1", "2-64-64-1"])
                    foreach (int batch in (int[])[1, 32])
                        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Layers, EngineChoice.Fused])
                            yield return new(net, batch, engine, device.Id, Cut(engine == EngineChoice.Fused && batch == 1 ? 10_000 : 1_000));
            }
            else yield return new("2-50-1", 1, EngineChoice.Fused, device.Id, 10_000, device.Excluded);
        }
        yield return new("2-50-1", 1, EngineChoice.Fused, "cpu:ilgpu", Cut(200));
    }

    static int Cut(int steps) => BenchConfig.IsDry ? 20 : steps;

    /// <summary>What the table's row says.</summary>
    public override string ToString() => Absent is null
        ? $"{Steps:N0} steps, {Net}, batch {Batch}, {Engine.ToString().ToLowerInvariant()}, {Device}"
        : $"{Device} (absent: {Absent})";
}
