using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// <see cref="SingleExampleTraining{TActivation, TLoss, TView}"/> of 2-h-1 networks for a GPU, h from 2 to <see cref="MostUnits"/>: a
/// thread keeps the weights of its two hidden units in registers from the first step to the last.
/// </summary>
/// <remarks>
/// Examples are drawn ahead by all threads, <see cref="Chunk"/> steps at a time, and the losses of these steps are computed at their end. A
/// step then has two barriers: the first before the sixteen partial sums of the logit, each the work of one thread, the second before their
/// total, which every thread adds up for itself, as it computes the loss's gradient. A partial sum's thread has copies of the output
/// weights in it, and updates these as the owners of the units do.
/// </remarks>
/// <param name="views">The memory; no scratch memory is used.</param>
/// <param name="plan">Sizes and counts of the launch.</param>
/// <param name="hidden">Hidden units.</param>
/// <param name="secondLayer">Where the output layer's weights begin in an arena.</param>
public readonly struct SharedTwoLayerTraining<TActivation, TLoss, TView>(
    TrainingViews<TView> views, TrainingPlan plan, int hidden, int secondLayer) : ISharedOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TView : struct
{
    /// <summary>The most hidden units.</summary>
    public const int MostUnits = 64;

    /// <summary>Whether networks of a shape can be trained.</summary>
    public static bool Takes(NetworkShape shape) => shape.Depth == 2 && shape.Width(0) == 2 && shape.Width(1) is > 1 and <= MostUnits;

    const int Threads = MostUnits / 2, Chunk = Threads * PhiloxBlock.Words, ExampleFloats = 4;

    // places in shared memory: the activations, the partial sums, the logits of a chunk, and its examples: x0, x1, y and the rate
    const int Partials = MostUnits, Logits = Partials + StridedSum.Partials, Examples = Logits + Chunk;

    /// <inheritdoc/>
    public static int Lanes => Threads;

    /// <inheritdoc/>
    public static int SharedFloats => Examples + ExampleFloats * Chunk;

    /// <inheritdoc/>
    public int Groups => plan.Networks;

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        TView w = T.From(views.Parameters, group * plan.ArenaLength);
        Unit a = Load<T>(w, lane), b = Load<T>(w, lane + Threads);
        // the output weights of the two terms of this thread's partial sum that other threads own
        float second = OutputWeight<T>(w, lane + StridedSum.Partials), fourth = OutputWeight<T>(w, lane + 3 * StridedSum.Partials);
        float bias = T.Get(w, secondLayer + hidden);
        TView mine = T.From(shared, lane), partials = T.From(shared, Partials);
        int end = plan.FirstStep + plan.Steps;
        for (int first = plan.FirstStep - plan.FirstStep % Chunk; first < end; first += Chunk)
        {
            DrawExamples<T>(shared, group, first, lane);
            TBarrier.Wait(Threads);
            int step = first < plan.FirstStep ? plan.FirstStep : first, stop = end - first < Chunk ? end : first + Chunk;
            TView example = T.From(shared, Examples + ExampleFloats * (step - first)), logit = T.From(shared, Logits + (step - first));
            for (; step < stop; step++)
            {
                Four e = T.GetFour(example, 0);
                float za = a.PreActivation(e), zb = b.PreActivation(e);
                float ya = EightActivations.Forward<TActivation, T, TView>(za), yb = EightActivations.Forward<TActivation, T, TView>(zb);
                T.Set(mine, 0, ya);
                T.Set(mine, Threads, yb);
                TBarrier.Wait(Threads);
                float y2 = 0f, y4 = 0f;
                if (lane < StridedSum.Partials)
                {
                    y2 = T.Get(mine, StridedSum.Partials);
                    y4 = T.Get(mine, 3 * StridedSum.Partials);
                    float p = lane < hidden ? Rounding.Fma(ya, a.Output, 0f) : 0f;
                    p = lane + StridedSum.Partials < hidden ? Rounding.Fma(y2, second, p) : p;
                    p = lane + Threads < hidden ? Rounding.Fma(yb, b.Output, p) : p;
                    p = lane + 3 * StridedSum.Partials < hidden ? Rounding.Fma(y4, fourth, p) : p;
                    T.Set(mine, Partials, p);
                }
                TBarrier.Wait(Threads);
                float z = StridedSum.TotalOfBlock<T, TView>(partials) + bias;
                if (lane == 0) T.Set(logit, 0, z);
                float g = T.First(TLoss.Gradient<T, TView>(T.Splat(z), T.Splat(e.V2))), down = -e.V3;
                a = a.Updated<T>(e, za, ya, g, down);
                b = b.Updated<T>(e, zb, yb, g, down);
                second = Rounding.Fma(down, Rounding.Fma(g, y2, 0f), second);
                fourth = Rounding.Fma(down, Rounding.Fma(g, y4, 0f), fourth);
                bias = Rounding.Fma(down, 0f + g, bias);
                if (plan.SnapshotEvery > 0 && group == 0 && step % plan.SnapshotEvery == 0)
                    Store<T>(T.From(views.Snapshots, step / plan.SnapshotEvery * plan.ArenaLength), lane, a, b, bias);
                example = T.From(example, ExampleFloats);
                logit = T.From(logit, 1);
            }
            TBarrier.Wait(Threads);
            StoreLosses<T>(shared, group, first, stop, lane);
            TBarrier.Wait(Threads);
        }
        Store<T>(w, lane, a, b, bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Unit Load<T>(TView w, int u) where T : struct, ILanes<T, TView> => u < hidden
        ? new(T.Get(w, u), T.Get(w, hidden + u), T.Get(w, 2 * hidden + u), T.Get(w, secondLayer + u)) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float OutputWeight<T>(TView w, int u) where T : struct, ILanes<T, TView> => u < hidden ? T.Get(w, secondLayer + u) : 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store<T>(TView w, int lane, Unit a, Unit b, float bias) where T : struct, ILanes<T, TView>
    {
        Store<T>(w, lane, a);
        Store<T>(w, lane + Threads, b);
        if (lane == 0) T.Set(w, secondLayer + hidden, bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store<T>(TView w, int u, Unit unit) where T : struct, ILanes<T, TView>
    {
        if (u >= hidden) return;
        T.Set(w, u, unit.X0);
        T.Set(w, hidden + u, unit.X1);
        T.Set(w, 2 * hidden + u, unit.Bias);
        T.Set(w, secondLayer + u, unit.Output);
    }

    // the examples of the steps from first on; each thread draws those of four steps, which one block of the stream gives
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void DrawExamples<T>(TView shared, int group, int first, int lane) where T : struct, ILanes<T, TView>
    {
        int row = NetworkRow.Length * group, step = first + PhiloxBlock.Words * lane;
        uint low = (uint)T.GetInt(views.Networks, row + NetworkRow.SeedLow);
        uint high = (uint)T.GetInt(views.Networks, row + NetworkRow.SeedHigh);
        int firstRow = T.GetInt(views.Networks, row + NetworkRow.FirstRow);
        float rate = T.Get(views.Networks, row + NetworkRow.LearningRate);
        PhiloxBlock block = Philox.StreamBlock(low, high, (ulong)(step >> 2), plan.Stream, 0);
        TView example = T.From(shared, Examples + ExampleFloats * PhiloxBlock.Words * lane);
        for (int i = 0; i < PhiloxBlock.Words; i++)
        {
            int k = step + i - plan.FirstStep;
            if (k >= 0 && k < plan.Steps)
            {
                int pick = firstRow + (plan.HasPicks != 0 ? T.GetInt(views.Picks, k) : Philox.Below(block.Word(i), plan.Examples));
                T.Set(example, 0, T.Get(views.X, 2 * pick));
                T.Set(example, 1, T.Get(views.X, 2 * pick + 1));
                T.Set(example, 2, T.Get(views.Y, pick));
                float factor = plan.HasSchedule != 0 ? T.Get(views.Schedule, StepNumbers.TableRow * k) : 1f;
                T.Set(example, 3, plan.HasSchedule != 0 ? Rounding.Multiply(rate, factor) : rate);
            }
            example = T.From(example, ExampleFloats);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void StoreLosses<T>(TView shared, int group, int first, int stop, int lane) where T : struct, ILanes<T, TView>
    {
        for (int step = first + lane; step < stop; step += Threads)
        {
            int k = step - plan.FirstStep, slot = step - first;
            if (k < 0) continue;
            T z = T.Splat(T.Get(shared, Logits + slot)), y = T.Splat(T.Get(shared, Examples + ExampleFloats * slot + 2));
            T.Set(views.Losses, group * plan.Steps + k, T.First(TLoss.Value<T, TView>(z, y)));
        }
    }

    // a hidden unit: the weights of its two inputs, its bias, and its weight in the output
    readonly struct Unit(float x0, float x1, float bias, float output)
    {
        internal readonly float X0 = x0, X1 = x1, Bias = bias, Output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal float PreActivation(Four e) => Rounding.Fma(e.V1, X1, Rounding.Fma(e.V0, X0, Bias));

        /// <summary>The unit after a step: its pre-activation and activation were z and y, and g is the loss's gradient.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Unit Updated<T>(Four e, float z, float y, float g, float down) where T : struct, ILanes<T, TView>
        {
            float dy = Rounding.Fma(g, Output, 0f), dz = T.First(TActivation.Backward<T, TView>(T.Splat(z), T.Splat(dy)));
            return new(
                Rounding.Fma(down, Rounding.Fma(e.V0, dz, 0f), X0), Rounding.Fma(down, Rounding.Fma(e.V1, dz, 0f), X1),
                Rounding.Fma(down, 0f + dz, Bias), Rounding.Fma(down, Rounding.Fma(g, y, 0f), Output));
        }
    }
}
