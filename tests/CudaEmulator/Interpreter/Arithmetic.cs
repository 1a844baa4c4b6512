using System.Runtime.CompilerServices;

namespace CudaEmulator.Interpreter;

/// <summary>Results of instructions for which C# has another result, or no operator.</summary>
static class Arithmetic
{
    /// <summary>The NaN that every float32 operation returns, whatever NaN its operands are.</summary>
    public static readonly float NaN = BitConverter.UInt32BitsToSingle(0x7FFF_FFFF);

    /// <summary>The result of a float32 operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Result(float value) => float.IsNaN(value) ? NaN : value;

    // a shift by the number of bits or more shifts everything out
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftLeft(uint a, uint by) => by > 31 ? 0 : a << (int)by;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRight(uint a, uint by) => by > 31 ? 0 : a >> (int)by;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ShiftRight(int a, uint by) => a >> (int)Math.Min(by, 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong a, uint by) => by > 63 ? 0 : a << (int)by;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong a, uint by) => by > 63 ? 0 : a >> (int)by;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ShiftRight(long a, uint by) => a >> (int)Math.Min(by, 63);

    // The ISA leaves a division by zero open: cards give all ones, and the dividend as remainder. The least number by -1 wraps around.
    public static int Divide(int a, int b) => b == 0 ? -1 : b == -1 ? -a : a / b;

    public static int Remainder(int a, int b) => b == 0 ? a : b == -1 ? 0 : a % b;

    public static uint Divide(uint a, uint b) => b == 0 ? uint.MaxValue : a / b;

    public static uint Remainder(uint a, uint b) => b == 0 ? a : a % b;

    public static long Divide(long a, long b) => b == 0 ? -1 : b == -1 ? -a : a / b;

    public static long Remainder(long a, long b) => b == 0 ? a : b == -1 ? 0 : a % b;

    public static ulong Divide(ulong a, ulong b) => b == 0 ? ulong.MaxValue : a / b;

    public static ulong Remainder(ulong a, ulong b) => b == 0 ? a : a % b;

    // rounds towards zero; values out of range are clamped, NaN gives 0 (PTX ISA, cvt)
    public static int ToInt32(float a) => float.IsNaN(a) ? 0 : a >= 2147483648f ? int.MaxValue : a <= -2147483648f ? int.MinValue : (int)a;

    public static uint ToUInt32(float a) => float.IsNaN(a) || a <= 0f ? 0 : a >= 4294967296f ? uint.MaxValue : (uint)a;
}
