using System.Runtime.InteropServices;
using GpuMlp.Devices.Host;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Kernels;

/// <summary>The largest error of a function over many arguments, measured on all cores with the widest lanes.</summary>
sealed unsafe class Accuracy<TFunction> where TFunction : struct, IFunction
{
    const int Block = 1 << 14;

    readonly Lock gate = new();

    internal double Worst { get; private set; }

    /// <summary>An argument with the largest error.</summary>
    internal float At { get; private set; }

    /// <summary>
    /// Measures <paramref name="blocks"/> blocks of 16,384 arguments; <paramref name="fill"/> writes the arguments of one block.
    /// </summary>
    internal void Measure(int blocks, FillBlock fill) =>
        Parallel.For(0, blocks, () => new Workspace(), (block, _, workspace) =>
        {
            fill(block, new Span<float>(workspace.X, Block));
            var op = new FunctionOp<TFunction, HostView>(new(workspace.X), new(workspace.Y), Block);
            HostRunner.Slice(op, HostRunner.WidestLanes, 0, Block / HostRunner.WidestLanes);
            Compare(workspace);
            return workspace;
        }, workspace => workspace.Free());

    internal delegate void FillBlock(int block, Span<float> arguments);

    void Compare(Workspace workspace)
    {
        double worst = 0;
        float at = 0;
        for (int k = 0; k < Block; k++)
        {
            double error = Ulp.Error(workspace.Y[k], TFunction.Exact(workspace.X[k]));
            if (error > worst) (worst, at) = (error, workspace.X[k]);
        }
        lock (gate)
            if (worst > Worst) (Worst, At) = (worst, at);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        uint bits = BitConverter.SingleToUInt32Bits(At);
        return FormattableString.Invariant($"{typeof(TFunction).Name}: {Worst:F3} ulp at {At:R} (0x{bits:X8})");
    }

    sealed class Workspace
    {
        internal float* X { get; } = (float*)NativeMemory.AlignedAlloc(Block * sizeof(float), 64);

        internal float* Y { get; } = (float*)NativeMemory.AlignedAlloc(Block * sizeof(float), 64);

        internal void Free()
        {
            NativeMemory.AlignedFree(X);
            NativeMemory.AlignedFree(Y);
        }
    }
}
