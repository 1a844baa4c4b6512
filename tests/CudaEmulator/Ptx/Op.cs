namespace CudaEmulator.Ptx;

/// <summary>The interpreter's operations. Integer operations that wrap around have one form for both signs.</summary>
enum Op
{
    // control flow
    Bra, BraIf, BraIfNot, SkipIf, SkipIfNot, Ret, Bar,

    Mov32, Mov64, Selp32, Selp64,

    LdParam32, LdParam64, StParam,
    LdGlobal32, LdGlobal64, StGlobal32, StGlobal64,
    LdShared32, LdShared64, StShared32, StShared64,
    LdGlobalVector, StGlobalVector, LdSharedVector, StSharedVector,

    Add32, Sub32, Mul32, Mad32, MulWideS32, MulWideU32, MadWideS32, MadWideU32, MulHiS32, MulHiU32,
    DivS32, DivU32, RemS32, RemU32, Neg32, AbsS32, MinS32, MaxS32, MinU32, MaxU32,
    Add64, Sub64, Mul64, Mad64, DivS64, DivU64, RemS64, RemU64, Neg64,
    And32, Or32, Xor32, Not32, NotPred, And64, Or64, Xor64, Not64,
    Shl32, ShrS32, ShrU32, Shl64, ShrS64, ShrU64,

    AddF32, SubF32, MulF32, FmaF32, DivF32, SqrtF32, NegF32,

    EqI32, NeI32, LtS32, LeS32, GtS32, GeS32, LtU32, LeU32, GtU32, GeU32,
    EqI64, NeI64, LtS64, LeS64, GtS64, GeS64, LtU64, LeU64, GtU64, GeU64,
    EqF32, NeF32, LtF32, LeF32, GtF32, GeF32, EquF32, NeuF32, LtuF32, LeuF32, GtuF32, GeuF32, NumF32, NanF32,

    CvtS64S32, CvtU64U32, CvtF32S32, CvtF32U32, CvtS32F32, CvtU32F32,
}
