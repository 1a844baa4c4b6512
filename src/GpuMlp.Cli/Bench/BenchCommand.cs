using System.CommandLine;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Bench;

/// <summary>The verb bench: times this machine's devices on the main jobs, and finds the size from which a device beats the CPU.</summary>
static class BenchCommand
{
    static readonly Option<bool> Quick = new("--quick"), Json = new("--json"), Quiet = new("--quiet");

    static readonly (string, string)[] Options =
    [
        ("--quick", "under 15 s instead of under a minute"),
        ("--json", "print one JSON object"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    public static Command Create(Interruption interruption)
    {
        var verb = new Verb("bench", "Times this machine's devices on the main jobs; a device that is not there is a row that says so.",
            [("Options", Options)],
            [(" --quick", "a table"), (" --json", "without --quick, for programs")]);
        foreach (Option option in (Option[])[Quick, Json, Quiet]) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            var terminal = new Terminal(result.GetValue(Quiet), result.GetValue(Json));
            return Execute(result.GetValue(Quick), terminal, interruption);
        });
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
