using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuMlp.Cli.Shell;

/// <summary>
/// stdout and stderr in whatever state the shell left them: closed, on a full disk, a pipe without a reader. Notes and errors are written
/// where that is possible; a result that cannot be written is a failure.
/// </summary>
static class StandardStreams
{
    const int Input = 0, Out = 1, Error = 2;

    /// <summary>Replaces <see cref="Console.Error"/> by a writer that never throws, since libraries write to it too.</summary>
    public static void Guard()
    {
        try { Guarded.Use(); }
        catch (Exception) { }                                      // where few files may be open, Console may not load; Log does without
    }

    /// <summary>Whether stderr is a screen.</summary>
    public static bool IsErrorScreen()
    {
        try { return IsOpen(Error) && Guarded.IsScreen(); }
        catch (Exception) { return false; }
    }

    /// <summary>Writes a line to stderr, or drops it.</summary>
    public static void Log(string line)
    {
        try
        {
            if (!IsOpen(Error)) return;
            if (OperatingSystem.IsWindows()) Guarded.WriteLineToError(line);
            else Raw(line);
        }
        catch (Exception) { }
    }

    /// <summary>The standard input.</summary>
    /// <exception cref="UsageException">It is closed.</exception>
    public static Stream In() => IsOpen(Input) ? Console.OpenStandardInput() : throw new UsageException("the standard input is closed");

    /// <summary>Runs what writes the result to stdout.</summary>
    /// <exception cref="IOException">stdout cannot be written. A reader that has gone away is no error: it had read enough.</exception>
    public static void Write(Action write)
    {
        try
        {
            if (!IsOpen(Out)) throw new IOException("it is closed");
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"stdout cannot be written: {e.Message}", e);
        }
    }

    // Not through Console: it may not load where few files may be open, and while stdout's reader keeps it waiting nobody can write to
    // stderr.
    static void Raw(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        for (int at = 0; at < bytes.Length;)
        {
            nint written = WriteBytes(Error, ref bytes[at], bytes.Length - at);
            if (written <= 0) return;
            at += (int)written;
        }
    }

    [DllImport("libc", EntryPoint = "write")]
    static extern nint WriteBytes(int file, ref byte bytes, nint count);

    // .NET may open files of its own under a number that the shell left closed. Those are marked to be closed on exec, which no file of the
    // shell is.
    static bool IsOpen(int stream)
    {
        const int getFlags = 1, closeOnExec = 1;
        if (OperatingSystem.IsWindows()) return true;
        int flags = GetFlags(stream, getFlags);
        return flags >= 0 && (flags & closeOnExec) == 0;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    static extern int GetFlags(int file, int command);

    /// <summary>
    /// A writer that drops what cannot be written. Nothing here is inlined, so that the callers above catch a Console that does not load.
    /// </summary>
    sealed class Guarded(TextWriter inner) : TextWriter
    {
        static TextWriter? error;                                  // stderr without the guard

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Use() => Console.SetError(new Guarded(error = IsOpen(StandardStreams.Error) ? Console.Error : Null));

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool IsScreen() => !Console.IsErrorRedirected;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void WriteLineToError(string line) => (error ?? Console.Error).WriteLine(line);

        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => Try(() => inner.Write(value));

        public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

        public override void Write(string? value) => Try(() => inner.Write(value));

        public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

        public override void Flush() => Try(inner.Flush);

        static void Try(Action write)
        {
            try { write(); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException) { }
        }
    }
}
