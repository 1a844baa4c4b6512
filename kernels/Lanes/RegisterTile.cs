using System.Runtime.CompilerServices;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Eight rows of eight sums in the registers of one thread.</summary>
public readonly struct RegisterTile(Eight r0, Eight r1, Eight r2, Eight r3, Eight r4, Eight r5, Eight r6, Eight r7)
{
    internal readonly Eight R0 = r0, R1 = r1, R2 = r2, R3 = r3, R4 = r4, R5 = r5, R6 = r6, R7 = r7;

    /// <summary>Rows that begin with one value each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterTile Splat(Eight rows) => new(
        Eight.Splat(rows.V0), Eight.Splat(rows.V1), Eight.Splat(rows.V2), Eight.Splat(rows.V3),
        Eight.Splat(rows.V4), Eight.Splat(rows.V5), Eight.Splat(rows.V6), Eight.Splat(rows.V7));

    /// <summary>Adds the product of a row and a column of each: sum (i,j) = x (i) · y (j) + sum (i,j), each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterTile Fma(Eight x, Eight y, RegisterTile sum) => new(
        Eight.Fma(x.V0, y, sum.R0), Eight.Fma(x.V1, y, sum.R1), Eight.Fma(x.V2, y, sum.R2), Eight.Fma(x.V3, y, sum.R3),
        Eight.Fma(x.V4, y, sum.R4), Eight.Fma(x.V5, y, sum.R5), Eight.Fma(x.V6, y, sum.R6), Eight.Fma(x.V7, y, sum.R7));
}
