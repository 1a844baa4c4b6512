using System.Runtime.CompilerServices;
using CudaEmulator.Ptx;
using static CudaEmulator.Interpreter.Arithmetic;

namespace CudaEmulator.Interpreter;

/// <summary>Runs one thread to the next barrier or to its end.</summary>
static unsafe class ThreadRunner
{
    /// <typeparam name="TMode">Whether its instructions are counted one by one.</typeparam>
    /// <param name="group">The thread's group.</param>
    /// <param name="r">The thread's registers. A 32-bit register is the low half of its slot; a predicate is 0 or 1.</param>
    /// <param name="next">The instruction to begin with; afterwards the one behind the barrier.</param>
    /// <param name="done">Whether the thread has ended.</param>
    /// <returns>How many instructions ran.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Run<TMode>(GroupRunner group, ulong* r, ref int next, out bool done) where TMode : struct, IRunMode
    {
        byte* parameters = group.Parameters;
        long count = 0;
        int at = next;
        fixed (Instruction* code = group.Kernel.Code)
        fixed (Window* windows = group.Windows)
        {
            while (true)
            {
                Instruction* i = code + at;
                if (TMode.Counts) group.Counter!.Executes(at);
                at++;
                count++;
                switch (i->Op)
                {
                    case Op.Bra: at = i->D; break;
                    case Op.BraIf: if (U(r, i->A) != 0) at = i->D; break;
                    case Op.BraIfNot: if (U(r, i->A) == 0) at = i->D; break;
                    // a guard and what it guards are one instruction
                    case Op.SkipIf: if (U(r, i->A) != 0) at++; else count--; break;
                    case Op.SkipIfNot: if (U(r, i->A) == 0) at++; else count--; break;
                    case Op.Ret:
                        done = true;
                        return count;
                    case Op.Bar:
                        next = at;
                        done = false;
                        return count;

                    case Op.Mov32: U(r, i->D) = U(r, i->A); break;
                    case Op.Mov64: r[i->D] = r[i->A]; break;
                    case Op.Selp32: U(r, i->D) = U(r, U(r, i->C) != 0 ? i->A : i->B); break;
                    case Op.Selp64: r[i->D] = r[U(r, i->C) != 0 ? i->A : i->B]; break;

                    case Op.LdParam32: U(r, i->D) = *(uint*)(parameters + i->C); break;
                    case Op.LdParam64: r[i->D] = *(ulong*)(parameters + i->C); break;
                    case Op.LdGlobal32: U(r, i->D) = *(uint*)Global<TMode>(group, windows, i, r, 4, false, at - 1); break;
                    case Op.LdGlobal64: r[i->D] = *(ulong*)Global<TMode>(group, windows, i, r, 8, false, at - 1); break;
                    case Op.StGlobal32: *(uint*)Global<TMode>(group, windows, i, r, 4, true, at - 1) = U(r, i->D); break;
                    case Op.StGlobal64: *(ulong*)Global<TMode>(group, windows, i, r, 8, true, at - 1) = r[i->D]; break;
                    case Op.LdShared32: U(r, i->D) = *(uint*)Shared<TMode>(group, i, r, 4, false, at - 1); break;
                    case Op.LdShared64: r[i->D] = *(ulong*)Shared<TMode>(group, i, r, 8, false, at - 1); break;
                    case Op.StShared32: *(uint*)Shared<TMode>(group, i, r, 4, true, at - 1) = U(r, i->D); break;
                    case Op.StShared64: *(ulong*)Shared<TMode>(group, i, r, 8, true, at - 1) = r[i->D]; break;
                    case Op.LdGlobalVector:
                        {
                            int[] slots = group.Kernel.Vectors[i->D];
                            uint* from = (uint*)Global<TMode>(group, windows, i, r, 4 * slots.Length, false, at - 1);
                            for (int k = 0; k < slots.Length; k++) U(r, slots[k]) = from[k];
                            break;
                        }
                    case Op.StGlobalVector:
                        {
                            int[] slots = group.Kernel.Vectors[i->D];
                            uint* to = (uint*)Global<TMode>(group, windows, i, r, 4 * slots.Length, true, at - 1);
                            for (int k = 0; k < slots.Length; k++) to[k] = U(r, slots[k]);
                            break;
                        }
                    case Op.LdSharedVector:
                        {
                            int[] slots = group.Kernel.Vectors[i->D];
                            uint* from = (uint*)Shared<TMode>(group, i, r, 4 * slots.Length, false, at - 1);
                            for (int k = 0; k < slots.Length; k++) U(r, slots[k]) = from[k];
                            break;
                        }
                    case Op.StSharedVector:
                        {
                            int[] slots = group.Kernel.Vectors[i->D];
                            uint* to = (uint*)Shared<TMode>(group, i, r, 4 * slots.Length, true, at - 1);
                            for (int k = 0; k < slots.Length; k++) to[k] = U(r, slots[k]);
                            break;
                        }

                    case Op.Add32: U(r, i->D) = U(r, i->A) + U(r, i->B); break;
                    case Op.Sub32: U(r, i->D) = U(r, i->A) - U(r, i->B); break;
                    case Op.Mul32: U(r, i->D) = U(r, i->A) * U(r, i->B); break;
                    case Op.Mad32: U(r, i->D) = U(r, i->A) * U(r, i->B) + U(r, i->C); break;
                    case Op.MulWideS32: L(r, i->D) = (long)S(r, i->A) * S(r, i->B); break;
                    case Op.MulWideU32: r[i->D] = (ulong)U(r, i->A) * U(r, i->B); break;
                    case Op.MadWideS32: L(r, i->D) = (long)S(r, i->A) * S(r, i->B) + L(r, i->C); break;
                    case Op.MadWideU32: r[i->D] = (ulong)U(r, i->A) * U(r, i->B) + r[i->C]; break;
                    case Op.MulHiS32: S(r, i->D) = (int)((long)S(r, i->A) * S(r, i->B) >> 32); break;
                    case Op.MulHiU32: U(r, i->D) = (uint)((ulong)U(r, i->A) * U(r, i->B) >> 32); break;
                    case Op.DivS32: S(r, i->D) = Divide(S(r, i->A), S(r, i->B)); break;
                    case Op.DivU32: U(r, i->D) = Divide(U(r, i->A), U(r, i->B)); break;
                    case Op.RemS32: S(r, i->D) = Remainder(S(r, i->A), S(r, i->B)); break;
                    case Op.RemU32: U(r, i->D) = Remainder(U(r, i->A), U(r, i->B)); break;
                    case Op.Neg32: S(r, i->D) = -S(r, i->A); break;
                    case Op.AbsS32: S(r, i->D) = S(r, i->A) < 0 ? -S(r, i->A) : S(r, i->A); break;
                    case Op.MinS32: S(r, i->D) = Math.Min(S(r, i->A), S(r, i->B)); break;
                    case Op.MaxS32: S(r, i->D) = Math.Max(S(r, i->A), S(r, i->B)); break;
                    case Op.MinU32: U(r, i->D) = Math.Min(U(r, i->A), U(r, i->B)); break;
                    case Op.MaxU32: U(r, i->D) = Math.Max(U(r, i->A), U(r, i->B)); break;

                    case Op.Add64: r[i->D] = r[i->A] + r[i->B]; break;
                    case Op.Sub64: r[i->D] = r[i->A] - r[i->B]; break;
                    case Op.Mul64: r[i->D] = r[i->A] * r[i->B]; break;
                    case Op.Mad64: r[i->D] = r[i->A] * r[i->B] + r[i->C]; break;
                    case Op.DivS64: L(r, i->D) = Divide(L(r, i->A), L(r, i->B)); break;
                    case Op.DivU64: r[i->D] = Divide(r[i->A], r[i->B]); break;
                    case Op.RemS64: L(r, i->D) = Remainder(L(r, i->A), L(r, i->B)); break;
                    case Op.RemU64: r[i->D] = Remainder(r[i->A], r[i->B]); break;
                    case Op.Neg64: L(r, i->D) = -L(r, i->A); break;

                    case Op.And32: U(r, i->D) = U(r, i->A) & U(r, i->B); break;
                    case Op.Or32: U(r, i->D) = U(r, i->A) | U(r, i->B); break;
                    case Op.Xor32: U(r, i->D) = U(r, i->A) ^ U(r, i->B); break;
                    case Op.Not32: U(r, i->D) = ~U(r, i->A); break;
                    case Op.NotPred: U(r, i->D) = U(r, i->A) ^ 1; break;
                    case Op.And64: r[i->D] = r[i->A] & r[i->B]; break;
                    case Op.Or64: r[i->D] = r[i->A] | r[i->B]; break;
                    case Op.Xor64: r[i->D] = r[i->A] ^ r[i->B]; break;
                    case Op.Not64: r[i->D] = ~r[i->A]; break;
                    case Op.Shl32: U(r, i->D) = ShiftLeft(U(r, i->A), U(r, i->B)); break;
                    case Op.ShrS32: S(r, i->D) = ShiftRight(S(r, i->A), U(r, i->B)); break;
                    case Op.ShrU32: U(r, i->D) = ShiftRight(U(r, i->A), U(r, i->B)); break;
                    case Op.Shl64: r[i->D] = ShiftLeft(r[i->A], U(r, i->B)); break;
                    case Op.ShrS64: L(r, i->D) = ShiftRight(L(r, i->A), U(r, i->B)); break;
                    case Op.ShrU64: r[i->D] = ShiftRight(r[i->A], U(r, i->B)); break;

                    case Op.AddF32: F(r, i->D) = Result(F(r, i->A) + F(r, i->B)); break;
                    case Op.SubF32: F(r, i->D) = Result(F(r, i->A) - F(r, i->B)); break;
                    case Op.MulF32: F(r, i->D) = Result(F(r, i->A) * F(r, i->B)); break;
                    case Op.FmaF32: F(r, i->D) = Result(MathF.FusedMultiplyAdd(F(r, i->A), F(r, i->B), F(r, i->C))); break;
                    case Op.DivF32: F(r, i->D) = Result(F(r, i->A) / F(r, i->B)); break;
                    case Op.SqrtF32: F(r, i->D) = Result(MathF.Sqrt(F(r, i->A))); break;
                    case Op.NegF32: U(r, i->D) = U(r, i->A) ^ 0x8000_0000; break;

                    case Op.EqI32: P(r, i->D, U(r, i->A) == U(r, i->B)); break;
                    case Op.NeI32: P(r, i->D, U(r, i->A) != U(r, i->B)); break;
                    case Op.LtS32: P(r, i->D, S(r, i->A) < S(r, i->B)); break;
                    case Op.LeS32: P(r, i->D, S(r, i->A) <= S(r, i->B)); break;
                    case Op.GtS32: P(r, i->D, S(r, i->A) > S(r, i->B)); break;
                    case Op.GeS32: P(r, i->D, S(r, i->A) >= S(r, i->B)); break;
                    case Op.LtU32: P(r, i->D, U(r, i->A) < U(r, i->B)); break;
                    case Op.LeU32: P(r, i->D, U(r, i->A) <= U(r, i->B)); break;
                    case Op.GtU32: P(r, i->D, U(r, i->A) > U(r, i->B)); break;
                    case Op.GeU32: P(r, i->D, U(r, i->A) >= U(r, i->B)); break;
                    case Op.EqI64: P(r, i->D, r[i->A] == r[i->B]); break;
                    case Op.NeI64: P(r, i->D, r[i->A] != r[i->B]); break;
                    case Op.LtS64: P(r, i->D, L(r, i->A) < L(r, i->B)); break;
                    case Op.LeS64: P(r, i->D, L(r, i->A) <= L(r, i->B)); break;
                    case Op.GtS64: P(r, i->D, L(r, i->A) > L(r, i->B)); break;
                    case Op.GeS64: P(r, i->D, L(r, i->A) >= L(r, i->B)); break;
                    case Op.LtU64: P(r, i->D, r[i->A] < r[i->B]); break;
                    case Op.LeU64: P(r, i->D, r[i->A] <= r[i->B]); break;
                    case Op.GtU64: P(r, i->D, r[i->A] > r[i->B]); break;
                    case Op.GeU64: P(r, i->D, r[i->A] >= r[i->B]); break;

                    // ordered comparisons are false for NaN, unordered ones (…u) true; in C# only != is unordered
                    case Op.EqF32: P(r, i->D, F(r, i->A) == F(r, i->B)); break;
                    case Op.NeF32: P(r, i->D, F(r, i->A) < F(r, i->B) || F(r, i->A) > F(r, i->B)); break;
                    case Op.LtF32: P(r, i->D, F(r, i->A) < F(r, i->B)); break;
                    case Op.LeF32: P(r, i->D, F(r, i->A) <= F(r, i->B)); break;
                    case Op.GtF32: P(r, i->D, F(r, i->A) > F(r, i->B)); break;
                    case Op.GeF32: P(r, i->D, F(r, i->A) >= F(r, i->B)); break;
                    case Op.EquF32: P(r, i->D, !(F(r, i->A) < F(r, i->B) || F(r, i->A) > F(r, i->B))); break;
                    case Op.NeuF32: P(r, i->D, F(r, i->A) != F(r, i->B)); break;
                    case Op.LtuF32: P(r, i->D, !(F(r, i->A) >= F(r, i->B))); break;
                    case Op.LeuF32: P(r, i->D, !(F(r, i->A) > F(r, i->B))); break;
                    case Op.GtuF32: P(r, i->D, !(F(r, i->A) <= F(r, i->B))); break;
                    case Op.GeuF32: P(r, i->D, !(F(r, i->A) < F(r, i->B))); break;
                    case Op.NumF32: P(r, i->D, !float.IsNaN(F(r, i->A)) && !float.IsNaN(F(r, i->B))); break;
                    case Op.NanF32: P(r, i->D, float.IsNaN(F(r, i->A)) || float.IsNaN(F(r, i->B))); break;

                    case Op.CvtS64S32: L(r, i->D) = S(r, i->A); break;
                    case Op.CvtU64U32: r[i->D] = U(r, i->A); break;
                    case Op.CvtF32S32: F(r, i->D) = S(r, i->A); break;
                    case Op.CvtF32U32: F(r, i->D) = U(r, i->A); break;
                    case Op.CvtS32F32: S(r, i->D) = ToInt32(F(r, i->A)); break;
                    case Op.CvtU32F32: U(r, i->D) = ToUInt32(F(r, i->A)); break;

                    case Op.StParam:
                    default: throw new InvalidOperationException($"{i->Op} cannot run in an entry point");
                }
            }
        }
    }

    static ref uint U(ulong* r, int slot) => ref *(uint*)(r + slot);

    static ref int S(ulong* r, int slot) => ref *(int*)(r + slot);

    static ref long L(ulong* r, int slot) => ref *(long*)(r + slot);

    static ref float F(ulong* r, int slot) => ref *(float*)(r + slot);

    static void P(ulong* r, int slot, bool value) => *(uint*)(r + slot) = value ? 1u : 0u;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static byte* Global<TMode>(GroupRunner group, Window* windows, Instruction* i, ulong* r, int bytes, bool writes, int at)
        where TMode : struct, IRunMode
    {
        ulong address = r[i->A] + (ulong)(long)i->C;
        Window* window = windows + i->B;
        ulong offset = address - window->Address;
        bool inWindow = offset <= window->Limit && (address & (ulong)(bytes - 1)) == 0;
        byte* host = inWindow ? window->Host + offset : group.Global(address, bytes, i->B, at);
        if (TMode.Counts) group.Counter!.Accesses(at, address);
        if (group.Races is not null) group.Watch(host, bytes, writes, at);
        return host;
    }

    static byte* Shared<TMode>(GroupRunner group, Instruction* i, ulong* r, int bytes, bool writes, int at)
        where TMode : struct, IRunMode
    {
        ulong address = r[i->A] + (ulong)(long)i->C;
        byte* host = group.Shared(address, bytes, at);
        if (TMode.Counts) group.Counter!.Accesses(at, address);
        if (group.Races is not null) group.Watch(host, bytes, writes, at);
        return host;
    }
}
