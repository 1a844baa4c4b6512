namespace GpuMlp.Bench.Counting;

/// <summary>A number that is counted, and what it may be.</summary>
/// <param name="Job">The job.</param>
/// <param name="What">What is counted.</param>
/// <param name="Limit">What it may be at most, or at least: what it was last, held by a test so that it does not grow unseen.</param>
/// <param name="Wanted">What it is meant to be; the limit where that is reached.</param>
/// <param name="AtLeast">Whether more is better.</param>
sealed record Budget(string Job, string What, double Limit, double Wanted, bool AtLeast = false)
{
    internal bool Holds(double counted) => AtLeast ? counted >= Limit : counted <= Limit;

    internal bool IsAsWanted(double counted) => AtLeast ? counted >= Wanted : counted <= Wanted;
}

/// <summary>All budgets of launches, in one table.</summary>
static class Budgets
{
    internal const string Fused = "fused step, 2-50-1", Deep = "fused step, 2-64-64-1",
        Member = "accuracy of a population's member, 2-50-1", Grid = "grid, 2-50-1", DeepGrid = "grid, 2-64-64-1",
        Layers = "layer by layer, 2-50-1, batch 1", Large = "grid of 1000 × 1000, 2-2-1";

    internal const string All = "instructions of all threads", Longest = "instructions of the longest thread",
        Launches = "launches", Groups = "groups", Threads = "threads of a group", Loads = "sectors a warp of floats, inner loads",
        Stores = "sectors a warp of floats, inner stores", AllStores = "sectors a warp of floats, stores",
        Conflicts = "bank conflicts an inner access";

    // what a warp of neighbouring floats takes, and a little for those that begin within a sector
    const double Sectors = 4.5;

    internal static readonly IReadOnlyList<Budget> Table =
    [
        new(Fused, All, 5_500, 10_000), new(Fused, Longest, 190, 250),
        new(Deep, All, 66_500, 70_000), new(Deep, Longest, 1_400, 1_500),
        new(Member, All, 460, 500), new(Member, Launches, 1, 1),
        new(Grid, All, 400, 400),
        new(Grid, AllStores, Sectors, Sectors),
        new(DeepGrid, All, 7_700, 8_000),
        new(DeepGrid, AllStores, Sectors, Sectors),
        new(Layers, Launches, 7, 8),
        new(Large, Groups, 264, 264, AtLeast: true),
        .. ((string[])[Fused, Deep, Grid, DeepGrid]).SelectMany(job => (Budget[])
        [
            new(job, Threads, 32, 32, AtLeast: true), new(job, Loads, Sectors, Sectors), new(job, Stores, Sectors, Sectors),
            new(job, Conflicts, 0, 0),
        ]),
    ];
}
