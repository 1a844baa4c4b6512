using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Losses;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// <see cref="SingleExampleTraining{TActivation, TLoss, TView}"/> for a population on a processor: one lane trains a few networks side by side.
/// </summary>
/// <remarks>
/// A step is a chain of operations that wait for each other. Here the waits are filled with the other networks' steps, and the losses'
/// gradients, the longest part of the chain, are computed for all of them in one vector. Each network ends in the bits that it has alone.
/// </remarks>
/// <param name="views">The memory.</param>
/// <param name="plan">Sizes and counts; the rows are drawn here.</param>
/// <param name="shape">The networks' shape.</param>
/// <param name="together">Networks of a group, at most <see cref="SideBySide.Most"/>.</param>
public readonly struct SideBySideTraining<TActivation, TLoss, TView>(TrainingViews<TView> views, TrainingPlan plan, NetworkShape shape, int together)
    : IGroupOp<TView>
    where TActivation : struct, IActivation where TLoss : struct, ILoss where TView : struct
{
    // a Philox block is rows for four steps
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
        int logits = networks.Records(first) - SideBySide.RoomLength, labels = logits + Most, gradients = labels + Most, rows = gradients + Most;
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
                if (k == 0 || turn == 0) Keep<T>(m, rows + BlockRows * j, networks.Draw<T>(first + j, plan.FirstStep + k));
                int row = networks.FirstRow<T>(first + j) + T.GetInt(m, rows + BlockRows * j + turn);
                float label = T.Get(views.Y, row);
                T.Set(m, labels + j, label);
                T.Set(m, logits + j, networks.Ahead<T, NoBarrier>(first + j, k, row, label, 0, 1));
            }
            for (int j = 0; j < count; j += T.Width)
                T.Store(m, gradients + j, TLoss.Gradient<T, TView>(T.Load(m, logits + j), T.Load(m, labels + j)), count - j);
            for (int j = 0; j < count; j++) networks.Back<T, NoBarrier>(first + j, k, T.Get(m, gradients + j), 0, 1);
        }
        for (int n = first; n < first + count; n++) networks.Pack<T>(m, networks.Table(n), views.Parameters, n * plan.ArenaLength, 0, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Keep<T>(TView m, int rows, PhiloxBlock block) where T : struct, ILanes<T, TView>
    {
        T.SetInt(m, rows, Philox.Below(block.Word0, plan.Examples));
        T.SetInt(m, rows + 1, Philox.Below(block.Word1, plan.Examples));
        T.SetInt(m, rows + 2, Philox.Below(block.Word2, plan.Examples));
        T.SetInt(m, rows + 3, Philox.Below(block.Word3, plan.Examples));
    }
}

/// <summary>How networks are trained side by side.</summary>
public static class SideBySide
{
    /// <summary>The most networks of a group.</summary>
    public const int Most = 16;

    /// <summary>Floats that a group keeps at the end of its first network's scratch memory: logits, labels, gradients, and rows drawn ahead.</summary>
    public const int RoomLength = 3 * Most + 4 * Most;

    /// <summary>Groups of so many networks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Groups(int networks, int together) => (networks + together - 1) / together;
}
