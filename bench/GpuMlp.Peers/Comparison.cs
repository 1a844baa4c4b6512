using System.Diagnostics;
using System.Globalization;

namespace GpuMlp.Peers;

/// <summary>One way to do a job.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="IsPeer">Whether it is TorchSharp, whose better row the ratios are against.</param>
/// <param name="Run">Does the job once.</param>
/// <param name="Times">How many such runs the job is, where that is more than can be waited for.</param>
/// <param name="Note">What one should know about the row.</param>
sealed record Contender(string Name, bool IsPeer, Action Run, double Times = 1, string? Note = null);

/// <summary>Several ways to do one job, timed in turns so that a busy moment of the machine strikes all of them.</summary>
sealed class Comparison(string job, double work, string unit)
{
    // a short run is repeated within its turn until this is spent
    static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.1);
    const int RunsATurn = 50;

    /// <summary>Times all contenders and prints their rows of the table.</summary>
    internal void Print(IReadOnlyList<Contender> contenders, int turns)
    {
        foreach (Contender contender in contenders) contender.Run();               // compiles
        var times = contenders.ToDictionary(c => c, _ => new List<double>());
        for (int turn = 0; turn < turns; turn++)
            foreach (Contender contender in contenders) TakeTurn(contender, times[contender]);
        double peer = contenders.Where(c => c.IsPeer).Min(c => Median(times[c]));
        foreach (Contender contender in contenders) PrintRow(contender, times[contender], peer);
    }

    static void TakeTurn(Contender contender, List<double> times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < RunsATurn && (run == 0 || Stopwatch.GetElapsedTime(start) < Turn); run++)
        {
            long begin = Stopwatch.GetTimestamp();
            contender.Run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds * contender.Times);
        }
    }

    void PrintRow(Contender contender, List<double> times, double peer)
    {
        double median = Median(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {job} | {contender.Name} | {Milliseconds(median)} | {Milliseconds(times.Min())}–{Milliseconds(times.Max())} | {times.Count} | {work / median:N0} {unit}/s | {Ratio(peer / median)} | {contender.Note} |"));
    }

    internal static void PrintHead() => Console.WriteLine(
        "| job | by | median, ms | least–most, ms | runs | rate | times as fast as TorchSharp | |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |");

    static string Ratio(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "#,##0", CultureInfo.InvariantCulture);

    static string Milliseconds(double seconds) => (seconds * 1e3).ToString(seconds < 0.01 ? "0.000" : seconds < 1 ? "0.0" : "#,##0", CultureInfo.InvariantCulture);

    static double Median(List<double> times)
    {
        double[] sorted = [.. times.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
