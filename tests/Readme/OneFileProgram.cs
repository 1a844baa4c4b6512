using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Readme;

/// <summary>Compiles a program of one file as a newcomer would, with the library beside it, and runs it.</summary>
static partial class OneFileProgram
{
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

    /// <summary>Runs a program in a folder; it compiles without a warning and prints "… % of the rows" at its end.</summary>
    /// <returns>That number.</returns>
    internal static double Accuracy(string source, ScratchFolder folder)
    {
        File.WriteAllText(folder.File("Program.cs"), source);
        File.WriteAllText(folder.File("Usings.cs"), ImplicitUsings);
        string here = folder.File("");
        foreach (string library in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
            File.Copy(library, Path.Combine(here, Path.GetFileName(library)));
        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes")))             // the drawing library is native
            foreach (string native in Natives()) File.Copy(native, Path.Combine(here, Path.GetFileName(native)), true);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.runtimeconfig.json"), folder.File("mine.runtimeconfig.json"));
        string[] framework = Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll");
        string[] ours = [folder.File("GpuMlp.dll"), folder.File("GpuMlp.Plotting.dll")];        // the compiler sees no kernels and no ILGPU
        string[] references = [.. framework.Concat(ours).Where(IsManaged).Select(file => $"-r:{file}")];
        ChildProcess.Result compiled = ChildProcess.Dotnet(here, [], [Compiler(), "-nologo", "-noconfig", "-nostdlib", "-nullable",
            "-warnaserror", "-warn:9999", "-features:FileBasedProgram", "-out:mine.dll", "Program.cs", "Usings.cs", .. references]);
        Assert.True(compiled.ExitCode == 0, compiled.Output);

        ChildProcess.Result run = ChildProcess.Dotnet(here, [], folder.File("mine.dll"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Match accuracy = Printed().Match(run.Output);
        Assert.True(accuracy.Success, run.Output);
        return double.Parse(accuracy.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    static IEnumerable<string> Natives() => Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "runtimes"), "libSkiaSharp*", SearchOption.AllDirectories)
        .Where(file => file.Contains($"{Path.DirectorySeparatorChar}{RuntimeInformation.RuntimeIdentifier}{Path.DirectorySeparatorChar}"));

    // the compiler of the newest SDK beside the runtime (`dotnet test` is part of an SDK)
    static string Compiler() => Directory.GetDirectories(Path.Combine(ChildProcess.DotnetFolder, "sdk"))
        .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll")).Where(File.Exists).OrderBy(File.GetLastWriteTimeUtc).Last();

    // the runtime's folder on Windows has native libraries, too
    static bool IsManaged(string file)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return reader.HasMetadata;
    }

    [GeneratedRegex(@"^([\d.]+) % of the rows\s*$", RegexOptions.Multiline)]
    private static partial Regex Printed();
}
