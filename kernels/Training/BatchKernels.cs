using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Linear;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Kernels.Optimizers;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// Trains on batches of n random examples, many steps in one launch: one group of lanes per network. The group runs the same ops that the
/// layer-by-layer engine launches one by one.
/// </summary>
/// <remarks>
/// Scratch memory of a group, in this order: a table of where things begin; labels (n); gradients in the arena's layout; per width its
/// activations, pre-activations and their gradients, (n,width) each; losses (n); packed weights; the optimizer's scratch
/// memory.
/// </remarks>
public readonly struct BatchTraining<TActivation, TLoss, TOptimizer, TView>(
    TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape, int n) : IGroupOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, IBatchLoss where TOptimizer : struct, IOptimizer where TView : struct
{
    /// <inheritdoc/>
    public int Groups => plan.Networks;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        TView m = T.From(views.Scratch, group * plan.ScratchLength), w = T.From(views.Parameters, group * plan.ArenaLength);
        TView labels = T.From(m, LayerTable.Length), dw = T.From(labels, n);
        if (lane == 0) WriteTable<T>(m);
        for (int k = lane; k < plan.ArenaLength; k += lanes) T.Set(dw, k, 0f);           // clears the padding, which no gradient overwrites
        TBarrier.Wait(lanes);
        TView optimizerScratch = T.From(m, plan.ScratchLength - Clipped<Sgd>.ScratchLength(plan.ArenaLength));
        TView states = T.From(views.States, group * plan.StatesLength);
        for (int k = 0; k < plan.Steps; k++)
        {
            int step = plan.FirstStep + k;
            Gather<T>(m, labels, group, step, k, lane, lanes);
            TBarrier.Wait(lanes);
            Forward<T, TBarrier>(m, w, lane, lanes);
            Loss<T, TBarrier>(m, labels, group * plan.Steps + k, lane, lanes);
            Backward<T, TBarrier>(m, w, dw, lane, lanes);
            StepNumbers numbers = Numbers<T>(group, k);
            TOptimizer.Step<T, TView, TBarrier>(w, dw, states, optimizerScratch, plan.Optimizer, numbers, plan.ArenaLength, lane, lanes);
            TBarrier.Wait(lanes);
            if (plan.SnapshotEvery > 0 && group == 0 && step % plan.SnapshotEvery == 0)
                for (int i = lane; i < plan.ArenaLength; i += lanes)
                    T.Set(views.Snapshots, step / plan.SnapshotEvery * plan.ArenaLength + i, T.Get(w, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    StepNumbers Numbers<T>(int group, int k) where T : struct, ILanes<T, TView>
    {
        int row = NetworkRow.Length * group, at = StepNumbers.TableRow * k;
        float rate = T.Get(views.Networks, row + NetworkRow.LearningRate);
        float decay = T.Get(views.Networks, row + NetworkRow.WeightDecay), l1 = T.Get(views.Networks, row + NetworkRow.L1);
        if (plan.HasSchedule == 0) return new StepNumbers(rate, decay, l1, 1f, 1f);
        float factor = T.Get(views.Schedule, at), correction = T.Get(views.Schedule, at + 1), root = T.Get(views.Schedule, at + 2);
        return new StepNumbers(Rounding.Multiply(rate, factor), decay, l1, correction, root);
    }

    // the table lies at the beginning of the scratch memory
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static LayerTable<T, TView> Layers<T>(TView m) where T : struct, ILanes<T, TView> => new(m, 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void WriteTable<T>(TView m) where T : struct, ILanes<T, TView>
    {
        LayerTable<T, TView> layers = Layers<T>(m);
        int weights = 0, values = LayerTable.Length + n + plan.ArenaLength;
        for (int k = 0; k <= shape.Depth; k++)
        {
            layers.SetUnits(k, shape.Width(k));
            layers.SetPlaces(k, values, weights);
            values += UnitValues.Length(n * shape.Width(k));
            if (k < shape.Depth) weights += shape.ArenaLength(k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather<T>(TView m, TView labels, int group, int step, int k, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        int network = NetworkRow.Length * group;
        uint key0 = (uint)T.GetInt(views.Networks, network + NetworkRow.SeedLow);
        uint key1 = (uint)T.GetInt(views.Networks, network + NetworkRow.SeedHigh);
        int firstRow = T.GetInt(views.Networks, network + NetworkRow.FirstRow), features = shape.Width(0);
        TView x = T.From(m, Layers<T>(m).Values(0));
        for (int r = lane; r < n; r += lanes)
        {
            int row = plan.HasPicks != 0 ? T.GetInt(views.Picks, k * n + r)
                : Philox.Below(Philox.Word(key0, key1, (ulong)step * (ulong)n + (ulong)r, plan.Stream, 0), plan.Examples);
            row += firstRow;
            for (int i = 0; i < features; i += T.Width) T.Store(x, r * features + i, T.Load(views.X, row * features + i), features - i);
            T.Set(labels, r, T.Get(views.Y, row));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Forward<T, TBarrier>(TView m, TView w, int lane, int lanes) where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        LayerTable<T, TView> layers = Layers<T>(m);
        for (int l = 0; l < shape.Depth; l++)
        {
            int i = layers.Units(l), o = layers.Units(l + 1), values = layers.Values(l + 1);
            TView a = T.From(m, layers.Values(l)), next = T.From(m, values), z = T.From(m, UnitValues.PreActivations(values, n * o));
            TView weight = T.From(w, layers.Weights(l)), bias = T.From(weight, i * o);
            if (o == 1)
            {
                var single = new LinearSingleOutput<TView>(a, weight, bias, z, n, i, 1);
                single.Run<T>(lane, single.Items(T.Width), lanes);
            }
            else
            {
                var product = new MatMul<PlainEnd, TView>
                {
                    Runners = 1,
                    A = new Operand<TView>(a, i, 1),
                    B = new Operand<TView>(weight, 1, o),
                    Start = bias,
                    C = z,
                    M = n,
                    N = o,
                    K = i,
                    HasStart = 1,
                };
                product.Run<T>(lane, product.Items(T.Width), lanes);
            }
            TBarrier.Wait(lanes);
            if (l + 1 < shape.Depth)
            {
                var activation = new ActivationForward<TActivation, TView>(z, next, n * o);
                activation.Run<T>(lane, activation.Items(T.Width), lanes);
            }
            TBarrier.Wait(lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Loss<T, TBarrier>(TView m, TView labels, int lossAt, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        LayerTable<T, TView> layers = Layers<T>(m);
        int o = layers.Units(shape.Depth), at = layers.Values(shape.Depth);
        TView p = T.From(m, at), z = T.From(m, UnitValues.PreActivations(at, n * o)), dz = T.From(m, UnitValues.Gradients(at, n * o));
        TView losses = T.From(m, at + UnitValues.Length(n * o));
        TLoss.Run<T, TView>(z, labels, p, losses, dz, n, o, lane, lanes);
        TBarrier.Wait(lanes);
        if (lane == 0) new Mean<TView>(losses, views.Losses, 1, n, lossAt).Run<T>(0, 1, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Backward<T, TBarrier>(TView m, TView w, TView dw, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TBarrier : struct, IBarrier
    {
        LayerTable<T, TView> layers = Layers<T>(m);
        // behind the losses, of which there are n
        TView packed = T.From(m, layers.Values(shape.Depth) + UnitValues.Length(n * layers.Units(shape.Depth)) + n);
        for (int l = shape.Depth - 1; l >= 0; l--)
        {
            int i = layers.Units(l), o = layers.Units(l + 1), at = layers.Weights(l), values = layers.Values(l);
            TView a = T.From(m, values), dy = T.From(m, UnitValues.Gradients(layers.Values(l + 1), n * o));
            TView weight = T.From(w, at), gradient = T.From(dw, at);
            WeightGradient<T>(a, dy, gradient, i, o, lane, lanes);
            if (T.Width > 1 && l > 0 && o > BlockedSum.Length)
            {
                var pack = new PackPanels<TView>(new Operand<TView>(weight, o, 1), packed, i, o);
                pack.Run<T>(lane, pack.Items(T.Width), lanes);
            }
            TBarrier.Wait(lanes);
            TView z = T.From(m, UnitValues.PreActivations(values, n * i)), dx = T.From(m, UnitValues.Gradients(values, n * i));
            if (l > 0) InputGradient<T>(dy, weight, packed, dx, i, o, lane, lanes);
            TBarrier.Wait(lanes);
            if (l > 0)
            {
                var activation = new ActivationBackward<TActivation, TView>(z, dx, dx, n * i);
                activation.Run<T>(lane, activation.Items(T.Width), lanes);
            }
            TBarrier.Wait(lanes);
        }
    }

    // dw, and db behind it
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void WeightGradient<T>(TView a, TView dy, TView gradient, int i, int o, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        TView sums = T.From(gradient, i * o);
        if (o > 1)
        {
            var product = new MatMul<PlainEnd, TView>
            {
                Runners = 1,
                A = new Operand<TView>(a, 1, i),
                B = new Operand<TView>(dy, 1, o),
                C = gradient,
                Sums = sums,
                M = i,
                N = o,
                K = n,
                HasSums = 1,
            };
            product.Run<T>(lane, product.Items(T.Width), lanes);
            return;
        }
        var row = new MatMul<PlainEnd, TView>
        {
            Runners = 1,
            A = new Operand<TView>(dy, 0, 1),
            B = new Operand<TView>(a, 1, i),
            C = gradient,
            M = 1,
            N = i,
            K = n,
        };
        row.Run<T>(lane, row.Items(T.Width), lanes);
        var sum = new ColumnSums<TView>(dy, sums, n, 1);
        sum.Run<T>(lane, sum.Items(T.Width), lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void InputGradient<T>(TView dy, TView weight, TView packed, TView dx, int i, int o, int lane, int lanes)
        where T : struct, ILanes<T, TView>
    {
        if (o > 1 && o <= BlockedSum.Length)
        {
            var sums = new LinearInputGradient<PlainEnd, TView>(dy, weight, dx, dx, n, i, o);
            sums.Run<T>(lane, sums.Items(T.Width), lanes);
            return;
        }
        var product = new MatMul<PlainEnd, TView>
        {
            Runners = 1,
            A = new Operand<TView>(dy, o, 1),
            B = Transposed<T>(weight, packed, i, o),
            C = dx,
            M = n,
            N = i,
            K = o,
        };
        product.Run<T>(lane, product.Items(T.Width), lanes);
    }

    // The factor wᵀ. Vectors cannot read it where it lies: Backward has packed it for them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Operand<TView> Transposed<T>(TView weight, TView packed, int i, int o) where T : struct, ILanes<T, TView> =>
        T.Width > 1 && o > 1
            ? new Operand<TView>(packed, 1, Panel.Columns(T.Width), Panel.Columns(T.Width) * o)
            : new Operand<TView>(weight, o, 1);
}
