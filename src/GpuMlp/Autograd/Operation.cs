using GpuMlp.Devices.Memory;

namespace GpuMlp.Autograd;

/// <summary>
/// The operation that made a variable, kept for Backward. The file of each operation holds its forward, which makes one of these, and next
/// to it the derivative.
/// </summary>
abstract class Operation
{
    Variable? first, second;

    private protected Operation(Variable first, Variable? second = null)
    {
        (this.first, this.second) = (first, second);
        Rank = 1 + Math.Max(first.Rank, second?.Rank ?? 0);
    }

    /// <summary>A number greater than that of any operation before it.</summary>
    internal int Rank { get; }

    internal bool Freed => first is null;

    internal Variable First => first!;

    internal Variable? Second => second;

    /// <summary>The gradient of input 0 or 1, of that input's shape, from the result's gradient dy; it may be dy itself.</summary>
    private protected abstract DeviceSpan Derivative(int input, DeviceSpan dy);

    /// <summary>Passes the result's gradient on to the inputs that need one.</summary>
    internal virtual void Backward(DeviceSpan dy)
    {
        if (First.NeedsGradient) First.Accumulate(Derivative(0, dy));
        if (second is not null && second.NeedsGradient) second.Accumulate(Derivative(1, dy));
    }

    /// <summary>Drops the references to the inputs.</summary>
    internal void Free() => first = second = null;
}
