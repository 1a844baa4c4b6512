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
/// <see cref="SingleExampleTraining{TActivation, TLoss, TView}"/> for a GPU, of networks that fit shared memory whole: weights, activations
/// and gradients stay there from the first step to the last. A thread owns one unit of every layer; in forward one of two threads computes
/// two, which share what is read of their inputs.
/// </summary>
/// <remarks>
/// <para>
/// Four weights of neighbouring outputs and one input lie together. So the owner of an input, who sums dx over the outputs and updates the
/// weights in passing, reads and writes four at a time; forward, which sums over the inputs, reads those of two outputs.
/// </para>
/// <para>
/// Sums run over whole runs of eight or sixteen terms. The activations and gradients that are not there are 0, their weights -0: such a
/// term's product is -0, which changes no sum, not even that of a zero.
/// </para>
/// </remarks>
/// <typeparam name="TActivation">The hidden layers' activation.</typeparam>
/// <typeparam name="TLoss">The loss of the logit.</typeparam>
/// <typeparam name="TSize">How much shared memory there is.</typeparam>
/// <typeparam name="TView">The memory.</typeparam>
/// <param name="views">The memory; no scratch memory is used.</param>
/// <param name="plan">Sizes and counts of the launch.</param>
/// <param name="shape">The networks' shape, for which <see cref="Takes"/> holds.</param>
public readonly struct SharedTraining<TActivation, TLoss, TSize, TView>(
    TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape) : ISharedOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TSize : struct, ISharedSize where TView : struct
{
    /// <summary>The most units of a layer.</summary>
    public const int MostUnits = 64;

    const int Threads = MostUnits, Chunk = Threads * PhiloxBlock.Words;

    // places in shared memory; the layers come last
    const int Partials = 0, Gradients = StridedSum.Partials, Logits = Gradients + 2 * MostUnits, Rows = Logits + Chunk,
        Labels = Rows + Chunk, Rates = Labels + Chunk, Layers = Rates + Chunk + SharedLayer.TableLength;

    /// <inheritdoc/>
    public static int Lanes => Threads;

    /// <inheritdoc/>
    public static int SharedFloats => TSize.Floats;

    /// <inheritdoc/>
    public int Groups => plan.Networks;

    /// <summary>Whether networks of a shape can be trained.</summary>
    public static bool Takes(NetworkShape shape)
    {
        if (shape.Depth < 2 || shape.Width(0) > MostUnits) return false;
        for (int l = 1; l < shape.Depth; l++)
            if (shape.Width(l) is < 2 or > MostUnits) return false;
        return Layers + SharedLayer.Floats(shape) <= TSize.Floats;
    }

    /// <inheritdoc/>
    public void Run<T, TBarrier>(int group, int lane, TView shared) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        var layers = new SharedLayers<T, TView>(shared, Rates + Chunk);
        int arena = group * plan.ArenaLength;
        int depth = shape.Depth, features = shape.Width(0);
        if (lane == 0) layers.WriteTable(shape, Layers);
        TBarrier.Wait(Threads);
        layers.Clear(shape, lane, Threads);
        TBarrier.Wait(Threads);
        layers.Load(shape, views.Parameters, arena, lane, Threads);
        TBarrier.Wait(Threads);
        SharedLayer input = layers[0], firstHidden = layers[1], output = layers[depth - 1];
        int lastUnits = output.Units;
        TView lastWeights = T.From(shared, output.Weights), lastValues = T.From(shared, output.Values);
        int bias = plan.ArenaLength - NetworkShape.ArenaLength(lastUnits, 1) + lastUnits;
        float b = T.Get(views.Parameters, arena + bias);
        int end = plan.FirstStep + plan.Steps;
        for (int first = plan.FirstStep - plan.FirstStep % Chunk; first < end; first += Chunk)
        {
            Draw<T>(shared, group, first, lane);
            TBarrier.Wait(Threads);
            int step = first < plan.FirstStep ? plan.FirstStep : first, stop = end - first < Chunk ? end : first + Chunk;
            for (; step < stop; step++)
            {
                TView slot = T.From(shared, step - first);
                if (lane < features) T.Set(shared, input.Values + lane, T.Get(views.X, T.GetInt(slot, Rows) * features + lane));
                float label = T.Get(slot, Labels), down = -T.Get(slot, Rates);
                TBarrier.Wait(Threads);
                SharedLayer layer = input;
                for (int l = 1; l < depth; l++)
                {
                    SharedLayer next = layers[l];
                    layers.Forward<TActivation>(layer, next, 2 * lane);
                    TBarrier.Wait(Threads);
                    layer = next;
                }
                if (lane < StridedSum.Partials)
                    T.Set(shared, Partials + lane, Partial<T>(T.From(lastValues, lane), T.From(lastWeights, lane)));
                TBarrier.Wait(Threads);
                float z = StridedSum.TotalOfBlock<T, TView>(T.From(shared, Partials)) + b;
                if (lane == 0) T.Set(slot, Logits, z);
                float g = T.First(TLoss.Gradient<T, TView>(T.Splat(z), T.Splat(label)));
                b = Rounding.Fma(down, 0f + g, b);
                // the gradients at two layers' units, by turns
                int here = Gradients, before = Gradients + MostUnits;
                // A unit that is not there has the weight -0 and keeps it. No if: ILGPU would make two copies of the barrier behind it.
                float dz = layers.OutputBackward<TActivation>(T.From(lastValues, lane), T.From(lastWeights, lane), g, down);
                T.Set(shared, here + lane, T.First(T.SelectLess(T.Splat(lane), T.Splat(lastUnits), T.Splat(dz), T.Splat(0f))));
                TBarrier.Wait(Threads);
                for (int l = depth - 2; l > 0; l--)
                {
                    SharedLayer inputs = layers[l];
                    T.Set(shared, before + lane, layers.Backward<TActivation>(inputs, layer, lane, T.From(shared, here), down));
                    layer = inputs;
                    TBarrier.Wait(Threads);
                    int swap = here;
                    here = before;
                    before = swap;
                }
                layers.UpdateFirst(input, firstHidden, lane, T.From(shared, here), down);
                TBarrier.Wait(Threads);
                if (plan.SnapshotEvery > 0 && group == 0 && step % plan.SnapshotEvery == 0)
                {
                    int at = step / plan.SnapshotEvery * plan.ArenaLength;
                    layers.Save(shape, views.Snapshots, at, lane, Threads);
                    if (lane == 0) T.Set(views.Snapshots, at + bias, b);
                }
            }
            StoreLosses<T>(shared, group, first, stop, lane);
            TBarrier.Wait(Threads);
        }
        layers.Save(shape, views.Parameters, arena, lane, Threads);
        if (lane == 0) T.Set(views.Parameters, arena + bias, b);
    }

    // a partial sum of the logit: the terms that are not there change nothing
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Partial<T>(TView a, TView w) where T : struct, ILanes<T, TView>
    {
        float p = Rounding.Fma(T.Get(a, 0), T.Get(w, 0), 0f);
        p = Rounding.Fma(T.Get(a, 16), T.Get(w, 16), p);
        p = Rounding.Fma(T.Get(a, 32), T.Get(w, 32), p);
        return Rounding.Fma(T.Get(a, 48), T.Get(w, 48), p);
    }

    // the examples' rows, labels and learning rates of the steps from first on: a block of the stream gives those of four steps
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Draw<T>(TView shared, int group, int first, int lane) where T : struct, ILanes<T, TView>
    {
        int network = NetworkRow.Length * group, step = first + PhiloxBlock.Words * lane;
        uint low = (uint)T.GetInt(views.Networks, network + NetworkRow.SeedLow);
        uint high = (uint)T.GetInt(views.Networks, network + NetworkRow.SeedHigh);
        int firstRow = T.GetInt(views.Networks, network + NetworkRow.FirstRow);
        float rate = T.Get(views.Networks, network + NetworkRow.LearningRate);
        PhiloxBlock block = Philox.StreamBlock(low, high, (ulong)(step >> 2), plan.Stream, 0);
        TView slot = T.From(shared, PhiloxBlock.Words * lane);
        for (int i = 0; i < PhiloxBlock.Words; i++)
        {
            int k = step + i - plan.FirstStep;
            if (k >= 0 && k < plan.Steps)
            {
                int row = firstRow + (plan.HasPicks != 0 ? T.GetInt(views.Picks, k) : Philox.Below(block.Word(i), plan.Examples));
                T.SetInt(slot, Rows, row);
                T.Set(slot, Labels, T.Get(views.Y, row));
                T.Set(slot, Rates, plan.HasSchedule != 0 ? Rounding.Multiply(rate, T.Get(views.Schedule, StepNumbers.TableRow * k)) : rate);
            }
            slot = T.From(slot, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void StoreLosses<T>(TView shared, int group, int first, int stop, int lane) where T : struct, ILanes<T, TView>
    {
        for (int step = first + lane; step < stop; step += Threads)
        {
            int k = step - plan.FirstStep, slot = step - first;
            if (k < 0) continue;
            T z = T.Splat(T.Get(shared, Logits + slot)), y = T.Splat(T.Get(shared, Labels + slot));
            T.Set(views.Losses, group * plan.Steps + k, T.First(TLoss.Value<T, TView>(z, y)));
        }
    }
}

/// <summary>How much shared memory a group takes.</summary>
public interface ISharedSize
{
    /// <summary>Floats.</summary>
    static abstract int Floats { get; }
}

/// <summary>32 KiB, of which a multiprocessor has room for several groups.</summary>
public readonly struct SharedSize32 : ISharedSize
{
    /// <inheritdoc/>
    public static int Floats => 32 << 8;
}

/// <summary>48 KiB, the most that a CUDA kernel may declare.</summary>
public readonly struct SharedSize48 : ISharedSize
{
    /// <inheritdoc/>
    public static int Floats => 48 << 8;
}
