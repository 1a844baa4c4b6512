using GpuMlp.Training;

namespace GpuMlp.Bench.Counting;

/// <summary>
/// The jobs that have budgets, on the emulated card. What a step, a row or a point costs is the difference of two runs, one of which makes
/// more of them: what both do once is in neither.
/// </summary>
sealed class CountedJobs(CardJobs jobs, string file)
{
    readonly Dictionary<(string Job, string What), double> counted = [];
    readonly List<(string Job, CountedLaunch Launch)> launches = [];
    int read;

    /// <summary>Of each job, what a card's seconds for a step, a row or a point are predicted to be.</summary>
    internal Dictionary<string, Func<Card, double>> Predictions { get; } = [];

    /// <summary>What was counted, by job and quantity.</summary>
    internal IReadOnlyDictionary<(string Job, string What), double> Counted => counted;

    /// <summary>The launch of each job that executes most.</summary>
    internal IReadOnlyList<(string Job, CountedLaunch Launch)> Launches => launches;

    internal void Run()
    {
        Fused(Budgets.Fused, "2-50-1", few: 256, many: 1280);
        Fused(Budgets.Deep, "2-64-64-1", few: 256, many: 768);
        Member(networks: 64, few: 512, many: 1024);          // whole groups
        Grid(Budgets.Grid, "2-50-1", 128, 256);
        Grid(Budgets.DeepGrid, "2-64-64-1", 32, 64);
        Layers(few: 8, many: 24);
        counted[(Budgets.Large, Budgets.Groups)] = Most(Of(() => jobs.Evaluate("2-2-1", 1000))).Groups;
    }

    // the launches of a job
    CountedLaunch[] Of(Action job)
    {
        job();
        CountedLaunch[] all = [.. File.ReadLines(file).Skip(read).Select(CountedLaunch.Parse)];
        read += all.Length;
        return all;
    }

    static CountedLaunch Most(CountedLaunch[] all) => all.MaxBy(launch => launch.All.Instructions)!;

    void Fused(string job, string net, int few, int many)
    {
        CountedLaunch before = Most(Of(() => jobs.Train(net, few, EngineChoice.Fused)));
        CountedLaunch after = Most(Of(() => jobs.Train(net, many, EngineChoice.Fused)));
        counted[(job, Budgets.All)] = (after.All.Instructions - before.All.Instructions) / (double)(many - few);
        counted[(job, Budgets.Longest)] = (after.Longest.Instructions - before.Longest.Instructions) / (double)(many - few);
        Predictions[job] = card => (card.Alone(after) - card.Alone(before)) / (many - few);
        Main(job, after);
    }

    // a run of one step has one launch that trains, whatever the number of rows
    void Member(int networks, int few, int many)
    {
        CountedLaunch[] before = Of(() => jobs.TrainAll(networks, few)), after = Of(() => jobs.TrainAll(networks, many));
        long more = after.Sum(l => l.All.Instructions) - before.Sum(l => l.All.Instructions);
        counted[(Budgets.Member, Budgets.All)] = more / (double)(networks * (many - few));
        counted[(Budgets.Member, Budgets.Launches)] = after.Length - 1;
        launches.Add((Budgets.Member, Most(after[1..])));
        Predictions[Budgets.Member] = card => (after.Sum(card.Full) - before.Sum(card.Full)) / (networks * (many - few));
    }

    void Grid(string job, string net, int few, int many)
    {
        CountedLaunch before = Most(Of(() => jobs.Evaluate(net, few)));
        CountedLaunch after = Most(Of(() => jobs.Evaluate(net, many)));
        counted[(job, Budgets.All)] = (after.All.Instructions - before.All.Instructions) / ((double)many * many - (double)few * few);
        Predictions[job] = card => card.Full(after) / ((double)many * many);
        counted[(job, Budgets.AllStores)] = after.Sectors("store global");
        Main(job, after);
    }

    void Layers(int few, int many)
    {
        CountedLaunch[] before = Of(() => jobs.Train("2-50-1", few, EngineChoice.Layers));
        CountedLaunch[] after = Of(() => jobs.Train("2-50-1", many, EngineChoice.Layers));
        double ofAStep = (after.Length - before.Length) / (double)(many - few);
        counted[(Budgets.Layers, Budgets.Launches)] = ofAStep;
        Predictions[Budgets.Layers] = _ => Card.Begin(ofAStep);
    }

    void Main(string job, CountedLaunch launch)
    {
        launches.Add((job, launch));
        counted[(job, Budgets.Threads)] = launch.Threads;
        counted[(job, Budgets.Loads)] = launch.MostSectors("load global");
        counted[(job, Budgets.Stores)] = launch.MostSectors("store global");
        counted[(job, Budgets.Conflicts)] = launch.Conflicts;
    }
}
