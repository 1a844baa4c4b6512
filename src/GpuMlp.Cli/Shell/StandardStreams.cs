using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuMlp.Cli.Shell;

/// <summary>
/// stdout and stderr, whatever the shell made of them: closed, a full disk, a pipe that nobody reads. What goes on is told as far as it can be told; a
/// result that cannot be written is a failure.
/// </summary>
static class StandardStreams
{
    const int Out = 1, Error = 2;

    /// <summary>Puts a writer that never throws in the place of <see cref="Console.Error"/>, for the libraries that write to it too.</summary>
    public static void Guard()
    {
        try { Guarded.Use(); }
        catch (Exception) { }                                      // where few files may be open the console does not load: then each line sees to itself
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

    /// <summary>Hands stdout to what writes the result.</summary>
    /// <exception cref="IOException">It cannot be written. A reader that has gone away is none: it had enough.</exception>
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

    // Past the console: that may not load where few files may be open, and lets nobody write to stderr while stdout's reader keeps it waiting
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

    // .NET opens files of its own under the numbers that a shell left closed. It marks them to be closed on exec, so none of them came from the shell
    static bool IsOpen(int stream)
    {
        const int getFlags = 1, closeOnExec = 1;
        if (OperatingSystem.IsWindows()) return true;
        int flags = GetFlags(stream, getFlags);
        return flags >= 0 && (flags & closeOnExec) == 0;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    static extern int GetFlags(int file, int command);

    /// <summary>A writer that drops what cannot be written. Nothing here is inlined: a console that does not load is caught above.</summary>
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
