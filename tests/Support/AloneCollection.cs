namespace GpuMlp.Tests;

/// <summary>The tests that watch the process's memory, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class AloneCollection
{
    /// <summary>What their classes name.</summary>
    public const string Name = "alone";
}
