using System.CommandLine;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Bench;

/// <summary>The verb bench: this machine's devices on the main jobs, and from which size another device beats the CPU.</summary>
static class BenchCommand
{
    static readonly Option<bool> Quick = new("--quick"), Json = new("--json"), Quiet = new("--quiet");

    public static Command Create(Interruption interruption)
    {
        var verb = new Verb("bench", "Times this machine's devices on the main jobs; a device that is not there is a row that says so.",
            [("Options", [("--quick", "under 15 s instead of under a minute"), ("--json", "print one JSON object"), ("--quiet", "print nothing but errors"), ("-h, --help", "this")])],
            [(" --quick", "a table"), (" --json", "without --quick, for programs")]);
        foreach (Option option in (Option[])[Quick, Json, Quiet]) verb.Options.Add(option);
        verb.SetAction(result => Execute(result.GetValue(Quick), new Terminal(result.GetValue(Quiet), result.GetValue(Json)), interruption));
        return verb;
    }

    static int Execute(bool quick, Terminal terminal, Interruption interruption)
    {
        interruption.Begin("what was measured is shown");
        BenchReport report = new BenchRun(quick, terminal, interruption.Token).Run();
        bool cut = interruption.Token.IsCancellationRequested;
        if (terminal.Json) Terminal.Print(report.ToJson());
        else foreach (string line in BenchTable.Lines(report, Paragraph.WidthOf(Console.Out))) terminal.Show(line);
        return cut ? interruption.ExitCode : report.Rows.Any(row => row.Failed) ? ExitCode.Failed : ExitCode.Ok;
    }
}
