using GpuMlp.Devices;

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
        int length = 0;
        foreach (var group in groups) length += Align(group.Sum(p => p.Length));
        values = device.Allocate(length);
        gradients = device.Allocate(length);
        int start = 0;
        foreach (var group in groups)
        {
            int at = start;
            foreach (Parameter parameter in group)
            {
                parameter.MoveTo(values.All.Slice(at, parameter.Length), gradients.All.Slice(at, parameter.Length));
                at += parameter.Length;
            }
            start += Align(group.Sum(p => p.Length));
        }
    }

    internal static int Align(int length) => (length + Alignment - 1) / Alignment * Alignment;

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
