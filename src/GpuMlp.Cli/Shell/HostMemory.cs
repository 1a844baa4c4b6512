using GpuMlp.Devices;
using static System.FormattableString;

namespace GpuMlp.Cli.Shell;

/// <summary>Checks memory before it is used: a system that promises more than it has kills a program without a message.</summary>
static class HostMemory
{
    /// <summary>
    /// The message of a failure to get memory. The runtime's own says nothing, so it is replaced by how much memory there is.
    /// </summary>
    public static string Explain(Exception e)
    {
        if (e.GetType() != typeof(OutOfMemoryException)) return e.Message;
        (long taken, long available) = (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        string most = Invariant($"{taken:N0} of the {available:N0} bytes that the program may use are taken");
        // the runtime throws the same exception where a thread does not start
        return taken < available / 2
            ? $"{most}; a large array or a thread was refused (ulimit -n and -u limit threads)"
            : $"{most}, and more are needed than are left";
    }

    /// <summary>Requires that this machine has memory for a job.</summary>
    /// <param name="what">The option that decides the size, for the message.</param>
    /// <param name="bytes">Bytes that the job needs.</param>
    /// <exception cref="InsufficientMemoryException">Less memory is left for the program.</exception>
    public static void Require(string what, double bytes)
    {
        long available = ComputeDevice.AvailableHostMemory;
        if (bytes > available)
            throw new InsufficientMemoryException(Invariant($"{what}: about {bytes:N0} bytes are needed, {available:N0} are available"));
    }
}
