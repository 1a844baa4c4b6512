namespace GpuMlp.Training;

/// <summary>Makes steps of gradient descent on a network's parameters; all engines end in the same bits.</summary>
interface ITrainingEngine : IDisposable
{
    /// <summary>The engine's name: layers or fused.</summary>
    string Name { get; }

    /// <summary>How many of the remaining steps the next call should make.</summary>
    int ChunkOf(int remaining);

    /// <summary>Compiles everything that the run needs, without any lasting effect.</summary>
    void WarmUp();

    /// <summary>Makes steps firstStep, firstStep + 1, …, one per element of losses, and takes the snapshots that follow them.</summary>
    void Run(int firstStep, Span<float> losses);

    /// <summary>The optimizer's state, in arenas one after the other; empty for plain descent.</summary>
    float[] ReadState();

    /// <summary>Sets the optimizer's state as it was after that many steps.</summary>
    void WriteState(ReadOnlySpan<float> state, int steps);
}
