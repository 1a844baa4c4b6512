using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;

namespace GpuMlp.Autograd;

// backward: from a result to the parameters
public sealed partial class Variable
{
    [ThreadStatic]
    static List<Variable>? reachedNow;

    /// <summary>
    /// Adds the gradient of this variable to that of every parameter that it was computed from (and every variable with wantsGradient), and
    /// frees what was kept for that.
    /// </summary>
    /// <param name="gradient">dL/dthis, of this variable's shape; by default 1, for a 1 × 1 variable only.</param>
    /// <exception cref="InvalidOperationException">
    /// The variable is not 1 × 1 and no gradient was given; it does not depend on a parameter; an earlier Backward has freed what this one
    /// needs; or a parameter that this needs was changed since Forward.
    /// </exception>
    public void Backward(Variable? gradient = null)
    {
        if (!NeedsGradient)
            throw new InvalidOperationException(
                $"Backward: this variable ({Shape}) was not computed from a parameter, so there is nothing to differentiate by");
        if (gradient is null && Length != 1)
            throw new InvalidOperationException(
                $"Backward: this variable is {Shape}; take its Sum() or Mean() first, or hand Backward a gradient {Shape}");
        if (gradient is not null) RequireSame(gradient);
        using DeviceUse use = Device.Use();
        List<Variable> order = reachedNow ??= [];
        try
        {
            Reach(order);
            Accumulate(gradient is null ? Device.Pool.One : gradient.Span);
            foreach (Variable variable in order) variable.HandOn();
        }
        finally
        {
            foreach (Variable variable in order) variable.reached = false;
            order.Clear();
        }
    }

    void RequireSame(Variable gradient)
    {
        if (gradient.Device != Device) throw MixedDevices("Backward", this, gradient);
        if (gradient.Rows != Rows || gradient.Columns != Columns)
            throw new ArgumentException(
                $"Backward: this variable is {Shape}, its gradient has to be, got {gradient.Shape}", nameof(gradient));
    }

    // collects all variables that operations made, results before their inputs
    void Reach(List<Variable> order)
    {
        Reach(this, order);
        for (int k = 0; k < order.Count; k++)
        {
            Operation operation = order[k].madeBy!;
            if (operation.Freed)
                throw new InvalidOperationException(
                    "Backward: an earlier Backward has freed what this variable was computed from; run Forward again");
            Reach(operation.First, order);
            if (operation.Second is Variable second) Reach(second, order);
        }
        bool sorted = true;
        for (int k = 1; k < order.Count && sorted; k++) sorted = order[k].Rank <= order[k - 1].Rank;
        if (!sorted) order.Sort(static (a, b) => b.Rank.CompareTo(a.Rank));
    }

    static void Reach(Variable variable, List<Variable> order)
    {
        if (variable.reached || variable.madeBy is null) return;
        variable.reached = true;
        variable.gradient = default;
        order.Add(variable);
    }

    void HandOn()
    {
        madeBy!.Backward(gradient);
        madeBy.Free();
        gradient = default;
    }

    /// <summary>Adds the gradient that comes from one use of this variable.</summary>
    internal void Accumulate(DeviceSpan part)
    {
        if (parameter is not null) parameter.AddGradient(part);
        else if (gradient.Buffer is null && !wantsGradient) gradient = part;
        else if (gradient.Buffer is null)
        {
            gradient = Device.Pool.Take(Length);                   // a new one, since other variables may share the part
            Device.Copy(part, gradient);
        }
        else
        {
            DeviceSpan sum = Device.Pool.Take(Length);
            Device.AddTo(gradient, part, sum);
            gradient = sum;
        }
    }

    internal static InvalidOperationException ChangedSince(string name) =>
        new($"Backward: {name}'s parameters were changed after the Forward that this goes back through; "
            + "call Backward before the optimizer's Step");

    internal static ArgumentException MixedDevices(string name, Variable a, Variable b) =>
        new($"{name}: one operand is on {a.Device.Description.Id}, the other on {b.Device.Description.Id}; "
            + "make both on one device, as with Variable.From(device, …)");
}
