using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>
/// An optimizer of your own: how a step moves the values of a parameter, in plain C# on spans of the host's memory. It goes into
/// <see cref="OptimizerSpec.Own"/>, from where optimizers by hand and trainers take it.
/// </summary>
/// <remarks>
/// One object may serve many networks: what is kept from step to step is in the state that it is given, and goes where theirs goes, as into
/// checkpoints. Networks train with it layer by layer, and all parameters are copied to the host and back at each step, so on a GPU it
/// is slow.
/// </remarks>
/// <example>
/// <code>
/// sealed class SignDescent : HostUpdateRule
/// {
///     protected override void Update(
///         Span&lt;float&gt; values, ReadOnlySpan&lt;float&gt; gradients, Span&lt;float&gt; state, float learningRate, int step)
///     {
///         for (int i = 0; i &lt; values.Length; i++) values[i] -= learningRate * MathF.Sign(gradients[i]);
///     }
/// }
///
/// using Optimizer optimizer = new OptimizerSpec { Own = new SignDescent(), LearningRate = 0.001f }.Build(network.Parameters());
/// </code>
/// </example>
public abstract class HostUpdateRule
{
    /// <summary>The rule's name in messages; by default the name of its class.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// How many numbers of state each value of a parameter has: 1 for a velocity, 2 for Adam's two means; by default none.
    /// </summary>
    public virtual int States => 0;

    /// <summary>Moves the values of one parameter.</summary>
    /// <param name="values">The values, row after row.</param>
    /// <param name="gradients">The derivatives of the loss with respect to them, clipped if the optimizer clips.</param>
    /// <param name="state">
    /// What is kept for them from step to step: <see cref="States"/> stretches as long as <paramref name="values"/>, 0 before the first.
    /// </param>
    /// <param name="learningRate">The learning rate of this step, the schedule's factor included.</param>
    /// <param name="step">The number of the step, from 0.</param>
    protected internal abstract void Update(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> state, float learningRate, int step);

    /// <summary>The rule as a row such as those of the table of optimizers.</summary>
    internal UpdateRule Row => new HostRow(this);

    sealed class HostRow : UpdateRule
    {
        readonly HostUpdateRule own;

        internal HostRow(HostUpdateRule own) : base(OptimizerKind.Sgd, own.Name, _ => default)
        {
            this.own = own;
            States = own.States >= 0 ? own.States
                : throw new ArgumentOutOfRangeException(
                    nameof(own), own.States, $"{own.Name}.States is how many numbers a value has, 0 or more");
        }

        internal override void Step(ParameterArena arena, DeviceSpan states, in OptimizerNumbers run, in StepNumbers step, int number)
        {
            ComputeDevice device = arena.Device;
            var (values, gradients, state) = (new float[arena.Length], new float[arena.Length], new float[states.Length]);
            device.CopyToHost(arena.Values, values);
            device.CopyToHost(arena.Gradients, gradients);
            device.CopyToHost(states, state);
            foreach (Parameter parameter in arena.Parameters)
            {
                (int at, int length) = (parameter.Value.Span.Offset, parameter.Length);
                var kept = new float[States * length];             // the stretches of this parameter, one after the other
                for (int k = 0; k < States; k++) state.AsSpan(k * arena.Length + at, length).CopyTo(kept.AsSpan(k * length));
                own.Update(values.AsSpan(at, length), gradients.AsSpan(at, length), kept, step.Rate, number);
                for (int k = 0; k < States; k++) kept.AsSpan(k * length, length).CopyTo(state.AsSpan(k * arena.Length + at));
            }
            device.CopyToDevice(values, arena.Values);
            device.CopyToDevice(state, states);
        }

        internal override TResult Use<TResult>(IUpdateRuleUser<TResult> user) =>
            throw new InvalidOperationException($"no kernel knows {Name}: it runs on the host");
    }
}
