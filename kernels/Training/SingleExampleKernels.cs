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
/// Gradient descent on one random example per step, many steps or the whole run in one launch: one group of lanes per network.
/// The network is a chain of linear layers with TActivation between them and one output, the logit, which TLoss takes.
/// </summary>
/// <remarks>
/// Every sum has the same order as in the layers, so the bits are the same: forward sums the inputs from the bias, and for one output as a
/// strided sum; dx is a strided sum over the outputs; dw and db start at 0; the update is w = fma(-rate, dw, w).
/// Names below: m is the scratch memory; a, z, w and dz are positions in it, of activations, pre-activations, weights and their gradients.
/// </remarks>
public readonly partial struct SingleExampleTraining<TActivation, TLoss, TView>(
    TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape) : IGroupOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TView : struct
{
    /// <inheritdoc/>
    public int Groups => plan.Networks;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int network, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        if (lane == 0) WriteTable<T>(views.Scratch, Table(network));
        TBarrier.Wait(lanes);
        Unpack<T>(views.Scratch, Table(network), network * plan.ArenaLength, lane, lanes);
        PhiloxBlock block = default;
        TBarrier.Wait(lanes);
        for (int k = 0; k < plan.Steps; k++)
        {
            int step = plan.FirstStep + k, row = FirstRow<T>(network);
            if (plan.HasPicks != 0) row += T.GetInt(views.Picks, k);
            else
            {
                if (k == 0 || (step & 3) == 0) block = Draw<T>(network, step);
                row += Philox.Below(block.Word(step & 3), plan.Examples);
            }
            float label = T.Get(views.Y, row), z = StepForward<T, TBarrier>(network, k, row, label, lane, lanes);
            StepBackward<T, TBarrier>(network, k, Gradient<TScalar>(z, label), lane, lanes);
        }
        Pack<T>(views.Scratch, Table(network), views.Parameters, network * plan.ArenaLength, lane, lanes);
    }

    /// <summary>The forward half of step k: returns the logit of the example in a row, and records it for the loss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float StepForward<T, TBarrier>(int network, int k, int row, float label, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        TView m = views.Scratch;
        int table = Table(network);
        var layers = new LayerTable<T, TView>(m, table);
        int features = layers.Units(0), input = layers.Values(0);
        for (int i = lane; i < features; i += lanes) T.Set(m, input + i, T.Get(views.X, row * features + i));
        TBarrier.Wait(lanes);
        float z = Forward<T, TBarrier>(m, network * plan.ScratchLength, table, lane, lanes);
        if (lane == 0) Record<T>(m, Records(network), z, label, network * plan.Steps, k);
        return z;
    }

    /// <summary>
    /// The backward half of step k: updates the network by the loss's gradient at the logit, and takes the snapshot if one is due.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void StepBackward<T, TBarrier>(int network, int k, float gradient, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int step = plan.FirstStep + k;
        float rate = T.Get(views.Networks, NetworkRow.Length * network + NetworkRow.LearningRate);
        if (plan.HasSchedule != 0) rate = Rounding.Multiply(rate, T.Get(views.Schedule, StepNumbers.TableRow * k));
        Backward<T, TBarrier>(views.Scratch, Table(network), gradient, rate, lane, lanes);
        TBarrier.Wait(lanes);
        if (plan.SnapshotEvery > 0 && network == 0 && step % plan.SnapshotEvery == 0)
            Pack<T>(views.Scratch, Table(network), views.Snapshots, step / plan.SnapshotEvery * plan.ArenaLength, lane, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    float Forward<T, TBarrier>(TView m, int partials, int table, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        var layers = new LayerTable<T, TView>(m, table);
        int last = shape.Depth - 1;
        for (int l = 0; l < last; l++)
        {
            int inputs = layers.Units(l), a = layers.Values(l), w = layers.Weights(l);
            int outputs = layers.Units(l + 1), next = layers.Values(l + 1);
            if (outputs == 1) SingleUnit<T>(m, w, a, next, inputs, lane);
            else Hidden<T>(m, w, a, next, inputs, NetworkShape.Pad(outputs, T.Width), lane, lanes);
            TBarrier.Wait(lanes);
        }
        return Logit<T, TBarrier>(m, partials, layers.Weights(last), layers.Values(last), layers.Units(last), lane, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Backward<T, TBarrier>(TView m, int table, float g, float rate, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        var layers = new LayerTable<T, TView>(m, table);
        for (int l = shape.Depth - 1; l >= 0; l--)
        {
            int inputs = layers.Units(l), a = layers.Values(l), w = layers.Weights(l), outputs = layers.Units(l + 1);
            int padded = NetworkShape.Pad(outputs, T.Width), dz = UnitValues.Gradients(layers.Values(l + 1), padded);
            if (outputs == 1) OutputBackward<T>(m, w, a, inputs, l, l == shape.Depth - 1 ? g : T.Get(m, dz), rate, lane, lanes);
            else if (l > 0) HiddenInputGradient<T>(m, w, a, dz, inputs, outputs, padded, lane, lanes);
            TBarrier.Wait(lanes);
            if (outputs != 1) HiddenUpdate<T>(m, w, a, dz, inputs, padded, rate, lane, lanes);
        }
    }

    /// <summary>
    /// next = f(b + x·w); the lanes share the outputs, and each computes four vectors of them at a time so that four sums overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Hidden<T>(TView m, int w, int a, int next, int inputs, int row, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        int bias = w + inputs * row, u = lane * T.Width, stride = lanes * T.Width;
        for (; u + 3 * stride < row; u += 4 * stride)
        {
            T zero = T.Splat(0f), t0 = zero, t1 = zero, t2 = zero, t3 = zero;
            for (int begin = 0; begin < inputs; begin += BlockedSum.Length)
            {
                int stop = BlockedSum.Stop(begin, inputs), at = w + begin * row + u;
                T p0 = zero, p1 = zero, p2 = zero, p3 = zero;
                if (begin == 0)                                      // BlockedSum.Begin for all four under one branch: a step is short
                {
                    p0 = T.Load(m, bias + u);
                    p1 = T.Load(m, bias + u + stride);
                    p2 = T.Load(m, bias + u + 2 * stride);
                    p3 = T.Load(m, bias + u + 3 * stride);
                }
                for (int i = begin; i < stop; i++, at += row)
                {
                    T x = T.Splat(T.Get(m, a + i));
                    p0 = T.Fma(x, T.Load(m, at), p0);
                    p1 = T.Fma(x, T.Load(m, at + stride), p1);
                    p2 = T.Fma(x, T.Load(m, at + 2 * stride), p2);
                    p3 = T.Fma(x, T.Load(m, at + 3 * stride), p3);
                }
                t0 = BlockedSum.Close<T, TView>(begin, t0, p0);
                t1 = BlockedSum.Close<T, TView>(begin, t1, p1);
                t2 = BlockedSum.Close<T, TView>(begin, t2, p2);
                t3 = BlockedSum.Close<T, TView>(begin, t3, p3);
            }
            Activate<T>(m, next, row, u, t0);
            Activate<T>(m, next, row, u + stride, t1);
            Activate<T>(m, next, row, u + 2 * stride, t2);
            Activate<T>(m, next, row, u + 3 * stride, t3);
        }
        for (; u < row; u += stride)
        {
            T total = T.Splat(0f);
            for (int begin = 0; begin < inputs; begin += BlockedSum.Length)
            {
                int stop = BlockedSum.Stop(begin, inputs);
                T p = BlockedSum.Begin<T, TView>(begin, T.Load(m, bias + u));
                for (int i = begin; i < stop; i++) p = T.Fma(T.Splat(T.Get(m, a + i)), T.Load(m, w + i * row + u), p);
                total = BlockedSum.Close<T, TView>(begin, total, p);
            }
            Activate<T>(m, next, row, u, total);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Activate<T>(TView m, int next, int row, int u, T z) where T : struct, ILanes<T, TView>
    {
        T.Store(m, UnitValues.PreActivations(next, row) + u, z, T.Width);
        T.Store(m, next + u, TActivation.Forward<T, TView>(z), T.Width);
    }

    /// <summary>A hidden layer of one unit; one lane computes it, since barriers to share it may not stand under a condition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void SingleUnit<T>(TView m, int w, int a, int next, int inputs, int lane) where T : struct, ILanes<T, TView>
    {
        if (lane != 0) return;
        T z = T.Splat(StridedSum.Dot<T, TView>(m, a, m, w, inputs) + T.Get(m, w + NetworkShape.Pad(inputs, T.Width)));
        T.Store(m, UnitValues.PreActivations(next, T.Width), z, T.Width);
        T.Store(m, next, TActivation.Forward<T, TView>(z), T.Width);
    }

    /// <summary>The logit: the strided sum, then + b. If the group has several lanes, they share the partial sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Logit<T, TBarrier>(TView m, int partials, int w, int a, int inputs, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        float bias = T.Get(m, w + NetworkShape.Pad(inputs, T.Width));
        if (TBarrier.IsAlone) return StridedSum.Dot<T, TView>(m, a, m, w, inputs) + bias;
        int count = StridedSum.PartialSums(inputs);
        for (int q = lane; q < count; q += lanes) T.Set(m, partials + q, StridedSum.Partial<T, TView>(m, a, m, w, q, inputs));
        TBarrier.Wait(lanes);
        return StridedSum.Total<T, TView>(m, partials, count) + bias;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Gradient<T>(float z, float y) where T : struct, ILanes<T, TView> =>
        T.First(TLoss.Gradient<T, TView>(T.Splat(z), T.Splat(y)));

    /// <summary>
    /// Records step k's logit and label. No step waits for a loss, so losses are computed for sixteen steps at once, in vectors.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Record<T>(TView m, int record, float z, float label, int losses, int k) where T : struct, ILanes<T, TView>
    {
        const int Steps = TrainingScratch.RecordLength / 2;
        int slot = k & (Steps - 1), labels = record + Steps;
        T.Set(m, record + slot, z);
        T.Set(m, labels + slot, label);
        if (slot < Steps - 1 && k < plan.Steps - 1) return;
        for (int i = 0; i <= slot; i += T.Width)
            T.Store(views.Losses, losses + k - slot + i, TLoss.Value<T, TView>(T.Load(m, record + i), T.Load(m, labels + i)), slot + 1 - i);
    }

    /// <summary>
    /// A layer of one output: its dx, taken back through the activation before it, and its update. The lanes share the inputs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void OutputBackward<T>(TView m, int w, int a, int inputs, int wantsInput, float gradient, float rate, int lane, int lanes)
        where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f), down = T.Splat(-rate), g = T.Splat(gradient);
        int padded = NetworkShape.Pad(inputs, T.Width);
        int z = UnitValues.PreActivations(a, padded), dz = UnitValues.Gradients(a, padded);
        for (int i = lane * T.Width; i < padded; i += lanes * T.Width)
        {
            T weight = T.Load(m, w + i);
            if (wantsInput != 0)
                T.Store(m, dz + i, TActivation.Backward<T, TView>(T.Load(m, z + i), T.Fma(g, weight, zero)), T.Width);
            T.Store(m, w + i, T.Fma(down, T.Fma(g, T.Load(m, a + i), zero), weight), T.Width);
        }
        if (lane == 0) T.Store(m, w + padded, T.Fma(down, T.Add(zero, g), T.Load(m, w + padded)), T.Width);
    }

    /// <summary>
    /// dz of the layer before: per unit the sum over this layer's outputs (strided, or ascending beyond one block), then the activation's
    /// derivative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void HiddenInputGradient<T>(TView m, int w, int a, int dz, int inputs, int outputs, int row, int lane, int lanes)
        where T : struct, ILanes<T, TView>
    {
        int padded = NetworkShape.Pad(inputs, T.Width);
        int z = UnitValues.PreActivations(a, padded), da = UnitValues.Gradients(a, padded);
        for (int block = lane * T.Width; block < padded; block += lanes * T.Width)
        {
            int stop = inputs - block < T.Width ? inputs : block + T.Width;
            for (int i = block; i < stop; i++)
            {
                float sum = outputs <= BlockedSum.Length
                    ? StridedSum.DotBlock<T, TView>(m, dz, m, w + i * row, outputs)
                    : BlockedSum.Dot<T, TView>(m, dz, m, w + i * row, outputs);
                T.Set(m, da + i, sum);
            }
            T gradient = TActivation.Backward<T, TView>(T.Load(m, z + block), T.Load(m, da + block));
            T.Store(m, da + block, gradient, T.Width);
        }
    }

    /// <summary>
    /// w = fma(-rate, dw, w) with dw = x·dz, and the bias likewise. The lanes share the outputs; each takes two vectors of them at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void HiddenUpdate<T>(TView m, int w, int a, int dz, int inputs, int row, float rate, int lane, int lanes)
        where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f), down = T.Splat(-rate);
        int u = lane * T.Width, stride = lanes * T.Width;
        for (; u + stride < row; u += 2 * stride)
        {
            T g0 = T.Load(m, dz + u), g1 = T.Load(m, dz + u + stride);
            int at = w + u;
            for (int i = 0; i < inputs; i++, at += row)
            {
                T x = T.Splat(T.Get(m, a + i));
                T w0 = T.Fma(down, T.Fma(x, g0, zero), T.Load(m, at)), w1 = T.Fma(down, T.Fma(x, g1, zero), T.Load(m, at + stride));
                T.Store(m, at, w0, T.Width);
                T.Store(m, at + stride, w1, T.Width);
            }
            T b0 = T.Fma(down, T.Add(zero, g0), T.Load(m, at)), b1 = T.Fma(down, T.Add(zero, g1), T.Load(m, at + stride));
            T.Store(m, at, b0, T.Width);
            T.Store(m, at + stride, b1, T.Width);
        }
        for (; u < row; u += stride)
        {
            T g = T.Load(m, dz + u);
            int at = w + u;
            for (int i = 0; i < inputs; i++, at += row)
                T.Store(m, at, T.Fma(down, T.Fma(T.Splat(T.Get(m, a + i)), g, zero), T.Load(m, at)), T.Width);
            T.Store(m, at, T.Fma(down, T.Add(zero, g), T.Load(m, at)), T.Width);
        }
    }
}
