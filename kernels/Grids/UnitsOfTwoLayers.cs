using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Grids;

/// <summary>Sixteen points of two coordinates that one thread holds in registers.</summary>
public interface ISixteenPoints
{
    /// <summary>The pre-activations of a unit at the first eight points: b + x·w₀ + y·w₁, in the order of a linear layer.</summary>
    /// <param name="unit">The unit's weights of x and y, its bias, and its weight in the output.</param>
    Eight Low(Four unit);

    /// <summary>Those at the last eight points.</summary>
    /// <inheritdoc cref="Low"/>
    Eight High(Four unit);
}

/// <summary>
/// The units of a network 2-h-1 in shared memory, a block of the sum over units at a time; each thread of the group adds them up for its
/// sixteen points.
/// </summary>
/// <remarks>
/// A unit is four floats, which a thread reads at once. The units of one partial sum lie one after the other, sixteen places per partial
/// sum.
/// </remarks>
/// <param name="parameters">The networks' arenas.</param>
/// <param name="arena">Where the network's begins in them.</param>
/// <param name="hidden">Units, two or more.</param>
/// <param name="secondLayer">Where the weights of the output begin in the arena.</param>
/// <param name="shared">The memory, <see cref="UnitsOfTwoLayers.SharedFloats"/> floats.</param>
public readonly struct UnitsOfTwoLayers<THidden, T, TView>(TView parameters, int arena, int hidden, int secondLayer, TView shared)
    where THidden : struct, IActivation where T : struct, ILanes<T, TView> where TView : struct
{
    const int UnitFloats = UnitsOfTwoLayers.UnitFloats, PartialFloats = UnitFloats * BlockedSum.Length / StridedSum.Partials;

    /// <summary>The logits at a thread's points, without their bias; a thread that has none waits at the barriers all the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Sixteen Sums<TPoints, TBarrier>(TPoints points, bool works, int lane, int lanes)
        where TPoints : struct, ISixteenPoints where TBarrier : struct, IBarrier
    {
        Sixteen total = default;
        for (int begin = 0; begin < hidden; begin += BlockedSum.Length)
        {
            int stop = BlockedSum.Stop(begin, hidden);
            if (begin > 0) TBarrier.Wait(lanes);
            Copy(begin, stop, lane, lanes);
            TBarrier.Wait(lanes);
            if (works) total = AddBlock(total, begin, stop - begin, points);
        }
        return total;
    }

    /// <summary>What is added to all sums.</summary>
    public Eight Bias => Eight.Splat(T.Get(parameters, arena + secondLayer + hidden));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Copy(int begin, int stop, int lane, int lanes)
    {
        for (int k = begin + lane; k < stop; k += lanes)
        {
            int term = k - begin, at = term % StridedSum.Partials * PartialFloats + term / StridedSum.Partials * UnitFloats;
            TView unit = T.From(shared, at);
            T.Set(unit, 0, T.Get(parameters, arena + k));
            T.Set(unit, 1, T.Get(parameters, arena + hidden + k));
            T.Set(unit, 2, T.Get(parameters, arena + 2 * hidden + k));
            T.Set(unit, 3, T.Get(parameters, arena + secondLayer + k));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Sixteen AddBlock<TPoints>(Sixteen total, int begin, int units, TPoints points) where TPoints : struct, ISixteenPoints
    {
        Sixteen block = default;
        // a loop, because a compiler copies the activation sixteen times for each partial sum that is written out
        for (int half = 0; half < 2; half++)
        {
            Sixteen s = Sixteen.Add(Quarter(half, units, points), Quarter(half + 2, units, points));
            block = half == 0 ? s : Sixteen.Add(block, s);
        }
        return begin == 0 ? block : Sixteen.Add(total, block);
    }

    // the partial sums j, j + 4, j + 8 and j + 12 of a block, added as the tree of StridedSum adds them
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Sixteen Quarter<TPoints>(int j, int units, TPoints points) where TPoints : struct, ISixteenPoints => Sixteen.Add(
        Sixteen.Add(Partial(j, units, points), Partial(j + 8, units, points)),
        Sixteen.Add(Partial(j + 4, units, points), Partial(j + 12, units, points)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Sixteen Partial<TPoints>(int q, int units, TPoints points) where TPoints : struct, ISixteenPoints
    {
        Eight low = default, high = default;
        TView unit = T.From(shared, q * PartialFloats);
        for (int left = units - q; left > 0; left -= StridedSum.Partials)
        {
            Four w = T.GetFour(unit, 0);
            unit = T.From(unit, UnitFloats);
            low = Eight.Fma(w.V3, EightActivations.Forward<THidden, T, TView>(points.Low(w)), low);
            high = Eight.Fma(w.V3, EightActivations.Forward<THidden, T, TView>(points.High(w)), high);
        }
        return new(low, high);
    }
}

/// <summary>The size of <see cref="UnitsOfTwoLayers{THidden, T, TView}"/>.</summary>
public static class UnitsOfTwoLayers
{
    internal const int UnitFloats = 4;

    /// <summary>Floats of shared memory.</summary>
    public const int SharedFloats = UnitFloats * BlockedSum.Length;
}
