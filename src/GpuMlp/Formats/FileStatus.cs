using System.Runtime.InteropServices;

namespace GpuMlp.Formats;

/// <summary>What a path leads to.</summary>
enum FileKind
{
    /// <summary>The system does not tell, or there is nothing.</summary>
    Unknown,
    File,
    Pipe,
    Folder,
    Device,
    Socket,
}

/// <summary>What .NET does not tell about a file: its kind and its owner.</summary>
/// <param name="Kind">The kind, links followed.</param>
/// <param name="Owner">The user's number.</param>
readonly record struct FileStatus(FileKind Kind, uint Owner)
{
    /// <summary>Looks a path up without opening it; null where there is nothing, and on other systems than Linux.</summary>
    public static unsafe FileStatus? Of(string path)
    {
        // statx is laid out alike on every Linux
        const int here = -100, kindAndOwner = 0x1 | 0x8, ownerAt = 20, modeAt = 28, kindBits = 0xF000, size = 256;
        if (!OperatingSystem.IsLinux()) return null;
        byte* answer = stackalloc byte[size];
        try
        {
            return Statx(here, path, 0, kindAndOwner, answer) == 0 ? new(KindOf(*(ushort*)(answer + modeAt) & kindBits), *(uint*)(answer + ownerAt)) : null;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    static FileKind KindOf(int mode) => mode switch
    {
        0x8000 => FileKind.File,
        0x1000 => FileKind.Pipe,
        0x4000 => FileKind.Folder,
        0x2000 or 0x6000 => FileKind.Device,
        0xC000 => FileKind.Socket,
        _ => FileKind.Unknown,
    };

    [DllImport("libc", EntryPoint = "statx")]
    static extern unsafe int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte* answer);
}
