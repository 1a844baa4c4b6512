namespace GpuMlp.Tests.Support;

/// <summary>Tests that read the memory or the clock of the whole process, and so run beside no other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
