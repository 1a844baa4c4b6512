using System.Text;
using GpuMlp.Formats;

namespace GpuMlp.Devices.Launching;

/// <summary>
/// Keeps the text of compiled kernels on disk, because ILGPU's compiler takes up to a second per kernel, again in every process.
/// </summary>
/// <remarks>
/// A cache may only ever save time. So whatever is wrong with it (no folder, a full disk, a damaged entry) makes it empty, never an error.
/// An entry is used only if its checksum and its whole key are right, and nothing is read from a folder that others may write to.
/// </remarks>
sealed class KernelCache
{
    // the format of the entries; a version with another format uses another folder
    const string Format = "1";

    // an entry is one kernel's text, a thousand to a million characters
    const int LargestEntry = 1 << 24;

    KernelCache(string folder) => Folder = folder;

    /// <summary>The folder of this build's entries; it need not exist.</summary>
    internal string Folder { get; }

    /// <summary>The cache of this user and this build of the program; null if there is none.</summary>
    /// <param name="root">The folder of all builds' caches; null for the one that <see cref="KernelCacheFolder"/> chooses.</param>
    /// <param name="build">Names the build; null for this one.</param>
    internal static KernelCache? Open(string? root = null, string? build = null)
    {
        root ??= KernelCacheFolder.Root(Environment.GetEnvironmentVariable);
        return root is null ? null : new KernelCache(KernelCacheFolder.OfBuild(root, Name($"{Format} {build ?? KernelKey.Build}")));
    }

    /// <summary>The content kept under a key; null if there is none that can be trusted.</summary>
    internal byte[]? Read(string key)
    {
        try
        {
            string file = PathOf(key);
            if (!File.Exists(file) || !KernelCacheFolder.IsOurs(Folder)) return null;
            // not a pipe, which would keep the program waiting for a writer
            return FileStatus.Of(file)?.Kind is null or FileKind.File ? Unwrap(InputFile.ReadAll(file, LargestEntry), key) : null;
        }
        catch (Exception e) when (IsDisk(e))
        {
            return null;
        }
    }

    /// <summary>Keeps content under a key, if that is possible.</summary>
    internal void Write(string key, byte[] content)
    {
        string? temporary = null;
        try
        {
            if (!KernelCacheFolder.Make(Folder)) return;
            temporary = Path.Combine(Folder, Path.GetRandomFileName() + KernelCacheFolder.Temporary);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)) stream.Write(Wrap(content, key));
            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception e) when (IsDisk(e))
        {
            Remove(temporary);
        }
    }

    static void Remove(string? temporary)
    {
        try
        {
            if (temporary is not null) File.Delete(temporary);
        }
        catch (Exception e) when (IsDisk(e))
        {
            // it is deleted with the build's folder
        }
    }

    string PathOf(string key) => Path.Combine(Folder, Name(key) + KernelCacheFolder.Entry);

    static bool IsDisk(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException
        or NotSupportedException or ArgumentException or System.Security.SecurityException;

    static string Name(string text) =>
        Checksum(Encoding.UTF8.GetBytes(text)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    // the layout of an entry: checksum, length of the key, key, content
    static byte[] Wrap(byte[] content, string key)
    {
        byte[] name = Encoding.UTF8.GetBytes(key), bytes = new byte[sizeof(ulong) + sizeof(int) + name.Length + content.Length];
        BitConverter.TryWriteBytes(bytes.AsSpan(sizeof(ulong)), name.Length);
        name.CopyTo(bytes, sizeof(ulong) + sizeof(int));
        content.CopyTo(bytes, bytes.Length - content.Length);
        BitConverter.TryWriteBytes(bytes, Checksum(bytes.AsSpan(sizeof(ulong))));
        return bytes;
    }

    static byte[]? Unwrap(ReadOnlySpan<byte> bytes, string key)
    {
        byte[] name = Encoding.UTF8.GetBytes(key);
        int start = sizeof(ulong) + sizeof(int) + name.Length;
        bool whole = bytes.Length >= start && BitConverter.ToUInt64(bytes) == Checksum(bytes[sizeof(ulong)..])
            && BitConverter.ToInt32(bytes[sizeof(ulong)..]) == name.Length
            && bytes[(sizeof(ulong) + sizeof(int))..start].SequenceEqual(name);
        return whole ? bytes[start..].ToArray() : null;
    }

    // FNV-1a protects against accidents (it detects every change of a single byte); the folder's permissions protect against people
    static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 14695981039346656037;
        foreach (byte b in bytes) sum = (sum ^ b) * 1099511628211;
        return sum;
    }
}
