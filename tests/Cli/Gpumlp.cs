using System.Diagnostics;

namespace GpuMlp.Tests.Cli;

/// <summary>The program gpumlp as a process of its own.</summary>
static class Gpumlp
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What a run of the program left behind.</summary>
    public sealed record Outcome(int ExitCode, string Out, string Error)
    {
        /// <summary>The lines on stderr.</summary>
        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs it to its end; arguments are split at blanks.</summary>
    public static Outcome Run(string arguments, params string[] more)
    {
        using Process process = Start(arguments, more);
        return End(process);
    }

    /// <summary>Runs a line of bash in which $gpumlp is the program, in a folder; without one in the temporary one.</summary>
    public static Outcome Shell(string line, string? folder = null)
    {
        using Process process = StartShell(line, folder);
        return End(process);
    }

    /// <summary>Starts a line of bash as <see cref="Shell"/> runs it; with exec before $gpumlp the process is the program.</summary>
    public static Process StartShell(string line, string? folder = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["gpumlp"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll")}";
        start.WorkingDirectory = folder ?? Path.GetTempPath();
        return Process.Start(start)!;
    }

    public static Process Start(string arguments, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll"));
        foreach (string argument in (string[])[.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. more]) start.ArgumentList.Add(argument);
        start.Environment["LANG"] = start.Environment["LC_ALL"] = "de_DE.UTF-8";                // the culture must not matter
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a process.</summary>
    public static Outcome End(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"no end after {Patience}");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Presses Ctrl+C, or sends another signal.</summary>
    public static void Interrupt(Process process, string signal = "INT") => Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
}
