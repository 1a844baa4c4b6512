using System.Buffers.Binary;
using System.Text;

namespace GpuMlp.Peers;

/// <summary>Lets a 64-bit little-endian ELF library load on a system that lacks a symbol version which the library needs.</summary>
/// <remarks>Tables and fields: System V ABI, ELF-64; Linux Standard Base 5.0, "Symbol Versioning".</remarks>
static class ElfVersions
{
    const int SectionHeader = 64, NeedsSection = 0x6ffffffe;      // SHT_GNU_verneed
    const ushort Weak = 2;                                         // VER_FLG_WEAK: the loader may pass over it

    /// <summary>Marks a needed version as weak in the file, so that the loader accepts a system without it.</summary>
    /// <exception cref="ArgumentException">The library does not ask for that version.</exception>
    internal static void Weaken(string file, string version)
    {
        byte[] elf = File.ReadAllBytes(file);
        int sections = (int)Long(elf, 0x28), count = Short(elf, 0x3c);
        for (int k = 0; k < count; k++)
        {
            int section = sections + k * SectionHeader;
            if (Word(elf, section + 4) != NeedsSection) continue;
            int strings = (int)Long(elf, sections + Word(elf, section + 40) * SectionHeader + 24);
            if (!Weaken(elf, (int)Long(elf, section + 24), strings, version)) continue;
            File.WriteAllBytes(file, elf);
            return;
        }
        throw new ArgumentException($"{file} does not ask for {version}");
    }

    // a list of libraries, each with a list of the versions that are needed of it; an offset of 0 ends a list
    static bool Weaken(byte[] elf, int library, int strings, string version)
    {
        for (int next = -1; next != 0; library += next)
        {
            int entry = library + Word(elf, library + 8);
            for (int following = -1; following != 0; entry += following)
            {
                if (Text(elf, strings + Word(elf, entry + 8)) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(entry + 4), (ushort)(Short(elf, entry + 4) | Weak));
                    return true;
                }
                following = Word(elf, entry + 12);
            }
            next = Word(elf, library + 12);
        }
        return false;
    }

    static string Text(byte[] elf, int at) => Encoding.ASCII.GetString(elf, at, Array.IndexOf(elf, (byte)0, at) - at);

    static ushort Short(byte[] elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(at));

    static int Word(byte[] elf, int at) => BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan(at));

    static long Long(byte[] elf, int at) => BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(at));
}
