using System.Globalization;
using GpuMlp.Devices;

namespace GpuMlp.Planning;

/// <summary>What a job is expected to take on a device.</summary>
/// <param name="Device">The device.</param>
/// <param name="Seconds">From opening it to the last result, compiling included; not reading data, drawing, writing files.</param>
/// <param name="Measured">
/// Whether that follows, for the most part, from measurements of this machine; else from what such devices usually do.
/// </param>
public sealed record Forecast(DeviceDescription Device, double Seconds, bool Measured);

/// <summary>What a job is best done on.</summary>
/// <param name="Order">The devices to try, one after the other; the last is the CPU.</param>
/// <param name="Why">The reason for the first of them.</param>
/// <param name="Forecasts">What the job is expected to take on each device that was considered.</param>
public sealed record DeviceChoice(IReadOnlyList<DeviceDescription> Order, string Why, IReadOnlyList<Forecast> Forecasts);

/// <summary>Chooses a device by the work at hand.</summary>
public static class Planner
{
    // opening a GPU's driver and compiling for it takes as long
    const double Short = 0.5;

    // estimates of a device that was never measured are rough
    const double Margin = 2;

    /// <summary>What a job is best done on: the CPU alone where it is short, so that no other driver is even looked for.</summary>
    /// <exception cref="ArgumentException">There is no work.</exception>
    public static DeviceChoice Choose(IReadOnlyList<Work> job) =>
        Choose(job, Measurements.Load(Measurements.DefaultFile), ComputeDevice.List);

    /// <summary>What a job is expected to take on every device of this machine.</summary>
    /// <exception cref="ArgumentException">There is no work.</exception>
    public static DeviceChoice Compare(IReadOnlyList<Work> job)
    {
        Measurements measured = Measurements.Load(Measurements.DefaultFile);
        IReadOnlyList<DeviceDescription> devices = ComputeDevice.List();
        return Choose(job, measured, () => devices) with { Forecasts = Forecasts(job, measured, devices) };
    }

    internal static DeviceChoice Choose(IReadOnlyList<Work> job, Measurements measured, Func<IReadOnlyList<DeviceDescription>> list)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Count == 0 || job.Contains(null!)) throw new ArgumentException("a job has work in it", nameof(job));
        Forecast cpu = Of(job, measured, DeviceDescription.Processor);
        if (cpu.Seconds < Short)
            return new DeviceChoice([cpu.Device], $"{Text(cpu.Seconds)} of work, for which opening another device does not pay", [cpu]);
        Forecast[] others = [.. Forecasts(job, measured, list()).Where(other => other.Device.Kind is DeviceKind.Cuda or DeviceKind.OpenCL)];
        Forecast[] candidates = [.. others.Where(other => other.Device.IsGpu || other.Measured)];
        if (candidates.Length == 0) return new DeviceChoice([cpu.Device], "there is no GPU", [cpu, .. others]);
        bool Beats(Forecast other) => other.Seconds * (other.Measured && cpu.Measured ? 1 : Margin) < cpu.Seconds;
        Forecast[] better = [.. candidates.Where(Beats).OrderBy(other => other.Seconds)];
        Forecast rival = better.Length > 0 ? better[0] : candidates.MinBy(other => other.Seconds)!;
        return new DeviceChoice([.. better.Select(other => other.Device), cpu.Device], Reason(job, measured, rival, cpu), [cpu, .. others]);
    }

    static Forecast[] Forecasts(IReadOnlyList<Work> job, Measurements measured, IReadOnlyList<DeviceDescription> devices) =>
        [.. devices.Where(device => device.IsAvailable).Select(device => Of(job, measured, device))];

    // bench may have been ended before it had measured every kind of work
    static Forecast Of(IReadOnlyList<Work> job, Measurements measured, DeviceDescription device)
    {
        Work[] there = [.. job.Select(work => work.On(device))];
        DeviceRates estimates = Estimates.Of(device);
        return measured.Of(device) is DeviceRates rates
            ? new Forecast(device, rates.Or(estimates).Seconds(there), rates.Kinds.ContainsKey(Main(there).Kind))
            : new Forecast(device, estimates.Seconds(there), false);
    }

    // the work that most of the time goes to
    static Work Main(IReadOnlyList<Work> job)
    {
        DeviceRates cpu = Estimates.Of(DeviceDescription.Processor);
        return job.MaxBy(work => work.Items * cpu.PerItem(work))!;
    }

    static string Reason(IReadOnlyList<Work> job, Measurements measured, Forecast rival, Forecast cpu)
    {
        if (rival.Measured && cpu.Measured)
        {
            Work main = Main(job);
            string Each(Forecast forecast) => Text(measured.Of(forecast.Device)!.PerItem(main.On(forecast.Device)));
            return $"measured here: {rival.Device.Id} {Each(rival)} per {Item(main.Kind)}, cpu {Each(cpu)}";
        }
        return $"estimated: {rival.Device.Id} {Text(rival.Seconds)}, cpu {Text(cpu.Seconds)}; gpumlp bench measures";
    }

    static string Item(WorkKind kind) => kind switch
    {
        WorkKind.Grid => "point",
        WorkKind.Fused or WorkKind.Layers or WorkKind.Population => "step",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of work"),
    };

    // two digits are more than a forecast is good for
    static string Text(double seconds)
    {
        (double size, string unit) =
            seconds >= 1 ? (1, "s") : seconds >= 1e-3 ? (1e-3, "ms") : seconds >= 1e-6 ? (1e-6, "µs") : (1e-9, "ns");
        double scaled = seconds / size;
        return $"{scaled.ToString(scaled < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture)} {unit}";
    }
}
