using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Grids;
using GpuMlp.Kernels.Grids.Host;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Ops;

/// <summary>A band of grid rows, and the parameters of the networks of one shape to evaluate over it.</summary>
/// <param name="Widths">Inputs (2), hidden widths, outputs (1).</param>
/// <param name="Parameters">Parameter sets one after the other, each in the layout of an arena.</param>
/// <param name="Sets">The number of parameter sets.</param>
/// <param name="X">The column coordinates.</param>
/// <param name="Y">The row coordinates of the band.</param>
/// <param name="Scratch">Scratch memory of <see cref="GridOps.GridTilesScratchLength"/> floats.</param>
readonly record struct GridJob(
    IReadOnlyList<int> Widths, DeviceSpan Parameters, int Sets, DeviceSpan X, DeviceSpan Y, DeviceSpan Scratch)
{
    internal int Widest => Widths.Max();

    /// <summary>About how many float operations the band takes.</summary>
    internal long Work
    {
        get
        {
            long macs = 0;
            for (int l = 0; l + 1 < Widths.Count; l++) macs += (long)Widths[l] * Widths[l + 1];
            return 2 * macs * Sets * X.Length * Y.Length;
        }
    }

    internal GridBand<HostView> OnHost(HostView results) =>
        new(Parameters, X, Y, results, X.Length, Y.Length, Sets, Parameters.Length / Sets);

    internal GridBand<ArrayView<float>> OnDevice(DeviceSpan results) =>
        new(Parameters, X, Y, results, X.Length, Y.Length, Sets, Parameters.Length / Sets);
}

/// <summary>Dense grids on a device: some points at a time go through the whole network.</summary>
static class GridOps
{
    const int GpuGroups = 512;

    /// <summary>The widest layer that tiles can have.</summary>
    internal const int MaxTileWidth = BlockedSum.Length;

    /// <summary>Floats of scratch memory that tiles need.</summary>
    internal static int GridTilesScratchLength(this ComputeDevice device, int widest) =>
        TileGroups(device) * GridTiles<Relu, Identity, HostView>.ScratchLength(widest);

    /// <summary>
    /// The number of points to evaluate before they are copied to the host. On a processor it is small enough that they are still in its
    /// cache at that time.
    /// </summary>
    internal static int GridBandPoints(this ComputeDevice device) => IsOpenCLProcessor(device) ? 1 << 22 : 1 << 24;

    /// <summary>results (sets, rows, columns) of networks with one hidden layer, into host memory; the device is the host.</summary>
    internal static void GridTwoLayer<THidden, TOutput>(this HostRunner host, in GridJob job, HostView results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        host.RunGroups(new GridTwoLayer<THidden, TOutput, HostView>(job.OnHost(results), job.Widths[1], SecondLayer(job)), job.Work);

    /// <summary>
    /// results (sets, rows, columns) of networks with one hidden layer of ReLU, row by row from breakpoint to breakpoint.
    /// </summary>
    internal static void GridPiecewise<TOutput>(this HostRunner host, in GridJob job, HostView results)
        where TOutput : struct, IActivation =>
        host.Run(new GridPiecewise<TOutput>(job.OnHost(results), job.Widths[1], SecondLayer(job)),
            HostRunner.Moving * (job.Work / job.Widths[1]));

    /// <summary>results (sets, rows, columns) of networks of any depth, into host memory; the device is the host.</summary>
    internal static void GridTiles<THidden, TOutput>(this HostRunner host, ComputeDevice device, in GridJob job, HostView results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        host.RunGroups(new GridTiles<THidden, TOutput, HostView>(
            job.OnHost(results), new NetworkShape(job.Widths), job.Scratch, job.Widest, TileGroups(device)), job.Work);

    /// <summary>results (sets, rows, columns) of networks with one hidden layer, on a device that is not the host.</summary>
    internal static void GridTwoLayer<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation
    {
        if (device.TakesShared<SharedGridTwoLayer<THidden, TOutput, ArrayView<float>>>())
            device.SharedGridTwoLayer<THidden, TOutput>(job, results);
        else
            device.LaunchGroups(new GridTwoLayer<THidden, TOutput, ArrayView<float>>(
                job.OnDevice(results), job.Widths[1], SecondLayer(job)));
    }

    /// <summary>results (sets, rows, columns) of networks of any depth, on a device that is not the host.</summary>
    internal static void GridTiles<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation
    {
        var shape = new NetworkShape(job.Widths);
        if (PointTile.Takes(shape)
            && device.TakesShared<SharedGridTiles<THidden, TOutput, ArrayView<float>>>())
            device.SharedGridTiles<THidden, TOutput>(job, results);
        else
            device.LaunchGroups(new GridTiles<THidden, TOutput, ArrayView<float>>(
                job.OnDevice(results), shape, job.Scratch, job.Widest, TileGroups(device)));
    }

    /// <summary>The form of GridTwoLayer for GPUs, on any device that runs groups of threads.</summary>
    internal static void SharedGridTwoLayer<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation => device.LaunchShared(
            new SharedGridTwoLayer<THidden, TOutput, ArrayView<float>>(job.OnDevice(results), job.Widths[1], SecondLayer(job)));

    /// <summary>The form of GridTiles for GPUs, on any device that runs groups of threads.</summary>
    internal static void SharedGridTiles<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation => device.LaunchShared(
            new SharedGridTiles<THidden, TOutput, ArrayView<float>>(job.OnDevice(results), new NetworkShape(job.Widths)));

    /// <summary>classes = 1 where a logit is positive, 255 where it is NaN, else 0: four bytes in each float of classes.</summary>
    internal static void PackClasses(this ComputeDevice device, DeviceSpan logits, DeviceSpan classes, int n) =>
        device.Launch(new PackClasses<ArrayView<float>>(logits, classes, n));

    /// <summary>classes = 1 where a logit is positive, 255 where it is NaN, else 0; the device is the host.</summary>
    internal static unsafe void Classes(this HostRunner host, DeviceSpan logits, byte* classes, int n) =>
        host.Run(new HostClasses(logits, classes, n), HostRunner.Moving * n);

    static int SecondLayer(in GridJob job) => new NetworkShape(job.Widths).ArenaLength(0);

    static bool IsOpenCLProcessor(ComputeDevice device) =>
        device.Accelerator.Device is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU };

    // a few groups per core, so that a core that is busy with other work delays nobody
    static int TileGroups(ComputeDevice device) => device.Host is HostRunner host ? 4 * host.Cores
        : device.Kind == DeviceKind.CpuIlgpu ? device.Accelerator.NumMultiprocessors
        : IsOpenCLProcessor(device) ? 4 * device.Accelerator.NumMultiprocessors : GpuGroups;
}
