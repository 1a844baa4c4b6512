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

/// <summary>A band of grid rows and the networks, all of one shape, to evaluate over it.</summary>
/// <param name="Widths">Inputs (2), hidden widths, outputs (1).</param>
/// <param name="Parameters">Parameter sets, each laid out as an arena.</param>
/// <param name="Sets">How many sets.</param>
/// <param name="X">The columns.</param>
/// <param name="Y">The band's rows.</param>
/// <param name="Scratch">Room for <see cref="GridOps.GridTilesScratchLength"/> floats.</param>
readonly record struct GridJob(IReadOnlyList<int> Widths, DeviceSpan Parameters, int Sets, DeviceSpan X, DeviceSpan Y, DeviceSpan Scratch)
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

    internal GridBand<HostView> OnHost(HostView results) => new(Parameters, X, Y, results, X.Length, Y.Length, Sets, Parameters.Length / Sets);

    internal GridBand<ArrayView<float>> OnDevice(DeviceSpan results) => new(Parameters, X, Y, results, X.Length, Y.Length, Sets, Parameters.Length / Sets);
}

/// <summary>Dense grids on a device: the whole network a strip or tile of points at a time.</summary>
static class GridOps
{
    const int GpuGroups = 512;

    /// <summary>The widest layer of a tile.</summary>
    internal const int MaxTileWidth = BlockedSum.Length;

    /// <summary>Floats of scratch memory that tiles need.</summary>
    internal static int GridTilesScratchLength(this ComputeDevice device, int widest) =>
        TileGroups(device) * GridTiles<Relu, Identity, HostView>.ScratchLength(widest);

    /// <summary>Points that are evaluated before they are copied to the host: on a processor so few that they are still in its cache then.</summary>
    internal static int GridBandPoints(this ComputeDevice device) => IsOpenCLProcessor(device) ? 1 << 22 : 1 << 24;

    /// <summary>results (sets, rows, columns) of networks with one hidden layer, in host memory; the device is the host.</summary>
    internal static void GridStrips<THidden, TOutput>(this HostRunner host, in GridJob job, HostView results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        host.RunGroups(new GridTwoLayer<THidden, TOutput, HostView>(job.OnHost(results), job.Widths[1], SecondLayer(job)), job.Work);

    /// <summary>results (sets, rows, columns) of one hidden layer of ReLU, each row from its breakpoints; the device is the host.</summary>
    internal static void GridPiecewise<TOutput>(this HostRunner host, in GridJob job, HostView results) where TOutput : struct, IActivation =>
        host.Run(new GridPiecewise<TOutput>(job.OnHost(results), job.Widths[1], SecondLayer(job)), job.Work / job.Widths[1]);

    /// <summary>results (sets, rows, columns) in host memory; the device is the host.</summary>
    internal static void GridTiles<THidden, TOutput>(this HostRunner host, ComputeDevice device, in GridJob job, HostView results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        host.RunGroups(new GridTiles<THidden, TOutput, HostView>(
            job.OnHost(results), new NetworkShape(job.Widths), job.Scratch, job.Widest, TileGroups(device)), job.Work);

    /// <summary>results (sets, rows, columns) of networks with one hidden layer, on a device that is not the host.</summary>
    internal static void GridStrips<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        device.LaunchGroups(new GridTwoLayer<THidden, TOutput, ArrayView<float>>(job.OnDevice(results), job.Widths[1], SecondLayer(job)));

    /// <summary>results (sets, rows, columns) on a device that is not the host.</summary>
    internal static void GridTiles<THidden, TOutput>(this ComputeDevice device, in GridJob job, DeviceSpan results)
        where THidden : struct, IActivation where TOutput : struct, IActivation =>
        device.LaunchGroups(new GridTiles<THidden, TOutput, ArrayView<float>>(
            job.OnDevice(results), new NetworkShape(job.Widths), job.Scratch, job.Widest, TileGroups(device)));

    /// <summary>classes = 1 where a logit is positive, 255 where it is NaN, four to a float's four bytes.</summary>
    internal static void PackClasses(this ComputeDevice device, DeviceSpan logits, DeviceSpan classes, int n) =>
        device.Launch(new PackClasses<ArrayView<float>>(logits, classes, n));

    /// <summary>classes = 1 where a logit is positive, 255 where it is NaN; the device is the host.</summary>
    internal static unsafe void Classes(this HostRunner host, DeviceSpan logits, byte* classes, int n) =>
        host.Run(new HostClasses(logits, classes, n), n);

    static int SecondLayer(in GridJob job) => new NetworkShape(job.Widths).ArenaLength(0);

    static bool IsOpenCLProcessor(ComputeDevice device) => device.Accelerator.Device is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU };

    // a few a core, so that a core that is busy elsewhere holds nobody up
    static int TileGroups(ComputeDevice device) => device.Host is HostRunner host ? 4 * host.Cores
        : device.Kind == DeviceKind.CpuIlgpu ? device.Accelerator.NumMultiprocessors
        : IsOpenCLProcessor(device) ? 4 * device.Accelerator.NumMultiprocessors : GpuGroups;
}
