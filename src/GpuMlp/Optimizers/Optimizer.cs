using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Settings;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Moves parameters against their gradients, in one launch per step over the buffer that holds them all.</summary>
/// <remarks>
/// An optimizer moves parameters into one buffer when it is made, unless they are in one already, as those of a Sequential are. The
/// definitions are PyTorch's. One of your own is a <see cref="HostUpdateRule"/>.
/// </remarks>
public class Optimizer : IDisposable
{
    readonly ParameterArena arena;
    OptimizerSpec spec;
    UpdateRule rule;
    OptimizerNumbers numbers;
    DeviceBuffer states;
    DeviceBuffer? clipping;
    bool disposed;

    internal Optimizer(IReadOnlyList<Parameter> parameters, OptimizerSpec spec)
    {
        spec.Validate();
        this.spec = spec;
        (rule, numbers) = (spec.Rule, spec.Rule.Numbers(spec));
        arena = ParameterArena.Holding(parameters);
        LearningRate = spec.LearningRate;
        states = NewStates();
    }

    DeviceBuffer NewStates() => Device.Allocate((long)rule.States * arena.Length, "the optimizer's state");

    // used only while the optimizer is constructed
    void Change(OptimizerSpec changed)
    {
        changed.Validate();
        int before = rule.States;
        (spec, rule, numbers) = (changed, changed.Rule, changed.Rule.Numbers(changed));
        if (rule.States == before) return;
        states.Dispose();
        states = NewStates();
    }

    /// <summary>The learning rate, before the <see cref="Schedule"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LearningRate
    {
        get;
        set
        {
            Ranges.LearningRate.Require(value);
            field = value;
        }
    }

    /// <summary>How the learning rate changes from step to step.</summary>
    public Schedule Schedule { get => spec.Schedule; init => Change(spec with { Schedule = value }); }

    /// <summary>Gradients whose norm over all parameters exceeds this are scaled down to it before a step; null leaves them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float? ClipNorm { get => spec.ClipNorm; init => Change(spec with { ClipNorm = value }); }

    /// <summary>The amount added to each gradient with the sign of its parameter, by default 0: the gradient of L1 · Σ|w|.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public float L1 { get => spec.L1; init => Change(spec with { L1 = value }); }

    /// <summary>Steps made so far.</summary>
    public int Steps { get; private set; }

    ComputeDevice Device => arena.Device;

    ParameterArena Held => disposed ? throw new ObjectDisposedException(GetType().Name) : !arena.Abandoned ? arena
        : throw new InvalidOperationException(
            "the parameters were moved into another buffer after this optimizer was made; make it after the networks that hold them");

    /// <summary>Sets all gradients to zero, in one launch; backward passes on variables add to them.</summary>
    /// <exception cref="InvalidOperationException">A network or another optimizer has moved the parameters since.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer or the parameters were disposed.</exception>
    public void ZeroGrad()
    {
        using DeviceUse use = Device.Use();
        Device.Clear(Held.Gradients);
    }

    /// <summary>Clips the gradients if <see cref="ClipNorm"/> is set, and moves all parameters once.</summary>
    /// <exception cref="InvalidOperationException">A network or another optimizer has moved the parameters since.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer or the parameters were disposed.</exception>
    public void Step()
    {
        using DeviceUse use = Device.Use();
        StepWithin();
    }

    /// <summary><see cref="Step"/> for callers that are already using the device.</summary>
    internal void StepWithin()
    {
        float rate = LearningRate * spec.Schedule.Factor(Steps);   // before all else: it may be the user's code and do anything
        ParameterArena held = Held;
        if (spec.ClipNorm is float limit) Clip(held.Gradients, limit);
        (float correction, float root) = rule.CountsSteps ? OptimizerOps.AdamCorrections(spec.Beta1, spec.Beta2, Steps + 1) : (1f, 1f);
        rule.Step(held, states.All, numbers, new StepNumbers(rate, spec.WeightDecay, spec.L1, correction, root), Steps);
        held.Version++;
        Steps++;
    }

    /// <summary>The state, in arenas one after the other.</summary>
    internal float[] ReadStates()
    {
        var read = new float[states.Length];
        Device.CopyToHost(states.All, read);
        return read;
    }

    /// <summary>Sets the state as it was after that many steps.</summary>
    internal void WriteStates(ReadOnlySpan<float> from, int steps)
    {
        Device.CopyToDevice(from, states.All);
        Steps = steps;
    }

    void Clip(DeviceSpan dw, float limit)
    {
        int parts = OptimizerOps.ClipParts(dw.Length);
        clipping ??= Device.Allocate(parts + 1);
        DeviceSpan scale = clipping.All.Slice(parts, 1);
        Device.ClipScale(dw, clipping.All.Slice(0, parts), scale, limit);
        Device.Scale(dw, scale);
    }

    /// <summary>Frees the optimizer's state on the device; the parameters stay.</summary>
    public void Dispose()
    {
        disposed = true;
        states.Dispose();
        clipping?.Dispose();
        GC.SuppressFinalize(this);
    }
}
