using System.Diagnostics;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Output;

/// <summary>A file system of 300 KB. Where none can be mounted, the test is skipped and says why.</summary>
sealed class SmallDisk : IDisposable
{
    readonly ScratchFolder scratch = new();

    public SmallDisk()
    {
        Directory.CreateDirectory(Root);
        string? why = OperatingSystem.IsLinux()
            ? Run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", Root)
            : "only Linux is known to mount one";
        if (why is null) return;
        scratch.Dispose();
        Assert.Skip($"No small disk to fill: {why}");
    }

    string Root => scratch.File("disk");

    public string File(string name) => Path.Combine(Root, name);

    public void Dispose()
    {
        Run("umount", "-l", Root);
        scratch.Dispose();
    }

    static string? Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }
}
