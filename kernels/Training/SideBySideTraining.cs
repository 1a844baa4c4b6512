using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// <see cref="SingleExampleTraining{TActivation, TLoss, TView}"/> for a population on a processor: one lane trains several networks at
/// once.
/// </summary>
/// <remarks>
/// A step is a chain of operations, each of which waits for the one before. While one network's step waits, the processor works on the
/// others' steps. The gradient of the loss, the longest part of the chain, is computed for all of them in one vector. Each network ends in
/// the same bits as when it is trained alone.
/// </remarks>
/// <param name="views">The memory.</param>
/// <param name="plan">Sizes and counts of the launch; this kernel always draws the rows itself.</param>
/// <param name="shape">The networks' shape.</param>
/// <param name="together">Networks per group, at most <see cref="SideBySide.Most"/>.</param>
public readonly struct SideBySideTraining<TActivation, TLoss, TView>(
    TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape, int together) : IGroupOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TView : struct
{
    // one Philox block gives the rows of four steps
    const int Most = SideBySide.Most, BlockRows = 4;

    readonly SingleExampleTraining<TActivation, TLoss, TView> networks = new(views, plan, shape);

    /// <inheritdoc/>
    public int Groups => SideBySide.Groups(plan.Networks, together);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T, TScalar, TBarrier>(int group, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TScalar : struct, ILanes<TScalar, TView> where TBarrier : struct, IBarrier
    {
        if (lane != 0) return;
        TView m = views.Scratch;
        int first = group * together, count = plan.Networks - first < together ? plan.Networks - first : together;
        int logits = networks.Records(first) - SideBySide.ScratchLength, labels = logits + Most;
        int gradients = labels + Most, rows = gradients + Most;
        for (int n = first; n < first + count; n++)
        {
            networks.WriteTable<T>(m, networks.Table(n));
            networks.Unpack<T>(m, networks.Table(n), n * plan.ArenaLength, 0, 1);
        }
        for (int k = 0; k < plan.Steps; k++)
        {
            int turn = plan.FirstStep + k & (BlockRows - 1);
            for (int j = 0; j < count; j++)
            {
                if (k == 0 || turn == 0) StoreRows<T>(m, rows + BlockRows * j, networks.Draw<T>(first + j, plan.FirstStep + k));
                int row = networks.FirstRow<T>(first + j) + T.GetInt(m, rows + BlockRows * j + turn);
                float label = T.Get(views.Y, row);
                T.Set(m, labels + j, label);
                T.Set(m, logits + j, networks.StepForward<T, NoBarrier>(first + j, k, row, label, 0, 1));
            }
            for (int j = 0; j < count; j += T.Width)
                T.Store(m, gradients + j, TLoss.Gradient<T, TView>(T.Load(m, logits + j), T.Load(m, labels + j)), count - j);
            for (int j = 0; j < count; j++) networks.StepBackward<T, NoBarrier>(first + j, k, T.Get(m, gradients + j), 0, 1);
        }
        for (int n = first; n < first + count; n++) networks.Pack<T>(m, networks.Table(n), views.Parameters, n * plan.ArenaLength, 0, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void StoreRows<T>(TView m, int rows, PhiloxBlock block) where T : struct, ILanes<T, TView>
    {
        T.SetInt(m, rows, Philox.Below(block.Word0, plan.Examples));
        T.SetInt(m, rows + 1, Philox.Below(block.Word1, plan.Examples));
        T.SetInt(m, rows + 2, Philox.Below(block.Word2, plan.Examples));
        T.SetInt(m, rows + 3, Philox.Below(block.Word3, plan.Examples));
    }
}

/// <summary>Sizes of groups that train several networks at once.</summary>
public static class SideBySide
{
    /// <summary>The most networks per group.</summary>
    public const int Most = 16;

    /// <summary>
    /// Floats at the end of the scratch memory of a group's first network: a logit, a label, a gradient and four rows drawn ahead per
    /// network.
    /// </summary>
    public const int ScratchLength = 3 * Most + 4 * Most;

    /// <summary>The number of groups of that many networks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Groups(int networks, int together) => (networks + together - 1) / together;
}
