using GpuMlp.Devices;
using GpuMlp.Devices.Memory;

namespace GpuMlp.Tensors;

/// <summary>
/// All parameters of a network in one flat buffer, and their gradients in another of the same layout. So an optimizer's step is one launch,
/// and a snapshot or a checkpoint is one copy.
/// </summary>
public sealed class ParameterArena : IDisposable
{
    // groups (layers) start at multiples of this many floats, because ILGPU assumes that views are 256-byte aligned
    internal const int Alignment = 64;

    readonly DeviceBuffer values, gradients;

    /// <summary>Moves parameters into a new buffer, group after group. The padding between groups is zero and stays zero.</summary>
    internal ParameterArena(ComputeDevice device, IReadOnlyList<IReadOnlyList<Parameter>> groups)
    {
        long length = groups.Sum(group => Align(group.Sum(p => (long)p.Length)));
        (Device, Parameters) = (device, [.. groups.SelectMany(group => group)]);
        values = device.Allocate(length, "the parameters together");
        gradients = device.Allocate(values.Length);
        int start = 0;
        foreach (var group in groups)
        {
            int at = start;
            foreach (Parameter parameter in group)
            {
                parameter.MoveTo(this, values.All.Slice(at, parameter.Length), gradients.All.Slice(at, parameter.Length));
                at += parameter.Length;
            }
            start = (int)Align(at);
        }
    }

    /// <summary>The buffer that holds exactly these parameters: the one that they are in already, or a new one.</summary>
    /// <exception cref="ArgumentException">There are no parameters, one is null or listed twice, or they are on two devices.</exception>
    internal static ParameterArena Holding(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count == 0) throw new ArgumentException("there are no parameters to train", nameof(parameters));
        if (parameters.Distinct().Count() != parameters.Count)
            throw new ArgumentException("a parameter is there twice", nameof(parameters));
        if (parameters.Contains(null!)) throw new ArgumentException("a parameter is null", nameof(parameters));
        ComputeDevice device = parameters[0].Device;
        if (parameters.FirstOrDefault(p => p.Device != device) is Parameter other)
            throw new ArgumentException(
                $"parameters are on {device.Description.Id} and on {other.Device.Description.Id}; make all on one device",
                nameof(parameters));
        using DeviceUse use = device.Use();
        return parameters[0].Arena is { Abandoned: false } arena && arena.Parameters.ToHashSet().SetEquals(parameters)
            ? arena : new ParameterArena(device, [.. parameters.Select(p => new[] { p })]);
    }

    /// <summary>The device that holds the buffer.</summary>
    internal ComputeDevice Device { get; }

    /// <summary>How often all values were changed together, by a step or from the host.</summary>
    internal int Version { get; set; }

    /// <summary>The parameters in it, in order.</summary>
    internal IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether a parameter was moved to another buffer since, so that this buffer no longer holds the network.</summary>
    internal bool Abandoned { get; private set; }

    internal void Abandon() => Abandoned = true;

    internal static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>Floats in the buffer, padding included.</summary>
    public int Length => values.Length;

    internal DeviceSpan Values => values.All;

    internal DeviceSpan Gradients => gradients.All;

    /// <summary>Frees both buffers.</summary>
    public void Dispose()
    {
        values.Dispose();
        gradients.Dispose();
    }
}
