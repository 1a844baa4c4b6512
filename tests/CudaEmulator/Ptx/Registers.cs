using System.Globalization;

namespace CudaEmulator.Ptx;

/// <summary>A function's registers, special registers and constants; each is a slot of one array.</summary>
sealed class Registers
{
    /// <summary>The special registers, which have the first slots.</summary>
    public static readonly string[] Special =
    [
        "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z",
        "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z",
    ];

    // the value of a register before anything is written to it: NaN as a float, and no valid address
    const ulong Nothing = 0xFFFF_FFFF_FFFF_FFFF;
    const int Most = 1 << 20;

    readonly List<ulong> slots = [.. Enumerable.Repeat(Nothing, Special.Length)];
    readonly Dictionary<string, (PtxType Type, int Slot)> single =
        Special.Select((name, slot) => (name, slot)).ToDictionary(s => s.name, s => (PtxType.U32, s.slot));
    readonly Dictionary<string, (PtxType Type, int First, int Count)> numbered = [];
    readonly Dictionary<ulong, int> constants = [];

    public ulong[] Slots => [.. slots];

    /// <summary>Reads the rest of a .reg directive: a type, then names, or %r&lt;8&gt; for %r0 to %r7.</summary>
    public void Declare(TokenReader reader)
    {
        int line = reader.Line;
        string word = reader.Word("a type");
        if (word[0] != '.' || !PtxTypes.TryParse(word[1..], out PtxType type))
            throw new PtxError(line, $"registers of type '{word}' are not supported");
        do
        {
            string name = reader.Word("a name");
            int count = 1;
            if (reader.TryRead('<'))
            {
                count = reader.Count("number of registers", Most - slots.Count);
                reader.Expect('>');
                if (!numbered.TryAdd(name, (type, slots.Count, count))) throw new PtxError(line, $"'{name}' is declared twice");
            }
            else if (!single.TryAdd(name, (type, slots.Count)))
            {
                throw new PtxError(line, $"'{name}' is declared twice");
            }
            slots.AddRange(Enumerable.Repeat(Nothing, count));
        } while (reader.TryRead(','));
        reader.Expect(';');
    }

    /// <summary>Finds a register by its name.</summary>
    public bool TryGet(string name, out PtxType type, out int slot)
    {
        if (single.TryGetValue(name, out (PtxType, int) one))
        {
            (type, slot) = one;
            return true;
        }
        (type, slot) = (default, 0);
        int digits = name.Length;
        while (digits > 0 && char.IsAsciiDigit(name[digits - 1])) digits--;
        if (digits == name.Length || !numbered.TryGetValue(name[..digits], out (PtxType Type, int First, int Count) range)) return false;
        string number = name[digits..];
        if (number.Length > 1 && number[0] == '0') return false;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= range.Count) return false;
        (type, slot) = (range.Type, range.First + index);
        return true;
    }

    public bool IsSpecial(int slot) => slot < Special.Length;

    /// <summary>The slot that holds a constant.</summary>
    public int Constant(ulong bits)
    {
        if (!constants.TryGetValue(bits, out int slot))
        {
            slot = constants[bits] = slots.Count;
            slots.Add(bits);
        }
        return slot;
    }
}
