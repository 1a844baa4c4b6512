using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// Steps of gradient descent on one random example each, a whole run if wanted, inside one launch: one group of lanes a network.
/// The network is a chain of linear layers with TActivation between them and one output, whose logit goes to TLoss.
/// </summary>
/// <remarks>
/// Every sum has the order that it has layer by layer, so the bits are the same: forward from the bias over the inputs, one output as a
/// strided sum; dx as strided sums over the outputs; dw and db from 0; w = fma(-rate, dw, w).
/// </remarks>
public readonly struct SingleExampleTraining<TActivation, TLoss, TView>(TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape) : IGroupOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TView : struct
{
    const int Partials = NetworkShape.Partials;

    /// <inheritdoc/>
    public int Groups => plan.Networks;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TBarrier>(int group, int lane, int lanes) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        TView m = views.Scratch;
        int depth = shape.Depth, features = shape.Width(0), steps = plan.Steps;
        int weights = group * plan.ScratchLength + Partials;
        Unpack<T>(m, weights, group * plan.ArenaLength, lane, lanes);
        int units = weights;
        for (int l = 0; l < depth; l++) units += shape.ScratchLength(l, T.Width);
        float rate = T.Get(views.Networks, 4 * group);
        uint key0 = (uint)T.GetInt(views.Networks, 4 * group + 1), key1 = (uint)T.GetInt(views.Networks, 4 * group + 2);
        TBarrier.Wait();
        PhiloxBlock block = default;
        for (int k = 0; k < steps; k++)
        {
            int step = plan.FirstStep + k, row;
            if (plan.HasPicks != 0) row = T.GetInt(views.Picks, k);
            else
            {
                if (k == 0 || (step & 3) == 0) block = Philox.StreamBlock(key0, key1, (ulong)(step >> 2), plan.Stream, 0);
                row = Philox.Below(block.Word(step & 3), plan.Examples);
            }
            for (int i = lane; i < features; i += lanes) T.Set(m, units + i, T.Get(views.X, row * features + i));
            TBarrier.Wait();
            Step<T, TBarrier>(m, group * plan.ScratchLength, weights, units, rate, T.Get(views.Y, row), group * steps + k, lane, lanes);
            if (plan.SnapshotEvery > 0 && group == 0 && step % plan.SnapshotEvery == 0)
                Pack<T>(m, weights, views.Snapshots, step / plan.SnapshotEvery * plan.ArenaLength, lane, lanes);
        }
        Pack<T>(m, weights, views.Parameters, group * plan.ArenaLength, lane, lanes);
    }

    // units: per width k the activations a, pre-activations z and their gradients dz, each padded
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Step<T, TBarrier>(TView m, int partials, int weights, int units, float rate, float label, int lossAt, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        int depth = shape.Depth, w = weights, a = units;
        for (int l = 0; l < depth - 1; l++)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1);
            int next = a + 3 * NetworkShape.Pad(inputs, T.Width);
            if (outputs == 1) SingleOutput<T, TBarrier>(m, partials, w, a, next, inputs, lane, lanes);
            else Hidden<T>(m, w, a, next, inputs, NetworkShape.Pad(outputs, T.Width), lane, lanes);
            TBarrier.Wait();
            w += shape.ScratchLength(l, T.Width);
            a = next;
        }
        int last = shape.Width(depth - 1);
        T logit = T.Splat(Logit<T, TBarrier>(m, partials, w, a, last, lane, lanes)), y = T.Splat(label);
        T g = TLoss.Gradient<T, TView>(logit, y);
        if (lane == 0) T.Set(views.Losses, lossAt, T.First(TLoss.Value<T, TView>(logit, y)));
        OutputBackward<T>(m, w, a, last, depth > 1 ? 1 : 0, g, rate, lane, lanes);
        TBarrier.Wait();
        for (int l = depth - 2; l >= 0; l--)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1), padded = NetworkShape.Pad(outputs, T.Width);
            int dz = a + 2 * padded;
            w -= shape.ScratchLength(l, T.Width);
            a -= 3 * NetworkShape.Pad(inputs, T.Width);
            if (outputs == 1)
            {
                OutputBackward<T>(m, w, a, inputs, l, T.Splat(T.Get(m, dz)), rate, lane, lanes);
                TBarrier.Wait();
                continue;
            }
            if (l > 0)
            {
                HiddenInputGradient<T>(m, w, a, dz, inputs, outputs, padded, lane, lanes);
                TBarrier.Wait();
            }
            HiddenUpdate<T>(m, w, a, dz, inputs, padded, rate, lane, lanes);
            TBarrier.Wait();
        }
    }

    /// <summary>a′ = f(b + x·w), lanes over the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Hidden<T>(TView m, int w, int a, int next, int inputs, int row, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        int bias = w + inputs * row;
        for (int u = lane * T.Width; u < row; u += lanes * T.Width)
        {
            T total = T.Splat(0f);
            for (int begin = 0; begin < inputs; begin += StridedSum.Block)
            {
                int stop = inputs - begin < StridedSum.Block ? inputs : begin + StridedSum.Block;
                T p = begin == 0 ? T.Load(m, bias + u) : T.Splat(0f);
                for (int i = begin; i < stop; i++) p = T.Fma(T.Splat(T.Get(m, a + i)), T.Load(m, w + i * row + u), p);
                total = begin == 0 ? p : T.Add(total, p);
            }
            T.Store(m, next + row + u, total, T.Width);
            T.Store(m, next + u, TActivation.Forward<T, TView>(total), T.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void SingleOutput<T, TBarrier>(TView m, int partials, int w, int a, int next, int inputs, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        T z = T.Splat(Logit<T, TBarrier>(m, partials, w, a, inputs, lane, lanes));
        if (lane != 0) return;
        T.Store(m, next + T.Width, z, T.Width);
        T.Store(m, next, TActivation.Forward<T, TView>(z), T.Width);
    }

    /// <summary>One output: the strided sum, then + b. Lanes that work together take the partial sums among them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Logit<T, TBarrier>(TView m, int partials, int w, int a, int inputs, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        float bias = T.Get(m, w + NetworkShape.Pad(inputs, T.Width));
        if (lanes == 1) return StridedSum.Dot<T, TView>(m, a, m, w, inputs) + bias;
        float total = 0f;
        for (int begin = 0; begin < inputs; begin += StridedSum.Block)
        {
            int stop = inputs - begin < StridedSum.Block ? inputs : begin + StridedSum.Block;
            for (int q = lane; q < Partials; q += lanes) T.Set(m, partials + q, StridedSum.Partial<T, TView>(m, a, m, w, begin + q, stop));
            TBarrier.Wait();
            float sum = StridedSum.Tree<T, TView>(m, partials);
            TBarrier.Wait();
            total = begin == 0 ? sum : total + sum;
        }
        return total + bias;
    }

    /// <summary>One output's dx, handed through the activation before it, and its update; lanes over the inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void OutputBackward<T>(TView m, int w, int a, int inputs, int wantsInput, T g, float rate, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f), down = T.Splat(-rate);
        int padded = NetworkShape.Pad(inputs, T.Width);
        for (int i = lane * T.Width; i < padded; i += lanes * T.Width)
        {
            T weight = T.Load(m, w + i);
            if (wantsInput != 0)
                T.Store(m, a + 2 * padded + i, TActivation.Backward<T, TView>(T.Load(m, a + padded + i), T.Fma(g, weight, zero)), T.Width);
            T.Store(m, w + i, T.Fma(down, T.Fma(g, T.Load(m, a + i), zero), weight), T.Width);
        }
        if (lane == 0) T.Store(m, w + padded, T.Fma(down, T.Add(zero, g), T.Load(m, w + padded)), T.Width);
    }

    /// <summary>dz of the layer before: a strided sum over this layer's outputs a unit, then through the activation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void HiddenInputGradient<T>(TView m, int w, int a, int dz, int inputs, int outputs, int row, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        int padded = NetworkShape.Pad(inputs, T.Width);
        for (int block = lane * T.Width; block < padded; block += lanes * T.Width)
        {
            int stop = inputs - block < T.Width ? inputs : block + T.Width;
            for (int i = block; i < stop; i++) T.Set(m, a + 2 * padded + i, StridedSum.Dot<T, TView>(m, dz, m, w + i * row, outputs));
            T da = T.Load(m, a + 2 * padded + block);
            T.Store(m, a + 2 * padded + block, TActivation.Backward<T, TView>(T.Load(m, a + padded + block), da), T.Width);
        }
    }

    /// <summary>w = fma(-rate, dw, w) with dw = x·dz, and the bias likewise; lanes over the outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void HiddenUpdate<T>(TView m, int w, int a, int dz, int inputs, int row, float rate, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        T zero = T.Splat(0f), down = T.Splat(-rate);
        for (int u = lane * T.Width; u < row; u += lanes * T.Width)
        {
            T g = T.Load(m, dz + u);
            int at = w + u;
            for (int i = 0; i < inputs; i++)
            {
                T.Store(m, at, T.Fma(down, T.Fma(T.Splat(T.Get(m, a + i)), g, zero), T.Load(m, at)), T.Width);
                at += row;
            }
            T.Store(m, at, T.Fma(down, T.Add(zero, g), T.Load(m, at)), T.Width);
        }
    }

    void Unpack<T>(TView m, int weights, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1), row = shape.RowLength(l, T.Width), length = shape.WeightsLength(l, T.Width);
            for (int k = lane; k < length; k += lanes)
                T.Set(m, weights + k, k % row < outputs && k / row < inputs ? T.Get(views.Parameters, arena + k / row * outputs + k % row) : 0f);
            int bias = NetworkShape.Pad(outputs, T.Width);
            for (int k = lane; k < bias; k += lanes)
                T.Set(m, weights + length + k, k < outputs ? T.Get(views.Parameters, arena + inputs * outputs + k) : 0f);
            weights += length + bias;
            arena += shape.ArenaLength(l);
        }
    }

    void Pack<T>(TView m, int weights, TView target, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1), row = shape.RowLength(l, T.Width), length = shape.WeightsLength(l, T.Width);
            for (int k = lane; k < inputs * outputs; k += lanes) T.Set(target, arena + k, T.Get(m, weights + k / outputs * row + k % outputs));
            for (int k = lane; k < outputs; k += lanes) T.Set(target, arena + inputs * outputs + k, T.Get(m, weights + length + k));
            weights += shape.ScratchLength(l, T.Width);
            arena += shape.ArenaLength(l);
        }
    }
}
