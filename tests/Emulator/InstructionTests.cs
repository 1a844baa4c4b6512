using GpuMlp.Tests.Support;
namespace GpuMlp.Tests.Emulator;

/// <summary>The emulator's instructions, compared with results worked out by hand from the PTX ISA's text.</summary>
public class InstructionTests
{
    [Theory]
    [InlineData("add.s32 %d, %a, %b;", 0x7FFFFFFF, 1, 0, 0x80000000)]                      // wraps around
    [InlineData("sub.s32 %d, %a, %b;", 0x80000000, 1, 0, 0x7FFFFFFF)]
    [InlineData("mul.lo.s32 %d, %a, %b;", 0x10001, 0x10001, 0, 0x20001)]
    [InlineData("mul.lo.u32 %d, %a, %b;", 0xFFFFFFFF, 2, 0, 0xFFFFFFFE)]
    [InlineData("mul.hi.s32 %d, %a, %b;", 0xFFFFFFFF, 2, 0, 0xFFFFFFFF)]
    [InlineData("mul.hi.u32 %d, %a, %b;", 0xFFFFFFFF, 2, 0, 1)]
    [InlineData("mad.lo.s32 %d, %a, %b, %c;", 0x7FFFFFFF, 2, 3, 1)]
    [InlineData("div.s32 %d, %a, %b;", 0xFFFFFFF9, 2, 0, 0xFFFFFFFD)]                      // -7 / 2 = -3
    [InlineData("div.s32 %d, %a, %b;", 0x80000000, 0xFFFFFFFF, 0, 0x80000000)]
    [InlineData("div.u32 %d, %a, %b;", 0xFFFFFFF9, 2, 0, 0x7FFFFFFC)]
    [InlineData("rem.s32 %d, %a, %b;", 0xFFFFFFF9, 2, 0, 0xFFFFFFFF)]                      // the sign of the dividend
    [InlineData("rem.u32 %d, %a, %b;", 0xFFFFFFF9, 2, 0, 1)]
    [InlineData("neg.s32 %d, %a;", 0x80000000, 0, 0, 0x80000000)]
    [InlineData("abs.s32 %d, %a;", 0xFFFFFFF9, 0, 0, 7)]
    [InlineData("min.s32 %d, %a, %b;", 0xFFFFFFFF, 1, 0, 0xFFFFFFFF)]
    [InlineData("max.s32 %d, %a, %b;", 0xFFFFFFFF, 1, 0, 1)]
    [InlineData("min.u32 %d, %a, %b;", 0xFFFFFFFF, 1, 0, 1)]
    [InlineData("max.u32 %d, %a, %b;", 0xFFFFFFFF, 1, 0, 0xFFFFFFFF)]
    [InlineData("and.b32 %d, %a, %b;", 0xF0F0, 0xFF00, 0, 0xF000)]
    [InlineData("or.b32 %d, %a, %b;", 0xF0F0, 0xFF00, 0, 0xFFF0)]
    [InlineData("xor.b32 %d, %a, %b;", 0xF0F0, 0xFF00, 0, 0x0FF0)]
    [InlineData("not.b32 %d, %a;", 0xF0F0, 0, 0, 0xFFFF0F0F)]
    [InlineData("shl.b32 %d, %a, %b;", 3, 31, 0, 0x80000000)]
    [InlineData("shl.b32 %d, %a, %b;", 3, 32, 0, 0)]                                       // clamped, not taken modulo 32
    [InlineData("shl.b32 %d, %a, %b;", 3, 0xFFFFFFFF, 0, 0)]
    [InlineData("shr.u32 %d, %a, %b;", 0x80000000, 31, 0, 1)]
    [InlineData("shr.u32 %d, %a, %b;", 0x80000000, 32, 0, 0)]
    [InlineData("shr.s32 %d, %a, %b;", 0x80000000, 31, 0, 0xFFFFFFFF)]
    [InlineData("shr.s32 %d, %a, %b;", 0x80000000, 99, 0, 0xFFFFFFFF)]
    [InlineData("shr.s32 %d, %a, %b;", 0x40000000, 99, 0, 0)]
    [InlineData("mov.b32 %d, -1;", 0, 0, 0, 0xFFFFFFFF)]
    [InlineData("mov.b32 %d, 0x1F;", 0, 0, 0, 0x1F)]
    [InlineData("mov.f32 %d, 0f3F800000;", 0, 0, 0, 0x3F800000)]
    [InlineData("setp.lt.s32 %q, %a, %b; selp.b32 %d, %b, %c, %q;", 0xFFFFFFFF, 1, 9, 1)]
    [InlineData("setp.lt.s32 %q, %a, %b; selp.b32 %d, %b, %c, %q;", 2, 1, 9, 9)]
    [InlineData("setp.eq.s32 %q, %a, 7; @%q mov.b32 %d, 1;", 7, 0, 0, 1)]
    [InlineData("setp.eq.s32 %q, %a, 7; @!%q mov.b32 %d, 1;", 7, 0, 0, 0)]
    [InlineData("bra.uni OVER; mov.b32 %d, 1; OVER: add.s32 %d, %d, 2;", 0, 0, 0, 2)]
    public void Integers(string statement, uint a, uint b, uint c, uint expected) =>
        Assert.Equal(expected, PtxProgram.Compute(statement, a, b, c).D);

    [Theory]
    [InlineData("mul.wide.s32 %ld, %a, %b;", 0xFFFFFFFF, 4, 0, 0xFFFFFFFFFFFFFFFC)]
    [InlineData("mul.wide.u32 %ld, %a, %b;", 0xFFFFFFFF, 4, 0, 0x3FFFFFFFC)]
    [InlineData("mad.wide.u32 %ld, %a, %b, %lc;", 0xFFFFFFFF, 4, 4, 0x400000000)]
    [InlineData("add.u64 %ld, %la, %lb;", 0xFFFFFFFF, 1, 0, 0x100000000)]
    [InlineData("sub.s64 %ld, %la, %lb;", 0, 1, 0, ulong.MaxValue)]
    [InlineData("mul.lo.s64 %ld, %la, %lb;", 0x100000001, 0x100000001, 0, 0x200000001)]
    [InlineData("mad.lo.u64 %ld, %la, 8, %lc;", 5, 0, 2, 42)]
    [InlineData("div.s64 %ld, %la, %lb;", 0xFFFFFFFFFFFFFFF9, 2, 0, 0xFFFFFFFFFFFFFFFD)]
    [InlineData("rem.s64 %ld, %la, %lb;", 0xFFFFFFFFFFFFFFF9, 2, 0, ulong.MaxValue)]
    [InlineData("shl.b64 %ld, %la, %b;", 1, 63, 0, 0x8000000000000000)]
    [InlineData("shl.b64 %ld, %la, %b;", 1, 64, 0, 0)]
    [InlineData("shr.u64 %ld, %la, 32;", 0x8000000000000000, 0, 0, 0x80000000)]
    [InlineData("shr.s64 %ld, %la, %b;", 0x8000000000000000, 200, 0, ulong.MaxValue)]
    [InlineData("cvt.s64.s32 %ld, %a;", 0x80000000, 0, 0, 0xFFFFFFFF80000000)]
    [InlineData("cvt.u64.u32 %ld, %a;", 0x80000000, 0, 0, 0x80000000)]
    [InlineData("setp.gt.s64 %q, %la, %lb; selp.b64 %ld, %la, %lb, %q;", ulong.MaxValue, 3, 0, 3)]
    public void LongIntegers(string statement, ulong a, ulong b, ulong c, ulong expected) =>
        Assert.Equal(expected, PtxProgram.Compute(statement, a, b, c).Long);

    const uint One = 0x3F800000, Tiny = 1, Infinity = 0x7F800000;
    const uint QuietNaN = 0x7FC00123, SignallingNaN = 0xFF800123, CanonicalNaN = 0x7FFFFFFF;

    [Theory]
    [InlineData("add.f32 %d, %a, %b;", One, 0x33800000, 0, One)]                             // 1 + 2^-24: a tie, to even
    [InlineData("add.f32 %d, %a, %b;", One, 0x33800001, 0, 0x3F800001)]                      // just above the tie
    [InlineData("add.f32 %d, %a, %b;", Tiny, Tiny, 0, 2)]                                    // subnormals are kept
    [InlineData("add.f32 %d, %a, %b;", 0x80000000, 0, 0, 0)]                                 // -0 + 0 = +0
    [InlineData("add.f32 %d, %a, %b;", Infinity, 0xFF800000, 0, CanonicalNaN)]
    [InlineData("add.f32 %d, %a, %b;", QuietNaN, One, 0, CanonicalNaN)]
    [InlineData("sub.f32 %d, %a, %b;", One, SignallingNaN, 0, CanonicalNaN)]
    [InlineData("sub.f32 %d, %a, %b;", One, One, 0, 0)]
    [InlineData("mul.rn.f32 %d, %a, %b;", 0x3F800001, 0x3F800001, 0, 0x3F800002)]            // (1 + e)² = 1 + 2e + e², e² is lost
    [InlineData("mul.rn.f32 %d, %a, %b;", 0x00800000, 0x3F000000, 0, 0x00400000)]            // 2^-126 / 2 is subnormal
    [InlineData("mul.rn.f32 %d, %a, %b;", Infinity, 0, 0, CanonicalNaN)]
    [InlineData("fma.rn.f32 %d, %a, %b, %c;", 0x3F800001, 0x3F800001, 0xBF800002, 0x28800000)]   // e² = 2^-46 is kept
    [InlineData("fma.rn.f32 %d, %a, %b, %c;", Infinity, 0, One, CanonicalNaN)]
    [InlineData("div.rn.f32 %d, %a, %b;", One, 0x40400000, 0, 0x3EAAAAAB)]                   // 1/3
    [InlineData("div.rn.f32 %d, %a, %b;", 0xBF800000, 0, 0, 0xFF800000)]
    [InlineData("div.rn.f32 %d, %a, %b;", 0, 0, 0, CanonicalNaN)]
    [InlineData("sqrt.rn.f32 %d, %a;", 0x40000000, 0, 0, 0x3FB504F3)]
    [InlineData("sqrt.rn.f32 %d, %a;", 0x80000000, 0, 0, 0x80000000)]                        // √-0 = -0
    [InlineData("sqrt.rn.f32 %d, %a;", 0xBF800000, 0, 0, CanonicalNaN)]
    [InlineData("neg.f32 %d, %a;", 0, 0, 0, 0x80000000)]
    [InlineData("mov.f32 %d, %a;", SignallingNaN, 0, 0, SignallingNaN)]                      // a move keeps the bits
    [InlineData("cvt.rn.f32.s32 %d, %a;", 0x01000001, 0, 0, 0x4B800000)]                     // 2^24 + 1: a tie, to even
    [InlineData("cvt.rn.f32.s32 %d, %a;", 0xFFFFFFFF, 0, 0, 0xBF800000)]
    [InlineData("cvt.rn.f32.u32 %d, %a;", 0xFFFFFFFF, 0, 0, 0x4F800000)]
    [InlineData("cvt.rzi.s32.f32 %d, %a;", 0xBFF33333, 0, 0, 0xFFFFFFFF)]                    // -1.9 to -1
    [InlineData("cvt.rzi.s32.f32 %d, %a;", 0x4F000000, 0, 0, 0x7FFFFFFF)]                    // 2^31 is clamped
    [InlineData("cvt.rzi.s32.f32 %d, %a;", 0xFF800000, 0, 0, 0x80000000)]
    [InlineData("cvt.rzi.s32.f32 %d, %a;", QuietNaN, 0, 0, 0)]
    [InlineData("cvt.rzi.u32.f32 %d, %a;", 0xBF800000, 0, 0, 0)]
    [InlineData("cvt.rzi.u32.f32 %d, %a;", Infinity, 0, 0, 0xFFFFFFFF)]
    public void Floats(string statement, uint a, uint b, uint c, uint expected) =>
        Assert.Equal(expected, PtxProgram.Compute(statement, a, b, c).D);

    // less, equal, greater, and NaN on one side
    [Theory]
    [InlineData("eq", false, true, false, false)]
    [InlineData("ne", true, false, true, false)]
    [InlineData("lt", true, false, false, false)]
    [InlineData("le", true, true, false, false)]
    [InlineData("gt", false, false, true, false)]
    [InlineData("ge", false, true, true, false)]
    [InlineData("equ", false, true, false, true)]
    [InlineData("neu", true, false, true, true)]
    [InlineData("ltu", true, false, false, true)]
    [InlineData("leu", true, true, false, true)]
    [InlineData("gtu", false, false, true, true)]
    [InlineData("geu", false, true, true, true)]
    [InlineData("num", true, true, true, false)]
    [InlineData("nan", false, false, false, true)]
    public void ComparisonsOfFloats(string comparison, bool less, bool equal, bool greater, bool unordered)
    {
        bool Holds(float a, float b)
        {
            (uint bitsOfA, uint bitsOfB) = (BitConverter.SingleToUInt32Bits(a), BitConverter.SingleToUInt32Bits(b));
            return PtxProgram.Compute($"setp.{comparison}.f32 %p, %a, %b;", bitsOfA, bitsOfB).P;
        }
        Assert.Equal((less, equal, greater), (Holds(1, 2), Holds(2, 2), Holds(2, 1)));
        Assert.Equal(equal, Holds(-0f, 0f));
        Assert.Equal((unordered, unordered, unordered), (Holds(float.NaN, 1), Holds(1, float.NaN), Holds(float.NaN, float.NaN)));
    }

    [Theory]
    [InlineData("lt.s32", true)]
    [InlineData("lt.u32", false)]
    [InlineData("lo.u32", false)]
    [InlineData("le.s32", true)]
    [InlineData("ls.u32", false)]
    [InlineData("gt.s32", false)]
    [InlineData("hi.u32", true)]
    [InlineData("ge.s32", false)]
    [InlineData("hs.u32", true)]
    [InlineData("eq.s32", false)]
    [InlineData("ne.b32", true)]
    public void MinusOneAgainstOne(string comparison, bool expected) =>
        Assert.Equal(expected, PtxProgram.Compute($"setp.{comparison} %p, %a, %b;", 0xFFFFFFFF, 1).P);

    [Theory]
    [InlineData("and.pred %p, %p, %q;", false)]
    [InlineData("or.pred %p, %p, %q;", true)]
    [InlineData("xor.pred %p, %q, %q;", false)]
    [InlineData("not.pred %p, %p;", true)]
    [InlineData("mov.pred %p, 1;", true)]
    public void Predicates(string statement, bool expected) =>
        Assert.Equal(expected, PtxProgram.Compute($"setp.eq.s32 %q, 0, 0; {statement}").P);

    [Fact]
    public void EachThreadKnowsItsPlace()
    {
        var memory = new ulong[12];
        PtxProgram.Run("""
            mov.u32 %a, %ctaid.x;
            mov.u32 %b, %ntid.x;
            mov.u32 %c, %nctaid.x;
            mad.lo.s32 %d, %a, %b, %thread;
            mul.wide.u32 %place, %d, 8;
            add.u64 %place, %place, %address;
            st.global.b32 [%place], %d;
            st.global.b32 [%place+4], %c;
            """, memory, threads: 4, groups: 3);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (uint)i | 3ul << 32), memory);
    }
}
