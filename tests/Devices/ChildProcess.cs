using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GpuMlp.Tests;

/// <summary>Runs gpumlp in a process of its own, with other environment variables than this one's.</summary>
static class ChildProcess
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    internal static Result Gpumlp(Dictionary<string, string> environment, params string[] arguments)
    {
        string here = AppContext.BaseDirectory;
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(host, ["exec", Path.Combine(here, "GpuMlp.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = here,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
