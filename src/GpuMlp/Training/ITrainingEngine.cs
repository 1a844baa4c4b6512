namespace GpuMlp.Training;

/// <summary>Makes steps of gradient descent on a network's parameters; all engines end in the same bits.</summary>
interface ITrainingEngine : IDisposable
{
    /// <summary>The engine's name: layers or fused.</summary>
    string Name { get; }

    /// <summary>The most steps that one call makes.</summary>
    int MaxSteps { get; }

    /// <summary>Compiles what the run needs; changes nothing.</summary>
    void WarmUp();

    /// <summary>Makes steps firstStep, firstStep + 1, …, one a loss.</summary>
    void Run(int firstStep, Span<float> losses);
}
