using System.Runtime.InteropServices;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Shell;

/// <summary>
/// Handles Ctrl+C and requests to terminate. The first signal asks the work to stop where it can leave valid outputs, or ends the program
/// where there is nothing to write yet. The second ends it at once. No half-written file stays. A closed terminal is such a request too.
/// Once the work is complete the first changes nothing: the outputs are written all the same.
/// </summary>
sealed class Interruption
{
    // time for work that writes nothing yet to clean up after itself; work that looks at no token (a compiling driver) is ended after it
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);

    readonly CancellationTokenSource source = new();
    readonly Lock gate = new();
    string? outcome;
    bool isComplete;
    int signals;

    /// <summary>Listens to signals from now on.</summary>
    public Interruption() => Registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, Shell.ExitCode.Cancelled, "Ctrl+C")),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, Shell.ExitCode.Terminated, "SIGTERM")),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Handle(context, Shell.ExitCode.HungUp, "SIGHUP")),
    ];

    /// <summary>The registrations: signals are handled as long as these are referenced.</summary>
    public IReadOnlyList<PosixSignalRegistration> Registrations { get; }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The exit code of a program that was stopped.</summary>
    public int ExitCode { get; private set; } = Shell.ExitCode.Cancelled;

    /// <summary>What is done even when the program ends at once.</summary>
    public Action? AtOnce { get; set; }

    /// <summary>Says that there is something to write from now on: after a signal the work ends by itself.</summary>
    /// <param name="becomes">The answer to a signal: what becomes of the outputs.</param>
    /// <exception cref="OperationCanceledException">A signal came before.</exception>
    public void Begin(string becomes)
    {
        lock (gate)
        {
            source.Token.ThrowIfCancellationRequested();
            outcome = becomes;
        }
    }

    /// <summary>Says that all is made and need only be written: from now on the first signal changes nothing.</summary>
    /// <param name="what">What is complete.</param>
    /// <exception cref="OperationCanceledException">A signal came when there was nothing to write yet.</exception>
    public void Complete(string what)
    {
        lock (gate)
        {
            if (outcome is null) source.Token.ThrowIfCancellationRequested();
            (outcome, isComplete) = ($"{what} is complete and is being written", true);
        }
    }

    void Handle(PosixSignalContext context, int exitCode, string name)
    {
        context.Cancel = true;                                     // or the system would end the program
        if (Interlocked.Increment(ref signals) > 1) End(context, exitCode);
        ExitCode = exitCode;
        string? becomes;
        lock (gate)
        {
            becomes = outcome;
            if (!isComplete) source.Cancel();
        }
        string answer = source.IsCancellationRequested ? $"stopping; {becomes ?? "nothing is written"}" : becomes!;
        // a stderr that accepts nothing must not keep the program from ending
        Task.Run(() => Terminal.Error($"{answer} ({name} again ends at once)")).Wait(Grace);
        if (becomes is not null) return;
        Thread.Sleep(Grace);
        End(context, exitCode);
    }

    void End(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        Terminal.Restore();
        AtomicFile.Abandon();
        AtOnce?.Invoke();
        Environment.Exit(exitCode);
    }
}
