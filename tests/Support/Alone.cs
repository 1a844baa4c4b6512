namespace GpuMlp.Tests.Support;

/// <summary>Tests that read the memory or the clock of the whole process, so that no other test may run at the same time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
