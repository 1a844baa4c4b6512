using System.Diagnostics;
using System.Globalization;

namespace GpuMlp.Peers;

/// <summary>One way to do a job.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="IsPeer">Whether it is TorchSharp; all ratios are against the faster of TorchSharp's rows.</param>
/// <param name="Run">Does the job once, or a part of it.</param>
/// <param name="Times">How many such runs make the whole job; its time is estimated as so many times the run's.</param>
/// <param name="Note">What a reader of the row should know.</param>
sealed record Contender(string Name, bool IsPeer, Action Run, double Times = 1, string? Note = null);

/// <summary>Several ways to do one job, timed in turns: when the machine is busy for a moment, all of them suffer.</summary>
sealed class Comparison(string job, double work, string unit)
{
    // a contender repeats a short run within its turn until this time has passed
    static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.1);
    const int RunsPerTurn = 50;

    /// <summary>Times all contenders and prints their rows of the table.</summary>
    internal void Print(IReadOnlyList<Contender> contenders, int turns)
    {
        foreach (Contender contender in contenders) contender.Run();               // so that everything is compiled
        var times = contenders.ToDictionary(c => c, _ => new List<double>());
        for (int turn = 0; turn < turns; turn++)
            foreach (Contender contender in contenders) TakeTurn(contender, times[contender]);
        double peer = contenders.Where(c => c.IsPeer).Min(c => Median(times[c]));
        foreach (Contender contender in contenders) PrintRow(contender, times[contender], peer);
    }

    static void TakeTurn(Contender contender, List<double> times)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < RunsPerTurn && (run == 0 || Stopwatch.GetElapsedTime(start) < Turn); run++)
        {
            long begin = Stopwatch.GetTimestamp();
            contender.Run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds * contender.Times);
        }
    }

    void PrintRow(Contender contender, List<double> times, double peer)
    {
        double median = Median(times);
        string range = $"{Milliseconds(times.Min())}–{Milliseconds(times.Max())}";
        string rate = string.Create(CultureInfo.InvariantCulture, $"{work / median:N0} {unit}/s");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {job} | {contender.Name} | {Milliseconds(median)} | {range} | {times.Count} | {rate} " +
            $"| {Ratio(peer / median)} | {contender.Note} |"));
    }

    internal static void PrintHead() => Console.WriteLine(
        "| job | by | median, ms | least–most, ms | runs | rate | times as fast as TorchSharp | |\n" +
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |");

    static string Ratio(double ratio) => ratio.ToString(ratio < 10 ? "0.00" : ratio < 100 ? "0.0" : "#,##0", CultureInfo.InvariantCulture);

    static string Milliseconds(double seconds)
    {
        string format = seconds < 0.01 ? "0.000" : seconds < 1 ? "0.0" : "#,##0";
        return (seconds * 1e3).ToString(format, CultureInfo.InvariantCulture);
    }

    static double Median(List<double> times)
    {
        double[] sorted = [.. times.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
