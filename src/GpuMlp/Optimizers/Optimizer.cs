using GpuMlp.Devices;
using GpuMlp.Devices.Ops;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Moves parameters against their gradients: one launch a step over the buffer that holds them all.</summary>
/// <remarks>Parameters that are not in one buffer yet are moved into one, once; a Sequential's are already. Definitions are PyTorch's.</remarks>
public abstract class Optimizer : IDisposable
{
    readonly List<DeviceBuffer> states = [];
    readonly ParameterArena arena;
    DeviceBuffer? clipping;
    bool disposed;

    private protected Optimizer(IReadOnlyList<Parameter> parameters, float learningRate)
    {
        arena = ParameterArena.Holding(parameters);
        LearningRate = learningRate;
    }

    /// <summary>The learning rate, before the <see cref="Schedule"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LearningRate
    {
        get;
        set => field = value > 0f && float.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate is positive and finite");
    }

    /// <summary>How the learning rate changes from step to step.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Gradients whose norm over all parameters exceeds this are scaled down to it before a step; null leaves them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float? ClipNorm
    {
        get;
        init => field = value is null or (> 0f and < float.PositiveInfinity)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a norm to clip at is positive and finite");
    }

    /// <summary>Steps made so far.</summary>
    public int Steps { get; private set; }

    private protected ComputeDevice Device => arena.Device;

    ParameterArena Held => disposed ? throw new ObjectDisposedException(GetType().Name) : !arena.Abandoned ? arena
        : throw new InvalidOperationException("the parameters were moved into another buffer after this optimizer was made; make it after the networks that hold them");

    /// <summary>Sets all gradients to zero, in one launch: backward passes on variables add to them.</summary>
    /// <exception cref="InvalidOperationException">A network or another optimizer has moved the parameters since.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer or the parameters were disposed.</exception>
    public void ZeroGrad()
    {
        using DeviceUse use = Device.Use();
        Device.Clear(Held.Gradients);
    }

    /// <summary>Clips the gradients if asked to, and moves all parameters once.</summary>
    /// <exception cref="InvalidOperationException">A network or another optimizer has moved the parameters since.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer or the parameters were disposed.</exception>
    public void Step()
    {
        using DeviceUse use = Device.Use();
        float rate = LearningRate * Schedule.Factor(Steps);        // the caller's own code, first: it may do anything
        ParameterArena held = Held;
        if (ClipNorm is float limit) Clip(held.Gradients, limit);
        Update(held.Values, held.Gradients, rate);
        held.Version++;
        Steps++;
    }

    /// <summary>Moves values w by their gradients dw; <see cref="Steps"/> steps were made before.</summary>
    private protected abstract void Update(DeviceSpan w, DeviceSpan dw, float rate);

    /// <summary>A number a parameter that is kept from step to step, 0 at first.</summary>
    private protected DeviceSpan NewState()
    {
        DeviceBuffer state = Device.Allocate(arena.Length);
        states.Add(state);
        return state.All;
    }

    void Clip(DeviceSpan dw, float limit)
    {
        int parts = OptimizerOps.ClipParts(dw.Length);
        clipping ??= Device.Allocate(parts + 1);
        DeviceSpan scale = clipping.All.Slice(parts, 1);
        Device.ClipScale(dw, clipping.All.Slice(0, parts), scale, limit);
        Device.Scale(dw, scale);
    }

    internal static float Share(float value, string name) => value is >= 0f and < 1f
        ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 0 and below 1");

    internal static float NotNegative(float value, string name) => value >= 0f && float.IsFinite(value)
        ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is finite and not negative");

    /// <summary>Frees what the optimizer keeps on the device; parameters stay.</summary>
    public void Dispose()
    {
        disposed = true;
        foreach (DeviceBuffer state in states) state.Dispose();
        clipping?.Dispose();
        GC.SuppressFinalize(this);
    }
}
