using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GpuMlp.Tests.Cli;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Readme;

/// <summary>README works for a newcomer: its programs compile and learn, its commands can be pasted.</summary>
public partial class ReadmeTests
{
    const string Gpumlp = "dotnet run -c Release --project src/GpuMlp.Cli -- ";

    // what a new console project has: <ImplicitUsings>
    const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    static readonly string text =
        File.ReadAllText(Path.Combine(Architecture.Project.Root().FullName, "README.md")).ReplaceLineEndings("\n");

    public static TheoryData<string> Programs() => [.. Blocks("csharp")];

    [Theory]
    [MemberData(nameof(Programs))]
    public void AProgramCompilesWithoutAWarningAndLearns(string source)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("Program.cs"), source);
        File.WriteAllText(folder.File("Usings.cs"), ImplicitUsings);
        string here = folder.File("");
        foreach (string library in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
            File.Copy(library, Path.Combine(here, Path.GetFileName(library)));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.runtimeconfig.json"), folder.File("mine.runtimeconfig.json"));
        string[] framework = Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll");
        string[] ours = Directory.GetFiles(here, "GpuMlp*.dll");
        string[] references = [.. framework.Concat(ours).Append(folder.File("ILGPU.dll")).Where(IsManaged).Select(file => $"-r:{file}")];
        ChildProcess.Result compiled = ChildProcess.Dotnet(here, [], [Compiler(), "-nologo", "-noconfig", "-nostdlib", "-nullable",
            "-warnaserror", "-warn:9999", "-out:mine.dll", "Program.cs", "Usings.cs", .. references]);
        Assert.True(compiled.ExitCode == 0, compiled.Output);

        ChildProcess.Result run = ChildProcess.Dotnet(here, [], folder.File("mine.dll"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Match accuracy = Accuracy().Match(run.Output);
        Assert.True(accuracy.Success, run.Output);
        Assert.InRange(double.Parse(accuracy.Groups[1].Value, CultureInfo.InvariantCulture), 99, 100);
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
        Assert.Equal(["bench", "convert", "data", "devices", "evaluate", "gradcheck", "grid", "plan", "predict", "sweep", "train"], verbs);
    }

    static IEnumerable<string> Blocks(string language) =>
        Fences().Matches(text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    // the compiler of the newest SDK beside the runtime (`dotnet test` is part of an SDK)
    static string Compiler() => Directory.GetDirectories(Path.Combine(ChildProcess.DotnetFolder, "sdk"))
        .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll")).Where(File.Exists).OrderBy(File.GetLastWriteTimeUtc).Last();

    // the runtime's folder on Windows has native libraries, too
    static bool IsManaged(string file)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return reader.HasMetadata;
    }

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"^([\d.]+) % of the rows\s*$")]
    private static partial Regex Accuracy();
}
