using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Losses;

/// <summary>The loss of a batch inside a larger kernel: its values, and their gradient at the result of the last linear layer.</summary>
/// <remarks>Each runs the same ops that the layer-by-layer engine launches, so the bits are the same.</remarks>
public interface IBatchLoss
{
    /// <summary>values (n) = the loss of each row, dz (n,o) = the gradient of their mean at z (n,o).</summary>
    /// <param name="z">The result of the last linear layer, (n,o).</param>
    /// <param name="y">Labels, (n).</param>
    /// <param name="p">Memory for the network's outputs, (n,o).</param>
    /// <param name="values">The loss of each row, (n).</param>
    /// <param name="dz">The gradient, (n,o).</param>
    /// <param name="n">Rows.</param>
    /// <param name="o">Columns of z.</param>
    /// <param name="lane">The number of this lane in the group.</param>
    /// <param name="lanes">Lanes of the group.</param>
    static abstract void Run<T, TView>(TView z, TView y, TView p, TView values, TView dz, int n, int o, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct;
}

/// <summary>A loss of one output, computed from z itself: a logit, or an output that may be any number.</summary>
public readonly struct OnOutput<TLoss> : IBatchLoss where TLoss : struct, ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TView>(TView z, TView y, TView p, TView values, TView dz, int n, int o, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        var loss = new LossForward<TLoss, TView>(z, y, values, dz, n);
        loss.Run<T>(lane, loss.Items(T.Width), lanes);
    }
}

/// <summary>A loss of one output that is the sigmoid of z.</summary>
public readonly struct OnSigmoid<TLoss> : IBatchLoss where TLoss : struct, ILoss
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TView>(TView z, TView y, TView p, TView values, TView dz, int n, int o, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        // all three ops share out the rows in the same way, so a lane reads only what it wrote itself
        var forward = new ActivationForward<Sigmoid, TView>(z, p, n);
        forward.Run<T>(lane, forward.Items(T.Width), lanes);
        var loss = new LossForward<TLoss, TView>(p, y, values, dz, n);
        loss.Run<T>(lane, loss.Items(T.Width), lanes);
        var backward = new ActivationBackward<Sigmoid, TView>(z, dz, dz, n);
        backward.Run<T>(lane, backward.Items(T.Width), lanes);
    }
}

/// <summary>Cross-entropy of o logits.</summary>
public readonly struct OfClasses<TLabel> : IBatchLoss where TLabel : struct, IClassLabel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T, TView>(TView z, TView y, TView p, TView values, TView dz, int n, int o, int lane, int lanes)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        var loss = new CrossEntropy<TLabel, TView>(z, y, values, dz, n, o);
        loss.Run<T>(lane, loss.Items(T.Width), lanes);
    }
}
