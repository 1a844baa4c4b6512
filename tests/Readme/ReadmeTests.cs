using System.Text.RegularExpressions;
using GpuMlp.Tests.Cli.Play;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Readme;

/// <summary>README works for a newcomer: its programs compile and learn, its commands can be pasted.</summary>
public partial class ReadmeTests
{
    const string Gpumlp = "dotnet run -c Release --project src/GpuMlp.Cli -- ";

    static readonly string text = Text("README.md");

    public static TheoryData<string> Programs() => [.. Blocks("csharp")];

    [Theory]
    [MemberData(nameof(Programs))]
    public void AProgramCompilesWithoutAWarningAndLearns(string source)
    {
        using var folder = new ScratchFolder();
        Assert.InRange(OneFileProgram.Accuracy(source, folder), 99, 100);
    }

    /// <summary>The programs that package listings show.</summary>
    [Theory]
    [InlineData("GpuMlp", 1)]
    [InlineData("GpuMlp.Plotting", 1)]
    [InlineData("GpuMlp.Cli", 0)]
    public void APackagesProgramCompilesWithoutAWarningAndLearns(string package, int programs)
    {
        string[] sources = [.. Blocks("csharp", Text($"src/{package}/PACKAGE.md"))];
        Assert.Equal(programs, sources.Length);
        foreach (string source in sources)
        {
            using var folder = new ScratchFolder();
            Assert.InRange(OneFileProgram.Accuracy(source, folder), 99, 100);
        }
    }

    [Fact]
    public void TheLoopsAreTheNotebooks()
    {
        string[] programs = [.. Blocks("csharp")];
        Assert.Equal(2, programs.Length);
        Assert.All(programs, program => Assert.Contains("step < 10_000", program, StringComparison.Ordinal));
    }

    /// <summary>
    /// The commands run one after another in a folder that is empty at first; bench, which takes a minute, with --quick and without OpenCL.
    /// </summary>
    [Fact]
    public void EveryCommandRunsAsItStands()
    {
        using var folder = new ScratchFolder();
        string[] lines = [.. Blocks("").SelectMany(block => block.Split('\n')).Where(line => line.Length > 0)];
        // the last two make the console project in which the programs above run
        string[] ofDotnet =
        [
            "dotnet test -c Release",
            "dotnet new console -o ../mine && dotnet add ../mine reference src/GpuMlp",
            "dotnet run -c Release --project ../mine",
        ];
        Assert.Equal(ofDotnet, lines.Where(line => !line.StartsWith(Gpumlp, StringComparison.Ordinal)));
        string[] commands = [.. lines.Where(line => line.StartsWith(Gpumlp, StringComparison.Ordinal))
            .Select(line => line[Gpumlp.Length..].Split(" #")[0].Trim())];
        foreach (string command in commands)
        {
            if (command == "play")
            {
                // without a browser, which a test could not close; it serves until it is disposed
                using var play = new PlayProcess();
                Assert.StartsWith("http://127.0.0.1:", play.Address, StringComparison.Ordinal);
                continue;
            }
            bool bench = command == "bench";
            string[] arguments = [.. command.Split(' '), .. bench ? ["--quick"] : (string[])[]];
            Dictionary<string, string> environment =
                bench ? new() { ["OCL_ICD_VENDORS"] = "/nowhere", ["GPUMLP_KERNEL_CACHE"] = "off" } : [];
            ChildProcess.Result result = ChildProcess.Dotnet(folder.File(""), environment,
                [Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll"), .. arguments]);
            Assert.True(result.ExitCode == 0, $"{command}: {result.Error}");
        }
        Assert.Equal(["runs"], folder.Names);
        foreach (string name in (string[])["grid.npy", "line.svg", "moons/model.safetensors"])
            Assert.True(File.Exists(folder.File($"runs/{name}")), name);
        string[] verbs = [.. commands.Select(command => command.Split(' ')[0]).Distinct().Order()];
        string[] all =
        [
            "bench", "compare", "convert", "data", "devices", "evaluate", "gradcheck", "grid", "map", "plan", "play", "predict", "sweep",
            "train",
        ];
        Assert.Equal(all, verbs);
    }

    static string Text(string file) =>
        File.ReadAllText(Path.Combine(Architecture.Project.Root().FullName, file)).ReplaceLineEndings("\n");

    static IEnumerable<string> Blocks(string language) => Blocks(language, text);

    static IEnumerable<string> Blocks(string language, string text) =>
        Fences().Matches(text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
