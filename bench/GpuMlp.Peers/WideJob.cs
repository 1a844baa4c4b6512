namespace GpuMlp.Peers;

/// <summary>Training steps of a network that is made of matrix products.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="Net">The network's widths; more than one output means classes and cross-entropy.</param>
/// <param name="Batch">Rows per step.</param>
/// <param name="Steps">Steps per run.</param>
/// <param name="Adam">Whether Adam makes the steps, else plain gradient descent.</param>
sealed record WideJob(string Name, string Net, int Batch, int Steps, bool Adam = false)
{
    internal static readonly WideJob[] All =
    [
        new("wide-256", "2-256-256-256-1", 4096, 10), new("wide-256-adam", "2-256-256-256-1", 4096, 10, Adam: true),
        new("wide-1024", "2-1024-1024-1024-1", 1024, 5), new("wide-1024-adam", "2-1024-1024-1024-1", 1024, 5, Adam: true),
        new("small-batch", "2-256-256-1", 32, 1000), new("digits", "784-128-10", 64, 500),
    ];

    internal int[] Widths => [.. Net.Split('-').Select(int.Parse)];

    internal bool HasClasses => Widths[^1] > 1;

    /// <summary>Rows of data that both sides draw their batches from, or train on.</summary>
    internal int Rows => Math.Max(Batch, 2048);

    /// <summary>As a row of the table.</summary>
    public override string ToString() => $"{Steps:N0} steps, {Net}, batch {Batch:N0}{(Adam ? ", Adam" : "")}";
}
