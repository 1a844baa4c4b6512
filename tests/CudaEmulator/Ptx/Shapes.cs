using static CudaEmulator.Ptx.PtxType;

namespace CudaEmulator.Ptx;

/// <summary>An instruction's op and the types of its operands, destination first.</summary>
sealed record Shape(Op Op, PtxType[] Operands);

/// <summary>The instructions that take only registers and constants, by full name; the decoder handles memory and branches.</summary>
static class Shapes
{
    static readonly Dictionary<string, Shape> all = [];

    /// <summary>Finds an instruction; false for one that the emulator lacks.</summary>
    public static bool TryGet(string name, out Shape shape) => all.TryGetValue(name, out shape!);

    static Shapes()
    {
        Moves();
        Integers();
        Bits();
        Floats();
        Comparisons();
        Conversions();
    }

    static void Add(string name, Op op, params PtxType[] operands) => all.Add(name, new(op, operands));

    // all operands have the type in which the name ends
    static void Same(Op op, int operands, params string[] names)
    {
        foreach (string name in names) Add(name, op, [.. Enumerable.Repeat(TypeOf(name), operands)]);
    }

    static PtxType TypeOf(string name) => PtxTypes.TryParse(name[(name.LastIndexOf('.') + 1)..], out PtxType type) ? type
        : throw new InvalidOperationException($"{name} ends in no type");

    static void Moves()
    {
        Same(Op.Mov32, 2, "mov.b32", "mov.s32", "mov.u32", "mov.f32", "mov.pred");
        Same(Op.Mov64, 2, "mov.b64", "mov.s64", "mov.u64");
        foreach (PtxType type in (PtxType[])[B32, S32, U32, F32]) Add($"selp.{Name(type)}", Op.Selp32, type, type, type, Pred);
        foreach (PtxType type in (PtxType[])[B64, S64, U64]) Add($"selp.{Name(type)}", Op.Selp64, type, type, type, Pred);
        Same(Op.Mov64, 2, "cvta.to.global.u64");
    }

    static string Name(PtxType type) => type.ToString().ToLowerInvariant();

    static void Integers()
    {
        Same(Op.Add32, 3, "add.s32", "add.u32");
        Same(Op.Sub32, 3, "sub.s32", "sub.u32");
        Same(Op.Mul32, 3, "mul.lo.s32", "mul.lo.u32");
        Same(Op.Mad32, 4, "mad.lo.s32", "mad.lo.u32");
        Same(Op.MulHiS32, 3, "mul.hi.s32");
        Same(Op.MulHiU32, 3, "mul.hi.u32");
        Add("mul.wide.s32", Op.MulWideS32, S64, S32, S32);
        Add("mul.wide.u32", Op.MulWideU32, U64, U32, U32);
        Add("mad.wide.s32", Op.MadWideS32, S64, S32, S32, S64);
        Add("mad.wide.u32", Op.MadWideU32, U64, U32, U32, U64);
        Same(Op.DivS32, 3, "div.s32");
        Same(Op.DivU32, 3, "div.u32");
        Same(Op.RemS32, 3, "rem.s32");
        Same(Op.RemU32, 3, "rem.u32");
        Same(Op.Neg32, 2, "neg.s32");
        Same(Op.AbsS32, 2, "abs.s32");
        Same(Op.MinS32, 3, "min.s32");
        Same(Op.MaxS32, 3, "max.s32");
        Same(Op.MinU32, 3, "min.u32");
        Same(Op.MaxU32, 3, "max.u32");
        Same(Op.Add64, 3, "add.s64", "add.u64");
        Same(Op.Sub64, 3, "sub.s64", "sub.u64");
        Same(Op.Mul64, 3, "mul.lo.s64", "mul.lo.u64");
        Same(Op.Mad64, 4, "mad.lo.s64", "mad.lo.u64");
        Same(Op.DivS64, 3, "div.s64");
        Same(Op.DivU64, 3, "div.u64");
        Same(Op.RemS64, 3, "rem.s64");
        Same(Op.RemU64, 3, "rem.u64");
        Same(Op.Neg64, 2, "neg.s64");
    }

    static void Bits()
    {
        Same(Op.And32, 3, "and.b32", "and.pred");
        Same(Op.Or32, 3, "or.b32", "or.pred");
        Same(Op.Xor32, 3, "xor.b32", "xor.pred");
        Same(Op.Not32, 2, "not.b32");
        Same(Op.NotPred, 2, "not.pred");
        Same(Op.And64, 3, "and.b64");
        Same(Op.Or64, 3, "or.b64");
        Same(Op.Xor64, 3, "xor.b64");
        Same(Op.Not64, 2, "not.b64");
        Add("shl.b32", Op.Shl32, B32, B32, U32);
        Add("shr.s32", Op.ShrS32, S32, S32, U32);
        foreach (PtxType type in (PtxType[])[B32, U32]) Add($"shr.{Name(type)}", Op.ShrU32, type, type, U32);
        Add("shl.b64", Op.Shl64, B64, B64, U32);
        Add("shr.s64", Op.ShrS64, S64, S64, U32);
        foreach (PtxType type in (PtxType[])[B64, U64]) Add($"shr.{Name(type)}", Op.ShrU64, type, type, U32);
    }

    // ptxas may contract an addition or a product without .rn; with one rounding per instruction both spellings do the same
    static void Floats()
    {
        Same(Op.AddF32, 3, "add.f32", "add.rn.f32");
        Same(Op.SubF32, 3, "sub.f32", "sub.rn.f32");
        Same(Op.MulF32, 3, "mul.f32", "mul.rn.f32");
        Same(Op.FmaF32, 4, "fma.rn.f32");
        Same(Op.DivF32, 3, "div.rn.f32");
        Same(Op.SqrtF32, 2, "sqrt.rn.f32");
        Same(Op.NegF32, 2, "neg.f32");
    }

    static void Comparisons()
    {
        foreach ((string name, Op i32, Op i64) in ((string, Op, Op)[])[("eq", Op.EqI32, Op.EqI64), ("ne", Op.NeI32, Op.NeI64)])
        {
            foreach (string type in (string[])["b32", "s32", "u32"]) Setp(name, type, i32);
            foreach (string type in (string[])["b64", "s64", "u64"]) Setp(name, type, i64);
        }
        foreach ((string name, Op s32, Op s64) in ((string, Op, Op)[])
            [("lt", Op.LtS32, Op.LtS64), ("le", Op.LeS32, Op.LeS64), ("gt", Op.GtS32, Op.GtS64), ("ge", Op.GeS32, Op.GeS64)])
        {
            Setp(name, "s32", s32);
            Setp(name, "s64", s64);
        }
        (string, string, Op, Op)[] ordered =
        [
            ("lt", "lo", Op.LtU32, Op.LtU64), ("le", "ls", Op.LeU32, Op.LeU64),
            ("gt", "hi", Op.GtU32, Op.GtU64), ("ge", "hs", Op.GeU32, Op.GeU64),
        ];
        foreach ((string name, string alias, Op u32, Op u64) in ordered)
        {
            foreach (string spelling in (string[])[name, alias])
            {
                Setp(spelling, "u32", u32);
                Setp(spelling, "u64", u64);
            }
        }
        foreach ((string name, Op f32) in ((string, Op)[])
            [("eq", Op.EqF32), ("ne", Op.NeF32), ("lt", Op.LtF32), ("le", Op.LeF32), ("gt", Op.GtF32), ("ge", Op.GeF32),
             ("equ", Op.EquF32), ("neu", Op.NeuF32), ("ltu", Op.LtuF32), ("leu", Op.LeuF32), ("gtu", Op.GtuF32), ("geu", Op.GeuF32),
             ("num", Op.NumF32), ("nan", Op.NanF32)])
            Setp(name, "f32", f32);
    }

    static void Setp(string comparison, string type, Op op) =>
        Add($"setp.{comparison}.{type}", op, Pred, TypeOf($".{type}"), TypeOf($".{type}"));

    static void Conversions()
    {
        Add("cvt.s64.s32", Op.CvtS64S32, S64, S32);
        Add("cvt.u64.u32", Op.CvtU64U32, U64, U32);
        Add("cvt.s32.s64", Op.Mov32, S32, S64);                         // the low half, also for unsigned integers
        Add("cvt.u32.u64", Op.Mov32, U32, U64);
        Add("cvt.rn.f32.s32", Op.CvtF32S32, F32, S32);
        Add("cvt.rn.f32.u32", Op.CvtF32U32, F32, U32);
        Add("cvt.rzi.s32.f32", Op.CvtS32F32, S32, F32);
        Add("cvt.rzi.u32.f32", Op.CvtU32F32, U32, F32);
    }
}
