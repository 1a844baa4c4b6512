namespace CudaEmulator.Ptx;

/// <summary>The fundamental types of PTX that the emulator knows.</summary>
enum PtxType { Pred, B32, S32, U32, F32, B64, S64, U64 }

static class PtxTypes
{
    /// <summary>Finds a type by its name without the dot.</summary>
    public static bool TryParse(string name, out PtxType type)
    {
        (type, bool known) = name switch
        {
            "pred" => (PtxType.Pred, true),
            "b32" => (PtxType.B32, true),
            "s32" => (PtxType.S32, true),
            "u32" => (PtxType.U32, true),
            "f32" => (PtxType.F32, true),
            "b64" => (PtxType.B64, true),
            "s64" => (PtxType.S64, true),
            "u64" => (PtxType.U64, true),
            _ => (default, false),
        };
        return known;
    }

    /// <summary>Bytes in memory; 0 for a predicate, which cannot be in memory.</summary>
    public static int Size(this PtxType type) => type switch
    {
        PtxType.B32 or PtxType.S32 or PtxType.U32 or PtxType.F32 => 4,
        PtxType.B64 or PtxType.S64 or PtxType.U64 => 8,
        PtxType.Pred => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>
    /// Whether a register of a type may be an operand where the instruction names another type. Types without a kind (.b) go with all types
    /// of their size, signed and unsigned integers with each other (PTX ISA, "Operand Type Checking").
    /// </summary>
    public static bool Takes(this PtxType instruction, PtxType register)
    {
        if (instruction == PtxType.Pred || register == PtxType.Pred) return instruction == register;
        if (instruction.Size() != register.Size()) return false;
        return instruction is PtxType.B32 or PtxType.B64 || register is PtxType.B32 or PtxType.B64
            || instruction == PtxType.F32 == (register == PtxType.F32);
    }
}
