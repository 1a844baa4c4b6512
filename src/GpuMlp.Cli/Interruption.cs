using System.Runtime.InteropServices;

namespace GpuMlp.Cli;

/// <summary>Ctrl+C: the first asks the work to stop where it can leave valid outputs, the second ends the program at once.</summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration registration;

    public Interruption() => registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken Token => source.Token;

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;                                     // the system would end the program
        if (source.IsCancellationRequested)
        {
            if (Terminal.IsInteractive) Console.Error.Write("\e[?25h");         // a progress bar hides the cursor
            Environment.Exit(ExitCode.Cancelled);
        }
        Terminal.Error("stopping; what there is will be written (Ctrl+C again ends at once)");
        source.Cancel();
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
