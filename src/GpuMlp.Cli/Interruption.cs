using System.Runtime.InteropServices;

namespace GpuMlp.Cli;

/// <summary>Ctrl+C: the first asks the work to stop where it can leave valid outputs, the second ends the program at once.</summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration registration;
    int signals;

    public Interruption() => registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>What the second Ctrl+C still does before the program ends.</summary>
    public Action? AtOnce { get; set; }

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;                                     // the system would end the program
        if (Interlocked.Increment(ref signals) > 1)
        {
            if (Terminal.IsInteractive) Console.Error.Write("\e[?25h");         // a progress bar hides the cursor
            AtOnce?.Invoke();
            Environment.Exit(ExitCode.Cancelled);
        }
        source.Cancel();
        Terminal.Error("stopping; what there is will be written (Ctrl+C again ends at once)");
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
