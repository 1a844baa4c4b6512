using System.CommandLine;

namespace GpuMlp.Cli;

/// <summary>A command with the examples that its help shows.</summary>
sealed class Verb(string name, string description, IReadOnlyList<(string Heading, IReadOnlyList<(string Left, string Right)> Rows)> sections,
    IReadOnlyList<(string Command, string What)> examples) : Command(name, description)
{
    public IReadOnlyList<(string Heading, IReadOnlyList<(string Left, string Right)> Rows)> Sections => sections;

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

    static void WriteRoot(TextWriter writer, Command root)
    {
        writer.WriteLine("gpumlp trains multilayer perceptrons on whatever compute device a machine has, and draws what they learned.\n");
        writer.WriteLine("Usage: gpumlp VERB [options]");
        WriteRows(writer, "Verbs", [.. root.Subcommands.Select(verb => (verb.Name, verb.Description ?? ""))]);
        WriteRows(writer, "Options", [("-h, --help", "this, or the help of a verb: gpumlp train -h"), ("--version", "the version")]);
        writer.WriteLine("\nExit codes: 0 ok, 1 failed, 2 bad usage or input, 3 no such device, 4 diverged, 5 out of memory, 130 cancelled");
    }

    static void WriteVerb(TextWriter writer, Verb verb)
    {
        writer.WriteLine($"{verb.Description}\n\nUsage: gpumlp {verb.Name} [options]");
        foreach ((string heading, IReadOnlyList<(string, string)> rows) in verb.Sections) WriteRows(writer, heading, rows);
        writer.WriteLine("\nExamples:");
        foreach ((string example, string what) in verb.Examples) writer.WriteLine($"  gpumlp {verb.Name}{example}\n      {what}");
    }

    static void WriteRows(TextWriter writer, string heading, IReadOnlyList<(string Left, string Right)> rows)
    {
        int width = Math.Max(24, rows.Max(row => row.Left.Length));
        writer.WriteLine($"\n{heading}:");
        foreach ((string left, string right) in rows) writer.WriteLine($"  {left.PadRight(width)}  {right}");
    }
}
