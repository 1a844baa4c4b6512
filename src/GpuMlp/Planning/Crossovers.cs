using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Planning;

/// <summary>From which sizes the devices of this machine are faster than the CPU at a recipe's jobs.</summary>
/// <param name="Found">One per device and size that grows, of devices that were measured.</param>
/// <param name="NotMeasured">Devices that bench has not measured here; the CPU among them, then nothing can be compared.</param>
public sealed record Crossovers(IReadOnlyList<Crossover> Found, IReadOnlyList<DeviceDescription> NotMeasured)
{
    const int WidestLayer = 4096, LargestBatch = 16_384, MostNetworks = 4096, LargestSide = 16_384;

    /// <summary>
    /// Finds them by the times of whole jobs, from opening a device to the last result: the recipe with hidden layers of another width,
    /// with another batch, as a population of several seeds, and its network on a square grid.
    /// </summary>
    /// <exception cref="ArgumentException">The recipe has no Net, or a number in it is out of its range.</exception>
    public static Crossovers Of(Recipe recipe) => Of(recipe, Measurements.Load(Measurements.DefaultFile), ComputeDevice.List());

    internal static Crossovers Of(Recipe recipe, Measurements measured, IReadOnlyList<DeviceDescription> devices)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Validate();
        DeviceDescription[] there = [.. devices.Where(device => device.IsAvailable && device.Kind != DeviceKind.CpuIlgpu)];
        DeviceDescription[] missing = [.. there.Where(device => measured.Of(device) is null)];
        if (measured.Of(DeviceDescription.Processor) is not DeviceRates cpu) return new([], missing);
        var found = new List<Crossover>();
        foreach (DeviceDescription device in there.Except(missing).Where(device => device.Kind != DeviceKind.Cpu))
        {
            foreach ((string of, int largest, Func<int, Work> job) in Growing(recipe))
                found.Add(Find(device, measured.Of(device)!, cpu, of, largest, job));
        }
        return new(found, missing);
    }

    static IEnumerable<(string Of, int Largest, Func<int, Work> Job)> Growing(Recipe recipe)
    {
        NetworkSpec net = recipe.Spec;
        if (net.Depth > 1)
        {
            IEnumerable<int> Hidden(int width) => Enumerable.Repeat(width, net.Depth - 1);
            yield return ("hidden width", WidestLayer, width => Work.OfTraining(
                recipe with { Net = net with { Widths = [net.Widths[0], .. Hidden(width), net.Widths[^1]] } }));
        }
        yield return ("batch", LargestBatch, batch => Work.OfTraining(recipe with { Batch = batch }));
        yield return ("networks", MostNetworks, networks => Work.OfPopulation([.. Enumerable.Repeat(recipe, networks)]));
        yield return ("grid side", LargestSide, side => Work.OfGrid(net, (double)side * side));
    }

    // from the largest size downwards, as long as the device is faster
    static Crossover Find(DeviceDescription device, DeviceRates rates, DeviceRates cpu, string of, int largest, Func<int, Work> job)
    {
        int? from = null;
        bool beyond = false;
        for (int size = largest; size >= 1; size /= 2)
        {
            Work onDevice = job(size).On(device), onCpu = job(size).On(DeviceDescription.Processor);
            if (!rates.Kinds.ContainsKey(onDevice.Kind) || !cpu.Kinds.ContainsKey(onCpu.Kind)) return new(device, of, null, 0, false);
            bool isFaster = rates.Seconds([onDevice]) < cpu.Seconds([onCpu]);
            if (size == largest || isFaster) beyond = IsBeyond(rates, onDevice) || IsBeyond(cpu, onCpu);
            if (!isFaster) break;
            from = size;
        }
        return new(device, of, from, largest, beyond);
    }

    static bool IsBeyond(DeviceRates rates, Work work) => work.Operations / work.Stages > rates.Kinds[work.Kind].Sizes[^1].Operations;
}
