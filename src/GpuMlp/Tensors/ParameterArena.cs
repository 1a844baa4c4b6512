using GpuMlp.Devices;
using GpuMlp.Devices.Memory;

namespace GpuMlp.Tensors;

/// <summary>
/// All parameters of a network in one flat buffer, and their gradients in another of the same layout: an optimizer's step, a snapshot or
/// a checkpoint is one launch or one copy.
/// </summary>
public sealed class ParameterArena : IDisposable
{
    // groups (layers) start at multiples of this: ILGPU assumes views to be 256-byte aligned
    internal const int Alignment = 64;

    readonly DeviceBuffer values, gradients;

    /// <summary>Moves parameters in: group after group, a group's parameters one after the other. Padding is zero and stays zero.</summary>
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

    /// <summary>The buffer that holds these parameters and no others: the one they are in already, or a new one.</summary>
    /// <exception cref="ArgumentException">There are none, one is there twice, or they are on two devices.</exception>
    internal static ParameterArena Holding(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count == 0) throw new ArgumentException("there are no parameters to train", nameof(parameters));
        if (parameters.Distinct().Count() != parameters.Count) throw new ArgumentException("a parameter is there twice", nameof(parameters));
        if (parameters.Contains(null!)) throw new ArgumentException("a parameter is null", nameof(parameters));
        ComputeDevice device = parameters[0].Device;
        if (parameters.FirstOrDefault(p => p.Device != device) is Parameter other)
            throw new ArgumentException($"parameters are on {device.Description.Id} and on {other.Device.Description.Id}; make all on one device", nameof(parameters));
        using DeviceUse use = device.Use();
        return parameters[0].Arena is { Abandoned: false } arena && arena.Parameters.ToHashSet().SetEquals(parameters)
            ? arena : new ParameterArena(device, [.. parameters.Select(p => new[] { p })]);
    }

    /// <summary>The device that holds it.</summary>
    internal ComputeDevice Device { get; }

    /// <summary>How often the values were changed as a whole, by a step or from the host.</summary>
    internal int Version { get; set; }

    /// <summary>The parameters in it, in order.</summary>
    internal IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether a parameter has moved on into another buffer, so that this one no longer is the network.</summary>
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
