using System.Globalization;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Compare;

/// <summary>A comparison as a table for people.</summary>
static class CompareTable
{
    const int Indent = 4;

    /// <summary>The lines of a record; a line of words is no longer than the width.</summary>
    public static IEnumerable<string> Lines(CompareRecord record, int width)
    {
        string[] head = ["device", "engine", "open", "compile", "train", "evaluate", "launches", "moved", "bits"];
        CompareRow[] made = [.. record.Rows.Where(row => row.Timings is not null)];
        string[] columns = [.. Terminal.Columns([head, .. made.Select(Cells)])];
        yield return columns[0];
        var lines = made.Zip(columns.Skip(1)).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (CompareRow row in record.Rows)
        {
            string leftOut = $"{row.Title}: {row.LeftOut}";
            foreach (string line in lines.TryGetValue(row, out string? cells) ? [cells] : Paragraph.Wrap("", leftOut, width, Indent))
                yield return line;
        }
        foreach (CompareRow row in record.Rows.Where(row => row.Difference is not null))
            foreach (string line in Paragraph.Wrap("", $"{row.Title}: {Sentence(row, record.Grid)}", width, Indent)) yield return line;
        foreach (string sentence in CrossoverText.Sentences(record))
            foreach (string line in Paragraph.Wrap("", sentence, width, Indent)) yield return line;
    }

    static string[] Cells(CompareRow row) =>
    [
        row.Device, row.Engine!, Time(row.Timings!.Open), Time(row.Timings.Compile), Time(row.Timings.Train), Time(row.Timings.Evaluate),
        Invariant($"{row.Launches:N0}"), Bytes(row.BytesToDevice!.Value + row.BytesToHost!.Value), Verdict(row),
    ];

    /// <summary>What is said of a row in a word or two.</summary>
    public static string Verdict(CompareRow row) => row switch
    {
        { SameBits: true } => "same",
        { Difference.FirstStep: int step } => Invariant($"differ from step {step:N0}"),
        { SameBits: false } => "differ at the end",
        { SameBits: null } => "reference",
    };

    /// <summary>How a row differs from the one that it is compared with.</summary>
    public static string Sentence(CompareRow row, CompareGrid? grid)
    {
        RowDifference found = row.Difference!;
        string first = found.FirstStep is int step ? Invariant($"differs from {row.ComparedWith} from step {step:N0} on")
            : $"differs from {row.ComparedWith} at the end";
        string loss = found.LargestLoss > 0 ? Invariant($", losses by up to {found.LargestLoss:G2}") : "";
        string most = found.LargestWeight?.ToString("G2", CultureInfo.InvariantCulture) ?? "infinity";
        string weights = found.DifferentWeights == 0 ? ", with the same weights at the end"
            : found.LargestWeight == 0 ? Invariant($", {found.DifferentWeights:N0} weights by the sign of a zero alone")
            : Invariant($", {found.DifferentWeights:N0} weights by up to {most} ({found.LargestWeightAt})");
        string pixels = found.Pixels is int count && grid is not null
            ? Invariant($", {count:N0} of {grid.Width * grid.Height:N0} pixels on the other side of the boundary") : "";
        string reason = row.WhyNotSameBits is string why ? $"; the device {why}" : IsOtherSum(row) ? $"; {OtherSum}" : "";
        return $"{first}{loss}{weights}{pixels}{reason}";
    }

    const string OtherSum = "modules compose their loss of other operations, which round differently";

    /// <summary>Whether a row of modules is compared with one of layers, whose bits it never has.</summary>
    public static bool IsOtherSum(CompareRow row) => row.Engine == Trainings.Modules
        && row.ComparedWith?.EndsWith($" {Trainings.Modules}", StringComparison.Ordinal) == false;

    /// <summary>A duration with three digits.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 99.95 => Invariant($"{seconds:N0} s"),
        >= 0.9995 => Invariant($"{seconds:G3} s"),
        >= 0.0009995 => Invariant($"{seconds * 1e3:G3} ms"),
        _ => Invariant($"{seconds * 1e6:0} µs"),
    };

    /// <summary>A number of bytes with three digits.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1_000_000_000 => Invariant($"{bytes / 1e9:G3} GB"),
        >= 1_000_000 => Invariant($"{bytes / 1e6:G3} MB"),
        >= 1000 => Invariant($"{bytes / 1e3:G3} kB"),
        _ => Invariant($"{bytes} B"),
    };
}
