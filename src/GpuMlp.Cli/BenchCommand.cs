using System.CommandLine;
using System.Globalization;

namespace GpuMlp.Cli;

/// <summary>The verb bench: this machine's devices on the main jobs, and from which size another device beats the CPU.</summary>
static class BenchCommand
{
    static readonly Option<bool> Quick = new("--quick"), Json = new("--json"), Quiet = new("--quiet");

    public static Command Create()
    {
        var verb = new Verb("bench", "Times this machine's devices on the main jobs; a device that is not there is a row that says so.",
            [("Options", [("--quick", "under 15 s instead of under a minute"), ("--json", "print one JSON object"), ("--quiet", "print nothing but errors"), ("-h, --help", "this")])],
            [(" --quick", "a table"), (" --json", "the same for programs, and measured longer")]);
        foreach (Option option in (Option[])[Quick, Json, Quiet]) verb.Options.Add(option);
        verb.SetAction(result => Execute(result.GetValue(Quick), new Terminal(result.GetValue(Quiet), result.GetValue(Json))));
        return verb;
    }

    static int Execute(bool quick, Terminal terminal)
    {
        using var interruption = new Interruption();
        BenchReport report = new BenchRun(quick, terminal, interruption.Token).Run();
        if (terminal.Json) Console.Out.WriteLine(report.ToJson());
        else foreach (string line in Lines(report)) terminal.Say(line);
        return interruption.Token.IsCancellationRequested ? ExitCode.Cancelled : report.Rows.Any(row => row.Failed) ? ExitCode.Failed : ExitCode.Ok;
    }

    static IEnumerable<string> Lines(BenchReport report)
    {
        string[] head = ["device", "job", "engine", "first run", "median", "rate", "against cpu", ""];
        foreach (string line in Terminal.Columns([head, .. report.Rows.Select(Cells)])) yield return line;
        foreach (BenchCrossover crossover in report.Crossovers) yield return Sentence(crossover);
    }

    static string[] Cells(BenchRow row) => row.LeftOut is string reason
        ? [row.Device, row.Job ?? "", row.Engine ?? "", "", "", "", "", reason]
        : [row.Device, row.Job!, row.Engine ?? "", Invariant($"{row.FirstSeconds:0.000} s"), Invariant($"{1e3 * row.MedianSeconds:0.000} ms"),
            Invariant($"{row.PerSecond:N0} {row.Unit}/s"), row.TimesCpu is double times ? Invariant($"{times:0.00} ×") : "", ""];

    static string Sentence(BenchCrossover found) => found.From is int from
        ? Invariant($"{found.Device}, layer by layer: faster than the CPU from {found.Of} {from:N0} on ({found.Other})")
        : found.UpTo == 0 ? $"{found.Device}, layer by layer: no time was left to try from which {found.Of} on it is faster than the CPU ({found.Other})"
        : Invariant($"{found.Device}, layer by layer: not faster than the CPU up to {found.Of} {found.UpTo:N0} ({found.Other})");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
