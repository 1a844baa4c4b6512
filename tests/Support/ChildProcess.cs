using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuMlp.Tests.Cli;

namespace GpuMlp.Tests.Support;

/// <summary>Runs gpumlp as a process with other environment variables than this process has.</summary>
static class ChildProcess
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>The folder of the .NET that this process runs on.</summary>
    internal static string DotnetFolder { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    internal static Result Gpumlp(Dictionary<string, string> environment, params string[] arguments) =>
        Dotnet(AppContext.BaseDirectory, environment, [Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll"), .. arguments]);

    /// <summary>Runs a .NET program in a folder.</summary>
    internal static Result Dotnet(string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        string host = Path.Combine(DotnetFolder, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(host, ["exec", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
