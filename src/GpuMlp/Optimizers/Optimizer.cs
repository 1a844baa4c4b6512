using GpuMlp.Devices;
using GpuMlp.Tensors;

namespace GpuMlp.Optimizers;

/// <summary>Moves parameters against their gradients: one launch a step over the buffer that holds them all.</summary>
/// <remarks>Parameters that are not in one buffer yet are moved into one, once; a Sequential's are already.</remarks>
public abstract class Optimizer
{
    private protected Optimizer(IReadOnlyList<Parameter> parameters, float learningRate)
    {
        Arena = ParameterArena.Holding(parameters);
        LearningRate = learningRate;
    }

    /// <summary>The learning rate of the next step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public float LearningRate
    {
        get;
        set => field = value > 0f && float.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate is positive and finite");
    }

    /// <summary>Steps made so far.</summary>
    public long Steps { get; private set; }

    private protected ParameterArena Arena { get; }

    private protected ComputeDevice Device => Arena.Values.Device;

    /// <summary>Sets all gradients to zero, in one launch: backward passes on variables add to them.</summary>
    public void ZeroGrad() => Device.Clear(Held.Gradients);

    /// <summary>Moves all parameters once.</summary>
    /// <exception cref="InvalidOperationException">Another optimizer or network has moved the parameters into another buffer since.</exception>
    public void Step()
    {
        Update(Held, LearningRate);
        Steps++;
    }

    /// <summary>One step on a buffer's values; <see cref="Steps"/> were made before.</summary>
    private protected abstract void Update(ParameterArena arena, float learningRate);

    ParameterArena Held => !Arena.Abandoned ? Arena
        : throw new InvalidOperationException("the parameters were moved into another buffer after this optimizer was made; make it after the networks that hold them");
}
