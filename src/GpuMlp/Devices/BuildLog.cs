using System.Diagnostics;
using System.Text;

namespace GpuMlp.Devices;

/// <summary>What an OpenCL driver's compiler says while this is open: ILGPU writes a failed build's log to the trace and nowhere else.</summary>
sealed class BuildLog : TraceListener
{
    readonly StringBuilder text = new();
    readonly Thread owner = Thread.CurrentThread;

    internal BuildLog() => Trace.Listeners.Add(this);

    internal string Text => text.ToString().Trim();

    public override void Write(string? message)
    {
        if (Thread.CurrentThread == owner) text.Append(message);
    }

    public override void WriteLine(string? message) => Write(message + Environment.NewLine);

    protected override void Dispose(bool disposing)
    {
        Trace.Listeners.Remove(this);
        base.Dispose(disposing);
    }
}
