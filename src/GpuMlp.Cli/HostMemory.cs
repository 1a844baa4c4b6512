namespace GpuMlp.Cli;

/// <summary>Arithmetic before the fact: an operating system that promises more memory than it has ends a program without a word.</summary>
static class HostMemory
{
    /// <exception cref="OutOfMemoryException">This machine, or the part of it that the program may use, has less.</exception>
    public static void Require(string what, long bytes)
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
            throw new OutOfMemoryException(FormattableString.Invariant(
                $"{what}: about {bytes >> 20:N0} MiB are needed, {available >> 20:N0} MiB are there"));
    }
}
