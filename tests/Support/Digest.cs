using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuMlp.Tests.Support;

/// <summary>A digest of floats: equal digests stand for equal bits.</summary>
/// <remarks>FNV-1a. .NET's SHA-256 is the system's own library, which an emulated processor may not have.</remarks>
static class Digest
{
    internal static string Of(params ReadOnlySpan<float[]> values)
    {
        ulong sum = 14695981039346656037;
        foreach (float[] part in values)
            foreach (uint bits in MemoryMarshal.Cast<float, uint>(part)) sum = (sum ^ bits) * 1099511628211;
        return sum.ToString("x16", CultureInfo.InvariantCulture);
    }
}
