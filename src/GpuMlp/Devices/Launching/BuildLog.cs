using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace GpuMlp.Devices.Launching;

/// <summary>
/// Collects what a driver's compiler says, while this is open: ILGPU writes a failed build's log to the trace and nowhere else.
/// </summary>
sealed partial class BuildLog : TraceListener
{
    readonly StringBuilder text = new();
    readonly Thread owner = Thread.CurrentThread;

    internal BuildLog() => Trace.Listeners.Add(this);

    /// <summary>The log, without the line that ILGPU puts before it; empty if there is none.</summary>
    internal string Text => Cleaned(text.ToString());

    /// <summary>A log without ILGPU's lines and without the zeros that drivers leave after their text.</summary>
    internal static string Cleaned(string log) => log.Replace("PTX Kernel loading failed:", "", StringComparison.Ordinal)
        .Replace("Kernel loading failed:", "", StringComparison.Ordinal)
        .Replace(">> No error information available", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal).Trim();

    /// <summary>The first error in a compiler's log; warnings may come before it and errors that it causes after it.</summary>
    internal static string FirstError(string log)
    {
        string[] lines = log.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(ErrorLine().IsMatch)
            ?? lines.FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))
            ?? lines.FirstOrDefault("");
    }

    // clang's "file:line:column: error: …" and "error: file:…", ptxas's "ptxas error   : …"
    [GeneratedRegex(@"\berror\s*:", RegexOptions.IgnoreCase)]
    private static partial Regex ErrorLine();

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
