using GpuMlp.Cli;
using GpuMlp.Cli.Shell;
using GpuMlp.Tests.Cli.Output;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli;

/// <summary>Command lines that ask for what cannot be: each with its exit code and its one line, and nothing is written.</summary>
public class CommandLinesTests
{
    const string Folder = "$D";

    // CODE | COMMAND LINE | MESSAGE, or its beginning before an ellipsis; $D is a folder with the files of Make
    static readonly string[][] table =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Cli/command-lines.txt")).Select(line => line.Split(" | ")),
    ];

    [Fact]
    public void EachEndsWithItsCodeAndItsMessage()
    {
        Assert.True(table.Length >= 100);
        using var folder = new ScratchFolder();
        Make(folder);
        string[] before = Tree.Contents(folder.Path);
        var interruption = new Interruption();
        foreach (IDisposable registration in interruption.Registrations) registration.Dispose();      // the tests' own signals
        var wrong = new List<string>();
        foreach (string[] row in table)
        {
            string[] words = [.. row[1].Split(' ').Select(word => word == "''" ? "" : word.Replace(Folder, folder.Path))];
            (int code, string message) = (-1, "no failure");
            try { code = Program.Run(words, interruption); }
            catch (Exception e) { (code, message) = Program.Explain(e); }
            message = Terminal.Plain(message).Replace(folder.Path, Folder);
            bool same = row[2].EndsWith('…') ? message.StartsWith(row[2][..^1], StringComparison.Ordinal) : message == row[2];
            if (!same || $"{code}" != row[0]) wrong.Add($"{code} | {row[1]} | {message}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(before, Tree.Contents(folder.Path));
    }

    static void Make(ScratchFolder folder)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Records/Files/First/bce.safetensors"), folder.File("m.safetensors"));
        File.WriteAllText(folder.File("d.csv"), "x,y,label\n0,0.5,no\n1,0.25,yes\n0.75,2,yes\n-1,0,no\n");
        File.WriteAllText(folder.File("text.csv"), "x,label\nq,1\n");
        File.WriteAllText(folder.File("empty.csv"), "x,y\n");
        File.WriteAllText(folder.File("bad.json"), """{"config": {"stepz": 5}}""");
        File.WriteAllText(folder.File("there.npy"), "x");
    }
}
