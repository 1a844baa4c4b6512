using System.Globalization;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Bench;

/// <summary>The report of bench as a table for people: one device after the other, each with a line per job.</summary>
static class BenchTable
{
    const int Indent = 4;

    /// <summary>The lines of a report; a line is longer than the width only where a single word is.</summary>
    public static IEnumerable<string> Lines(BenchReport report, int width)
    {
        string[] head = ["job", "engine", "first", "median", "per second", "× cpu"];
        var cells = report.Rows.Where(row => row.LeftOut is null).ToDictionary(row => row, Cells);
        string[] columns = [.. Terminal.Columns([head, .. cells.Values])];
        var lines = cells.Keys.Zip(columns.Skip(1)).ToDictionary(pair => pair.First, pair => pair.Second);
        yield return columns[0];
        foreach (var device in report.Rows.GroupBy(row => row.Device))
        {
            foreach (string line in Paragraph.Wrap("", $"{device.Key}: {device.First().Name}", width, Indent)) yield return line;
            foreach (BenchRow row in device)
                foreach (string line in row.LeftOut is null ? [lines[row]] : Paragraph.Wrap("  ", LeftOut(row), width, Indent))
                    yield return line;
        }
        foreach (BenchCrossover crossover in report.Crossovers)
            foreach (string line in Paragraph.Wrap("", Sentence(crossover), width, Indent)) yield return line;
    }

    static string LeftOut(BenchRow row) => string.Join(", ", new[] { row.Job, row.Engine }.OfType<string>()) is { Length: > 0 } job
        ? $"{job}: {row.LeftOut}" : row.LeftOut!;

    static string[] Cells(BenchRow row) => [row.Job!, row.Engine ?? "", Seconds(row.FirstSeconds!.Value), Seconds(row.MedianSeconds!.Value),
        Short(row.PerSecond!.Value, ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1)),
        row.TimesCpu is double times ? Short(times, ("", 1)) : ""];

    static string Seconds(double seconds) => Short(seconds, ("s", 1), ("ms", 1e-3), ("µs", 1e-6));

    // three digits, in the largest unit that is no larger than the value
    static string Short(double value, params ReadOnlySpan<(string Name, double Size)> units)
    {
        (string name, double size) = units[^1];
        foreach ((string Name, double Size) unit in units)
        {
            if (value < unit.Size) continue;
            (name, size) = unit;
            break;
        }
        double scaled = value / size;
        string format = scaled < 9.995 ? "0.00" : scaled < 99.95 ? "0.0" : "#,0";
        return $"{scaled.ToString(format, CultureInfo.InvariantCulture)} {name}".TrimEnd();
    }

    static string Sentence(BenchCrossover found) => found.From is int from
        ? Invariant($"{found.Device}, layer by layer: faster than the CPU from {found.Of} {from:N0} on ({found.Other})")
        : found.UpTo == 0
        ? $"{found.Device}, layer by layer: no time was left to try from which {found.Of} on it is faster than the CPU ({found.Other})"
        : Invariant($"{found.Device}, layer by layer: not faster than the CPU up to {found.Of} {found.UpTo:N0} ({found.Other})");
}
