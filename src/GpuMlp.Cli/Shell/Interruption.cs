using System.Runtime.InteropServices;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Shell;

/// <summary>
/// Ctrl+C and requests to terminate: the first asks the work to stop where it can leave valid outputs, or ends the program where there is nothing to write
/// yet; the second ends it at once, as a closed terminal does. Nothing half-written stays.
/// </summary>
sealed class Interruption
{
    // for work that writes nothing yet but could clean up after itself; what looks at no token, such as a driver that compiles, ends without
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);

    readonly CancellationTokenSource source = new();
    readonly Lock gate = new();
    string? outcome;
    int signals;

    /// <summary>Listens to signals from here on.</summary>
    public Interruption() => Registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, Shell.ExitCode.Cancelled, "Ctrl+C")),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, Shell.ExitCode.Terminated, "SIGTERM")),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => End(context, Shell.ExitCode.HungUp)),
    ];

    /// <summary>What listens, as long as it is kept.</summary>
    public IReadOnlyList<PosixSignalRegistration> Registrations { get; }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>What a program that was stopped ends with.</summary>
    public int ExitCode { get; private set; } = Shell.ExitCode.Cancelled;

    /// <summary>What is still done before the program ends at once.</summary>
    public Action? AtOnce { get; set; }

    /// <summary>From here on there is something to write: the work sees to its end itself.</summary>
    /// <param name="becomes">What a signal is answered with: what becomes of the outputs.</param>
    /// <exception cref="OperationCanceledException">A signal came before.</exception>
    public void Begin(string becomes)
    {
        lock (gate)
        {
            source.Token.ThrowIfCancellationRequested();
            outcome = becomes;
        }
    }

    /// <summary>Changes what a signal is answered with.</summary>
    public void Now(string becomes)
    {
        lock (gate) outcome = becomes;
    }

    void Handle(PosixSignalContext context, int exitCode, string name)
    {
        context.Cancel = true;                                     // the system would end the program
        if (Interlocked.Increment(ref signals) > 1) End(context, exitCode);
        ExitCode = exitCode;
        string? becomes;
        lock (gate)
        {
            becomes = outcome;
            source.Cancel();
        }
        // a stderr that takes nothing keeps nobody from ending
        Task.Run(() => Terminal.Error($"stopping; {becomes ?? "nothing is written"} ({name} again ends at once)")).Wait(Grace);
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
