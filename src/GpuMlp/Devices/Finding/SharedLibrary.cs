using System.Runtime.InteropServices;

namespace GpuMlp.Devices.Finding;

/// <summary>Whether a library of a driver loads, and what the loader says where it does not.</summary>
static class SharedLibrary
{
    /// <summary>
    /// What is wrong with a library in the loader's words: too short, another processor's, one that it needs and does not find. Null if it loads.
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
            // .NET's advice on finding out more is the first line, the loader's words are the second; elsewhere than on Linux there is one
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines[Math.Min(1, lines.Length - 1)];
        }
    }

    /// <summary>Whether a complaint is that there is no such file.</summary>
    public static bool IsAbsence(string complaint, string library) =>
        OperatingSystem.IsWindows() ? complaint.Contains("0x8007007E", StringComparison.Ordinal)
            : complaint.StartsWith(library, StringComparison.Ordinal) && complaint.Contains("No such file", StringComparison.Ordinal);
}
