namespace GpuMlp.Cli.Shell;

/// <summary>The exit codes of the program.</summary>
static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The work failed; also an output that fails while being written.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or bad input; also an output that cannot be created at the start.</summary>
    public const int BadInput = 2;

    public const int NoDevice = 3;

    /// <summary>A loss or weight is not finite.</summary>
    public const int Diverged = 4;

    public const int OutOfMemory = 5;

    /// <summary>Cancelled by Ctrl+C: 128 plus the signal's number, the convention of shells.</summary>
    public const int Cancelled = 130;

    /// <summary>Terminated by SIGTERM, which kill and container runtimes send.</summary>
    public const int Terminated = 143;

    /// <summary>The terminal was closed.</summary>
    public const int HungUp = 129;
}
