namespace CudaEmulator.Ptx;

/// <summary>What an instruction spends its time on.</summary>
enum OpKind
{
    /// <summary>Arithmetic and comparisons of floats, and conversions from or to them.</summary>
    Float,

    /// <summary>Arithmetic, bits, comparisons and conversions of integers and addresses.</summary>
    Integer,

    /// <summary>Loads and stores, parameters included.</summary>
    Memory,

    /// <summary>Branches, barriers and returns.</summary>
    Control,

    /// <summary>Copies between registers, and selections.</summary>
    Move,
}

static class OpKinds
{
    public static OpKind Of(Op op) => op switch
    {
        <= Op.Bar => OpKind.Control,
        <= Op.Selp64 => OpKind.Move,
        <= Op.StSharedVector => OpKind.Memory,
        <= Op.ShrU64 => OpKind.Integer,
        <= Op.NegF32 => OpKind.Float,
        <= Op.GeU64 => OpKind.Integer,
        <= Op.NanF32 => OpKind.Float,
        <= Op.CvtU64U32 => OpKind.Integer,
        <= Op.CvtU32F32 => OpKind.Float,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "its kind is not known"),
    };

    public static bool IsGlobal(Op op) => op is >= Op.LdGlobal32 and <= Op.StGlobal64 or Op.LdGlobalVector or Op.StGlobalVector;

    public static bool IsShared(Op op) => op is >= Op.LdShared32 and <= Op.StShared64 or Op.LdSharedVector or Op.StSharedVector;

    public static bool IsLoad(Op op) =>
        op is Op.LdGlobal32 or Op.LdGlobal64 or Op.LdShared32 or Op.LdShared64 or Op.LdGlobalVector or Op.LdSharedVector;

    /// <summary>The bytes that a thread loads or stores with an instruction that accesses global or shared memory.</summary>
    public static int Bytes(Kernel kernel, Instruction instruction) => instruction.Op switch
    {
        Op.LdGlobal64 or Op.StGlobal64 or Op.LdShared64 or Op.StShared64 => 8,
        Op.LdGlobalVector or Op.StGlobalVector or Op.LdSharedVector or Op.StSharedVector => 4 * kernel.Vectors[instruction.D].Length,
        _ when IsGlobal(instruction.Op) || IsShared(instruction.Op) => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(instruction), instruction.Op, "accesses neither memory"),
    };
}
