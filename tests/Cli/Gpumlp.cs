using System.Diagnostics;

namespace GpuMlp.Tests.Cli;

/// <summary>Runs the program gpumlp as a process.</summary>
static class Gpumlp
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>How a run of the program ended, and what it printed.</summary>
    public sealed record Outcome(int ExitCode, string Out, string Error)
    {
        /// <summary>The lines on stderr.</summary>
        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs the program to its end; arguments are split at blanks, <paramref name="more"/> are not.</summary>
    public static Outcome Run(string arguments, params string[] more)
    {
        using Process process = Start(arguments, more);
        return End(process);
    }

    /// <summary>Runs a line of bash in which $gpumlp is the program, in a folder (null: the system's temporary folder).</summary>
    public static Outcome Shell(string line, string? folder = null)
    {
        using Process process = StartShell(line, folder);
        return End(process);
    }

    /// <summary>Starts a line of bash as <see cref="Shell"/> does; with exec before $gpumlp the process becomes the program.</summary>
    public static Process StartShell(string line, string? folder = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        ProcessStartInfo start = Redirected("bash", "-c", line);
        start.Environment["gpumlp"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll")}";
        start.WorkingDirectory = folder ?? Path.GetTempPath();
        return Process.Start(start)!;
    }

    public static Process Start(string arguments, params string[] more) => Start(arguments, null, more);

    /// <summary>Starts the program, with more variables in its environment.</summary>
    public static Process Start(string arguments, Dictionary<string, string>? environment, params string[] more)
    {
        string[] all = [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. more];
        ProcessStartInfo start = Redirected("dotnet", [Path.Combine(AppContext.BaseDirectory, "GpuMlp.Cli.dll"), .. all]);
        start.Environment["LANG"] = start.Environment["LC_ALL"] = "de_DE.UTF-8";                // the user's culture must change nothing
        foreach ((string name, string value) in environment ?? []) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    static ProcessStartInfo Redirected(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("OCLGRIND_CHECK_API");             // what that reports would stand among the program's own lines
        return start;
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

    /// <summary>Sends SIGINT, as Ctrl+C does, or another signal.</summary>
    public static void Interrupt(Process process, string signal = "INT") =>
        Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
}
