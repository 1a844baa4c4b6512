using GpuMlp.Tests.Architecture;

namespace GpuMlp.Tests.Cli;

/// <summary>
/// The help of each verb, word for word as it was approved at 80 columns (tests/Cli/Help). After a change that is meant,
/// GPUMLP_APPROVE=1 writes the files anew, to be looked at in the diff.
/// </summary>
public class HelpTests
{
    public static TheoryData<string> Commands =>
    [
        "", "train", "sweep", "map", "predict", "evaluate", "grid", "convert", "data", "bench", "compare", "plan", "plan train",
        "plan sweep", "plan grid", "play", "devices", "gradcheck", "completion",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void IsWhatWasApproved(string command)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"{command} --help");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string found = outcome.Out.ReplaceLineEndings("\n"), file = Path.Combine(Folder(), $"{(command == "" ? "gpumlp" : command)}.txt");
        if (Environment.GetEnvironmentVariable("GPUMLP_APPROVE") == "1") File.WriteAllText(file, found);
        Assert.True(File.Exists(file), $"{file} is missing; GPUMLP_APPROVE=1 writes it");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), found);
    }

    [Fact]
    public void EveryVerbHasAnApprovedText()
    {
        string[] rows = Gpumlp.Run("--help").Out.Split('\n');
        IEnumerable<string> verbs = rows.SkipWhile(row => row != "Verbs:").Skip(1).TakeWhile(row => row.Length > 0)
            .Where(row => row[2] != ' ').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
        Assert.Equal(Commands.Select(row => row.Data).Where(name => name != "" && !name.Contains(' ')).Order(), verbs.Order());
    }

    static string Folder() => Path.Combine(Project.Root().FullName, "tests/Cli/Help");
}
