using static System.FormattableString;

namespace GpuMlp.Cli.Shell;

/// <summary>Arithmetic before the fact: an operating system that promises more memory than it has ends a program without a word.</summary>
static class HostMemory
{
    /// <summary>What a failure to get memory says; where it is the runtime's and says nothing, how much there is.</summary>
    public static string Explain(Exception e)
    {
        if (e.GetType() != typeof(OutOfMemoryException)) return e.Message;
        (long taken, long available) = (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        string most = Invariant($"{taken:N0} of the {available:N0} bytes that the program may use are taken");
        // the runtime says the same of a thread that does not start
        return taken < available / 2 ? $"{most}; a large array or a thread was refused (ulimit -n and -u limit threads)" : $"{most}, and more are needed than are left";
    }

    /// <exception cref="InsufficientMemoryException">This machine, or the part of it that the program may use, has less.</exception>
    public static void Require(string what, long bytes)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new InsufficientMemoryException(Invariant(
                $"{what}: about {bytes >> 20:N0} MiB are needed, {available >> 20:N0} MiB are there"));
    }
}
