using System.CommandLine;

namespace GpuMlp.Cli.Shell;

/// <summary>A command with the sections and examples of its help.</summary>
sealed class Verb(
    string name,
    string description,
    IEnumerable<(string Heading, IReadOnlyList<(string Left, string Right)> Rows)> sections,
    IReadOnlyList<(string Command, string What)> examples) : Command(name, description)
{
    public IEnumerable<(string Heading, IReadOnlyList<(string Left, string Right)> Rows)> Sections => sections;

    public IReadOnlyList<(string Command, string What)> Examples => examples;
}

/// <summary>What -h prints.</summary>
static class HelpText
{
    public static void Write(TextWriter writer, Command command)
    {
        if (command is Verb verb) WriteVerb(writer, verb);
        else WriteRoot(writer, command);
    }

    /// <summary>How a command is called: gpumlp train, gpumlp plan train.</summary>
    public static string NameOf(Command command) =>
        command is RootCommand ? "gpumlp" : $"{NameOf(command.Parents.OfType<Command>().Single())} {command.Name}";

    static void WriteRoot(TextWriter writer, Command root)
    {
        Say(writer, "", "gpumlp trains multilayer perceptrons on whatever compute device a machine has, and draws what they learned.");
        Say(writer, "\nUsage: ", "gpumlp VERB [options]");
        WriteRows(writer, "Verbs", [.. root.Subcommands.Select(verb => (verb.Name, verb.Description ?? ""))]);
        WriteRows(writer, "Options", [("-h, --help", "this, or the help of a verb: gpumlp train -h"), ("--version", "the version")]);
        Say(writer, "\nExit codes: ", "0 ok, 1 failed, 2 bad usage or input, 3 no such device, 4 diverged, 5 out of memory, " +
            "130 cancelled, 143 ended by SIGTERM");
    }

    static void WriteVerb(TextWriter writer, Verb verb)
    {
        Say(writer, "", verb.Description!);
        Say(writer, "\nUsage: ", $"{NameOf(verb)} {string.Concat(verb.Arguments.Select(argument => $"{argument.Name} "))}[options]");
        foreach ((string heading, IReadOnlyList<(string, string)> rows) in verb.Sections) WriteRows(writer, heading, rows);
        writer.WriteLine("\nExamples:");
        foreach ((string example, string what) in verb.Examples)
        {
            Say(writer, "  ", $"{NameOf(verb)}{example}", 4, " \\");         // a broken line ends in \, so that a shell takes it too
            Say(writer, "      ", what, 6);
        }
    }

    static void WriteRows(TextWriter writer, string heading, IReadOnlyList<(string Left, string Right)> rows)
    {
        int width = Math.Max(24, rows.Max(row => row.Left.Length));
        writer.WriteLine($"\n{heading}:");
        foreach ((string left, string right) in rows) Say(writer, $"  {left.PadRight(width)}  ", right, width + 4);
    }

    static void Say(TextWriter writer, string first, string text, int indent = 0, string more = "")
    {
        foreach (string line in Paragraph.Wrap(first, text, Paragraph.WidthOf(writer), indent, more)) writer.WriteLine(line);
    }
}
