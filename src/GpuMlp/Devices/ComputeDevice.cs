using System.Diagnostics;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Numerics;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices;

/// <summary>
/// A device that runs kernels: it makes and counts buffers, owns the compiled kernels (each compiled once, at first use) and knows how to
/// launch on itself. Used from one thread at a time.
/// </summary>
public sealed class ComputeDevice : IDisposable
{
    readonly Context context;
    readonly Dictionary<Type, Delegate> kernels = [];
    readonly Dictionary<(Type, GroupForm), Delegate> groupKernels = [];
    readonly HashSet<DeviceBuffer> buffers = [];
    bool disposed;

    ComputeDevice(DeviceDescription description, Context context, Accelerator accelerator, HostRunner? host)
    {
        Description = description;
        this.context = context;
        Accelerator = accelerator;
        Host = host;
        Pool = new DevicePool(this);
    }

    /// <summary>Every device that this machine has, and every one that was looked for and left out, with the reason.</summary>
    public static IReadOnlyList<DeviceDescription> List() => DeviceCatalog.List();

    /// <summary>Opens a device.</summary>
    /// <param name="name">auto, cpu, cpu:ilgpu, opencl, opencl:i, cuda or cuda:i. auto is the CPU: a single network cannot fill a GPU.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device; the message says what it has.</exception>
    public static ComputeDevice Open(string name = "auto") => DeviceOpener.Open(name, HostRunner.WidestLanes, Environment.ProcessorCount);

    /// <summary>Opens the CPU with lanes of a chosen width (1, 4, 8 or 16 floats) on a chosen number of cores; no result depends on them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such width, or fewer than one core.</exception>
    public static ComputeDevice OpenCpu(int lanes, int cores) => DeviceOpener.Open("cpu", lanes, cores);

    internal static ComputeDevice Create(DeviceDescription description, Context context, Accelerator accelerator, HostRunner? host) =>
        new(description, context, accelerator, host);

    /// <summary>Which device this is.</summary>
    public DeviceDescription Description { get; }

    /// <summary>What runs the kernels.</summary>
    public DeviceKind Kind => Description.Kind;

    /// <summary>The driver's name for the device.</summary>
    public string Name => Description.Name;

    /// <summary>How many buffers are alive.</summary>
    public int LiveBuffers => buffers.Count;

    /// <summary>Time spent compiling kernels so far.</summary>
    public TimeSpan CompileTime { get; private set; }

    internal Accelerator Accelerator { get; }

    /// <summary>Runs the bodies as .NET code where the device is the processor itself, else null.</summary>
    internal HostRunner? Host { get; }

    /// <summary>Memory for values that come and go.</summary>
    internal DevicePool Pool { get; }

    internal DeviceBuffer Allocate(int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var buffer = new DeviceBuffer(this, length);
        buffers.Add(buffer);
        return buffer;
    }

    internal void Forget(DeviceBuffer buffer) => buffers.Remove(buffer);

    /// <summary>Launches an op through ILGPU: a grid of threads strides over its items.</summary>
    internal void Launch<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>>
    {
        int items = op.Items(1);
        if (items == 0) return;
        if (!kernels.TryGetValue(typeof(TOp), out Delegate? kernel)) kernels[typeof(TOp)] = kernel = Compile<TOp>(DeviceEntry.Kernel);
        ((Action<KernelConfig, TOp>)kernel)(Shape(items), op);
    }

    /// <summary>Launches a group op: a thread group of that many lanes a group, by default as many as suit the device.</summary>
    internal void LaunchGroups<TOp>(in TOp op, int? lanes = null) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        GroupForm form = lanes is int asked ? asked == 1 ? GroupForm.SingleLane : GroupForm.Lanes : Form;
        if (!groupKernels.TryGetValue((typeof(TOp), form), out Delegate? kernel))
        {
            kernel = Compile<TOp>(form switch
            {
                GroupForm.Strip => DeviceEntry.StripKernel,
                GroupForm.SingleLane => DeviceEntry.SingleLaneKernel,
                _ => DeviceEntry.GroupKernel,
            });
            groupKernels[(typeof(TOp), form)] = kernel;
        }
        ((Action<KernelConfig, TOp>)kernel)(new KernelConfig(op.Groups, form == GroupForm.Lanes ? lanes ?? 64 : 1), op);
    }

    enum GroupForm { Lanes, SingleLane, Strip }

    // many threads where threads are cheap; on a processor one thread, with the processor's vectors where its compiler makes them
    GroupForm Form => Kind == DeviceKind.CpuIlgpu ? GroupForm.SingleLane
        : Accelerator is CLAccelerator && ((CLDevice)Accelerator.Device).DeviceType == CLDeviceType.CL_DEVICE_TYPE_CPU ? GroupForm.Strip : GroupForm.Lanes;

    Action<KernelConfig, TOp> Compile<TOp>(Action<TOp> entry) where TOp : struct
    {
        long start = Stopwatch.GetTimestamp();
        var kernel = Accelerator.LoadStreamKernel(entry);
        CompileTime += Stopwatch.GetElapsedTime(start);
        return kernel;
    }

    // simulated threads of ILGPU's CPU launcher are operating-system threads: one an item would cost 70 µs each
    KernelConfig Shape(int items) => Kind == DeviceKind.CpuIlgpu
        ? new KernelConfig(Math.Min(items, Accelerator.NumMultiprocessors), 1)
        : new KernelConfig(Math.Min((items + GroupSize - 1) / GroupSize, 65_535), GroupSize);

    int GroupSize => Math.Min(64, Accelerator.MaxNumThreadsPerGroup);

    /// <summary>Waits until the device has done all that was asked of it.</summary>
    public void Synchronize() => Accelerator.Synchronize();

    internal void CopyToDevice(ReadOnlySpan<float> source, DeviceSpan target)
    {
        if (source.Length == 0) return;
        if (Host is not null) source.CopyTo(target.OnHost);
        else ((ArrayView<float>)target).SubView(0, source.Length).CopyFromCPU(source.ToArray());
    }

    internal void CopyToHost(DeviceSpan source, Span<float> target)
    {
        if (source.Length == 0) return;
        if (Host is not null)
        {
            source.OnHost.CopyTo(target);
            return;
        }
        var exact = new float[source.Length];                     // ILGPU copies whole host buffers, never a part of one
        ((ArrayView<float>)source).CopyToCPU(exact);
        exact.CopyTo(target);
    }

    internal void Copy(DeviceSpan source, DeviceSpan target)
    {
        if (source.Length == 0) return;
        if (Host is not null) source.OnHost.CopyTo(target.OnHost);
        else ((ArrayView<float>)source).CopyTo((ArrayView<float>)target);
    }

    internal void Clear(DeviceSpan target)
    {
        if (target.Length == 0) return;
        if (Host is not null) target.OnHost.Clear();
        else ((ArrayView<float>)target).MemSetToZero();
    }

    /// <summary>Frees the device and every buffer that is still alive on it.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        Accelerator.Synchronize();
        foreach (DeviceBuffer buffer in buffers.ToArray()) buffer.Dispose();
        Host?.Dispose();
        Accelerator.Dispose();
        context.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Description.Id} ({Name})";
}
