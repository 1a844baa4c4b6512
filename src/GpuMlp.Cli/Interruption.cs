using System.Runtime.InteropServices;
using GpuMlp.Files;

namespace GpuMlp.Cli;

/// <summary>
/// Ctrl+C: the first asks the work to stop where it can leave valid outputs, the second ends the program at once, as a request to terminate or a
/// closed terminal does. Nothing half-written stays.
/// </summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration[] registrations;
    readonly string outcome;
    int signals;

    /// <param name="outcome">What becomes of the outputs when the work stops.</param>
    public Interruption(string outcome = "what there is will be written")
    {
        this.outcome = outcome;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, ExitCode.Terminated)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => End(context, ExitCode.HungUp)),
        ];
    }

    /// <summary>Cancelled by the first Ctrl+C.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>What the second Ctrl+C still does before the program ends.</summary>
    public Action? AtOnce { get; set; }

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;                                     // the system would end the program
        if (Interlocked.Increment(ref signals) > 1) End(context, ExitCode.Cancelled);
        source.Cancel();
        Terminal.Error($"stopping; {outcome} (Ctrl+C again ends at once)");
    }

    void End(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Terminal.IsInteractive) Console.Error.Write("\e[?25h");             // a progress bar hides the cursor
        AtomicFile.Abandon();
        AtOnce?.Invoke();
        Environment.Exit(exitCode);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        source.Dispose();
    }
}
