using System.Runtime.InteropServices;

namespace GpuMlp.Devices.Finding;

/// <summary>Tries to load a driver's library, and reports what the loader says if it does not load.</summary>
static class SharedLibrary
{
    /// <summary>
    /// What the loader says is wrong with a library: it is too short, is for another processor, or needs a library that is not there. Null
    /// if it loads.
    /// </summary>
    public static string? Complaint(string library)
    {
        try
        {
            NativeLibrary.Free(NativeLibrary.Load(library));
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // On Linux .NET puts its own advice first and the loader's words second; elsewhere there is one line.
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines[Math.Min(1, lines.Length - 1)];
        }
    }

    /// <summary>Whether a complaint says that there is no such file.</summary>
    public static bool IsAbsence(string complaint, string library) =>
        OperatingSystem.IsWindows() ? complaint.Contains("0x8007007E", StringComparison.Ordinal)
            : complaint.StartsWith(library, StringComparison.Ordinal) && complaint.Contains("No such file", StringComparison.Ordinal);
}
