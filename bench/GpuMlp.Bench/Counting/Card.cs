using System.Globalization;

namespace GpuMlp.Bench.Counting;

/// <summary>What a card is, as far as predictions need it; bench/GPU.md has their formulas.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Multiprocessors">Multiprocessors, each of which begins four instructions of warps in a cycle.</param>
/// <param name="Clock">Cycles per second.</param>
/// <param name="Bandwidth">Bytes of memory per second.</param>
sealed record Card(string Name, int Multiprocessors, double Clock, double Bandwidth)
{
    // from the data sheets
    internal static readonly IReadOnlyList<Card> Predicted =
        [new("H100 SXM", 132, 1.98e9, 3.35e12), new("RTX 4060 Laptop", 24, 2.37e9, 256e9)];

    // assumed, not measured: cycles until a warp can use what its last instruction gave, and until all warps have left a barrier; a launch
    const double Latency = 5, Barrier = 30, LaunchSeconds = 3e-6;

    const int Schedulers = 4, SectorBytes = 32;

    // an assembler makes nothing of a copy between registers
    static double Kept(CountedInstructions some) => some.Instructions - some.Move;

    /// <summary>The seconds of a launch of one group, whose threads wait for each other's results and for their own.</summary>
    internal double Alone(CountedLaunch launch) => Math.Max(
        (Kept(launch.Longest) * Latency + launch.Longest.Barriers * Barrier) / Clock, Issue(launch, multiprocessors: 1));

    /// <summary>The seconds of a launch that is a small part of one that fills the card, so that nothing waits.</summary>
    internal double Full(CountedLaunch launch) => Math.Max(Issue(launch, Multiprocessors), SectorBytes * launch.AllSectors / Bandwidth);

    static double Instructions(CountedLaunch launch) => launch.WarpInstructions * Kept(launch.All) / launch.All.Instructions;

    double Issue(CountedLaunch launch, int multiprocessors) => Instructions(launch) / (Schedulers * multiprocessors) / Clock;

    /// <summary>The seconds of launches that do little each.</summary>
    internal static double Begin(double launches) => LaunchSeconds * launches;

    /// <summary>A card as text, and back: how a process is told which one to predict.</summary>
    internal string Text => string.Create(CultureInfo.InvariantCulture, $"{Multiprocessors} {Clock} {Bandwidth} {Name}");

    internal static Card Parse(string text)
    {
        string[] parts = text.Split(' ', 4);
        double Number(int k) => double.Parse(parts[k], CultureInfo.InvariantCulture);
        return new(parts[3], (int)Number(0), Number(1), Number(2));
    }
}
