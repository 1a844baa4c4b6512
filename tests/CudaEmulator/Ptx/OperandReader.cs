using System.Globalization;

namespace CudaEmulator.Ptx;

/// <summary>Reads operands (registers, constants, addresses) and checks each against the type that its instruction needs.</summary>
readonly struct OperandReader(TokenReader reader, Registers registers, SharedSymbols shared)
{
    /// <summary>A register to write to.</summary>
    public int Destination(PtxType type)
    {
        int line = reader.Line, slot = Register(type);
        return registers.IsSpecial(slot) ? throw new PtxError(line, "a special register cannot be written to") : slot;
    }

    public int Register(PtxType type)
    {
        int line = reader.Line;
        string name = reader.Word("a register");
        if (!registers.TryGet(name, out PtxType found, out int slot)) throw new PtxError(line, $"unknown symbol '{name}'");
        return type.Takes(found) ? slot : throw new PtxError(line, $"'{name}' is .{Name(found)} where .{Name(type)} is wanted");
    }

    /// <summary>A register or a constant; in a move also a special register, or the address of a variable in shared memory.</summary>
    public int Source(PtxType type, bool isMove = false)
    {
        int line = reader.Line;
        Token next = reader.Next;
        if (next.Kind == TokenKind.Number || next.Is('-')) return registers.Constant(Constant(type));
        if (isMove && next.Kind == TokenKind.Word && type is PtxType.B32 or PtxType.U32 or PtxType.B64 or PtxType.U64
            && shared.TryGet(next.Text, out int offset, out _))
        {
            reader.Read();
            return registers.Constant((ulong)offset);
        }
        int slot = Register(type);
        return isMove || !registers.IsSpecial(slot) ? slot : throw new PtxError(line, "only a move takes a special register");
    }

    /// <summary>An address of global memory: the slot of a 64-bit register, and an offset.</summary>
    public (int Slot, int Offset) GlobalAddress()
    {
        reader.Expect('[');
        int slot = Register(PtxType.B64), offset = Offset();
        reader.Expect(']');
        return (slot, offset);
    }

    /// <summary>An address of shared memory: a register, or a variable's name.</summary>
    public (int Slot, int Offset) SharedAddress()
    {
        reader.Expect('[');
        (int slot, int start) = shared.TryGet(reader.Next.Text, out int variable, out _) ? (registers.Constant(0), variable) : (-1, 0);
        if (slot < 0) slot = Register(PtxType.B64);
        else reader.Read();
        int offset = start + Offset();
        reader.Expect(']');
        return (slot, offset);
    }

    /// <summary>The offset of a parameter among all of them, checked for bounds and alignment.</summary>
    public int ParameterAddress(ParameterSymbols parameters, int size)
    {
        reader.Expect('[');
        int line = reader.Line;
        string name = reader.Word("a parameter");
        if (!parameters.TryGet(name, out int start, out int bytes)) throw new PtxError(line, $"unknown symbol '{name}'");
        int offset = Offset();
        if (offset < 0 || offset + size > bytes)
            throw new PtxError(line, $"{size} bytes at {offset} are not within '{name}' of {bytes} bytes");
        if ((start + offset) % size != 0) throw new PtxError(line, $"'{name}+{offset}' is no multiple of {size}");
        reader.Expect(']');
        return start + offset;
    }

    int Offset()
    {
        bool plus = reader.TryRead('+'), minus = reader.TryRead('-');
        if (!plus && !minus) return 0;
        int value = reader.Count("offset", 1 << 30);
        return minus ? -value : value;
    }

    ulong Constant(PtxType type)
    {
        int line = reader.Line;
        bool minus = reader.TryRead('-');
        string text = reader.Number("a constant");
        if (text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && text.Length == 10
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits))
            return !minus && type is PtxType.F32 or PtxType.B32 ? bits : throw Unfit(line, text, type);
        bool hexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!ulong.TryParse(hexadecimal ? text.AsSpan(2) : text, hexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture, out ulong value) || (!hexadecimal && text.Length > 1 && text[0] == '0'))
            throw new PtxError(line, $"'{text}' is no number");
        ulong largest = type switch
        {
            PtxType.Pred => minus ? 0u : 1u,
            PtxType.B32 or PtxType.S32 or PtxType.U32 => minus ? 1u << 31 : uint.MaxValue,
            PtxType.B64 or PtxType.S64 or PtxType.U64 => minus ? 1ul << 63 : ulong.MaxValue,
            _ => throw Unfit(line, text, type),
        };
        if (value > largest) throw Unfit(line, text, type);
        return type.Size() == 4 ? minus ? (uint)-(long)value : value : minus ? 0 - value : value;
    }

    static PtxError Unfit(int line, string text, PtxType type) => new(line, $"'{text}' does not fit .{Name(type)}");

    static string Name(PtxType type) => type.ToString().ToLowerInvariant();
}
