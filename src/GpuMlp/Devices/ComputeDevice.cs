using System.Globalization;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Host;
using GpuMlp.Devices.Launching;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Elementwise;
using ILGPU;
using ILGPU.Runtime;

namespace GpuMlp.Devices;

/// <summary>
/// A device that runs kernels. It makes and counts buffers, and owns the compiled kernels, each of which is compiled once, at its first
/// use. Any thread may use it, but only one at a time: a call while another thread is in one throws an
/// <see cref="InvalidOperationException"/>.
/// </summary>
public sealed partial class ComputeDevice : IDisposable
{
    readonly Context context;
    readonly KernelLauncher launcher;

    internal ComputeDevice(DeviceDescription description, Context context, Accelerator accelerator, HostRunner? host, OpenOptions options,
        KernelCache? cache = null, bool newton = false)
    {
        Description = description;
        this.context = context;
        Accelerator = accelerator;
        Host = host;
        Loader = new KernelLoader(accelerator, cache, newton);
        launcher = new KernelLauncher(description, accelerator, Loader);
        Pool = new DevicePool(this, slabs: options.Memory is null);
        Gate = new ThreadGate(this);
        newBlock = options.Memory ?? (host is not null
            ? (_, length) => new HostBlock(length)
            : (driver, length) => new DriverBlock(driver, length));
    }

    /// <summary>Every device of this machine, and every kind of device that was looked for and left out, with the reason.</summary>
    public static IReadOnlyList<DeviceDescription> List() => DeviceCatalog.List();

    /// <summary>Opens a device.</summary>
    /// <param name="name">
    /// auto, cpu, cpu:ilgpu, opencl, opencl:i, cuda or cuda:i. auto is the CPU: a single network cannot fill a GPU.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="DeviceUnavailableException">
    /// This machine has no such device, or it does not open; the message says what there is.
    /// </exception>
    /// <exception cref="DeviceException">The device failed in its self-test.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has no memory left.</exception>
    public static ComputeDevice Open(string name = "auto") => Open(name, OpenOptions.Default);

    /// <summary>Opens the CPU. No result depends on the arguments.</summary>
    /// <param name="lanes">Floats per SIMD register: 1, 4, 8 or 16.</param>
    /// <param name="cores">The number of cores that share the work, 1 to 1,024.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is none of these numbers.</exception>
    public static ComputeDevice OpenCpu(int lanes, int cores) => Open("cpu", new OpenOptions(lanes, cores));

    internal static ComputeDevice Open(string name, OpenOptions options) => DeviceOpener.Open(name, options);

    /// <summary>Describes the device.</summary>
    public DeviceDescription Description { get; private set; }

    /// <summary>What runs the kernels.</summary>
    public DeviceKind Kind => Description.Kind;

    /// <summary>The driver's name for the device.</summary>
    public string Name => Description.Name;

    /// <summary>The number of buffers that are not freed, without the device's own.</summary>
    public int LiveBuffers => blocks.Count - (workspace is null ? 0 : 1);

    /// <summary>
    /// The time that ILGPU and the driver have spent compiling kernels so far. On OpenCL this includes each kernel's first run, since
    /// drivers finish compiling only then. On the processor itself .NET compiles a body at its first call, which is not counted.
    /// </summary>
    public TimeSpan CompileTime => launcher.CompileTime;

    /// <summary>Whether the device gives the same bits as the processor, as its self-test found when it was opened.</summary>
    public bool SameBits => WhyNotSameBits is null;

    /// <summary>How the device's arithmetic differs from the processor's, as in "flushes subnormals"; null if it does not.</summary>
    public string? WhyNotSameBits { get; internal set; }

    /// <summary>
    /// The number of loop iterations after which the driver ends a thread's loops, as the self-test found; null for no limit.
    /// </summary>
    internal int? MostTurns
    {
        get;
        set
        {
            field = value;
            launcher.EndsLoops = value is not null;
            if (value is not int turns) return;
            string limit = turns.ToString("N0", CultureInfo.InvariantCulture);
            string note = $"{Description.Note}; its driver ends a thread's loops after {limit} turns, so launches are short";
            Description = Description with { Note = note };
        }
    }

    /// <summary>
    /// The most work of one network, in float operations, for a launch of training: half of what a launch had that the driver ended early.
    /// </summary>
    internal long MostWork { get; set; } = long.MaxValue;

    /// <summary>Whether a driver runs the launches, which may end them early.</summary>
    internal bool HasDriver => Host is null;

    /// <summary>The most bytes that all buffers together may take, where that is less than the device has.</summary>
    internal long MemoryLimit { get; set; } = long.MaxValue;

    /// <summary>How many layers have drawn their initial weights on the device; each uses a stream of its own.</summary>
    internal uint LayersMade { get; set; }

    internal Accelerator Accelerator { get; }

    internal KernelLoader Loader { get; }

    /// <summary>Whether groups compute in vectors of several floats, which the self-test has to test as well.</summary>
    internal bool HasWideLanes => launcher.HasWideLanes;

    /// <summary>Whether an op whose groups share memory can run, and suits the device.</summary>
    internal bool TakesShared<TOp>() where TOp : struct, ISharedOp<ArrayView<float>> => launcher.TakesShared<TOp>();

    /// <summary>Set by tests: the device then runs the forms for GPUs, even if it is a processor.</summary>
    internal bool ActsAsGpu
    {
        set => launcher.ActsAsGpu = value;
    }

    /// <summary>Whether groups have many threads, as on a GPU, and not one.</summary>
    internal bool HasManyLanes => launcher.HasManyLanes;

    /// <summary>Runs kernel bodies as .NET code if the device is the processor itself, else null.</summary>
    internal HostRunner? Host { get; }

    /// <summary>Lets only one thread at a time use the device.</summary>
    internal ThreadGate Gate { get; }

    /// <summary>Whether the device was disposed, and all its memory with it.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Begins a public call that uses the device; disposing the result ends the call.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    internal DeviceUse Use() => Gate.Enter();

    /// <summary>The number of bytes that the device has left.</summary>
    internal long AvailableMemory() =>
        Math.Min(MemoryLimit - liveBytes, DeviceMemory.Available(Accelerator, launcher.IsProcessor, liveBytes));

    /// <summary>Memory for the values of expressions, which nobody disposes.</summary>
    internal DevicePool Pool { get; }

    /// <summary>Launches an op through ILGPU, as a grid of threads that strides over its items.</summary>
    /// <exception cref="DeviceException">The op does not compile on this device, or the device fails.</exception>
    internal void Launch<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>> => launcher.Launch(op);

    /// <summary>
    /// Launches an op with few long items in vectors, several threads per core; false if the device has no vectors, or its compiler failed.
    /// </summary>
    /// <exception cref="DeviceException">The device fails.</exception>
    internal bool TryLaunchStrips<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>> => launcher.TryLaunchStrips(op);

    /// <summary>The number of cores that share its work, or what the driver counts as such.</summary>
    internal int Cores => Host?.Cores ?? Accelerator.NumMultiprocessors;

    /// <summary>
    /// Launches a group op, with a thread group per group. It has that many lanes, by default as many as suit the device.
    /// </summary>
    /// <exception cref="DeviceException">The op does not compile on this device, or the device fails.</exception>
    internal void LaunchGroups<TOp>(in TOp op, int? lanes = null) where TOp : struct, IGroupOp<ArrayView<float>> =>
        launcher.LaunchGroups(op, lanes);

    /// <summary>Launches an op whose groups share memory of their own.</summary>
    /// <exception cref="DeviceException">The op does not compile on this device, or the device fails.</exception>
    internal void LaunchShared<TOp>(in TOp op) where TOp : struct, ISharedOp<ArrayView<float>> => launcher.LaunchShared(op);

    /// <summary>Waits until the device has finished all its work.</summary>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch before its end.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void Synchronize()
    {
        using DeviceUse use = Use();
        if (!Finished()) throw DeviceException.Stopped(Description);
    }

    /// <summary>Finds out whether the driver ended a launch early.</summary>
    internal LaunchWatch Watch => launcher.Watch;

    /// <summary>Checks that the launches that the host has waited for ran to their end.</summary>
    /// <exception cref="DeviceException">The driver ended a launch early, so its results are incomplete.</exception>
    internal void RequireFinished()
    {
        if (!Watch.AllFinished()) throw DeviceException.Stopped(Description);
    }

    /// <summary>Waits for all launches. False if the driver ended one early.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    internal bool Finished()
    {
        try
        {
            Accelerator.Synchronize();
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(Description, "finishing its work", e);
        }
        return Watch.AllFinished();
    }

    // copies to and from the host end before they return, since the host's memory is pinned only until then
    internal unsafe void CopyToDevice(ReadOnlySpan<float> source, DeviceSpan target)
    {
        if (source.Length == 0) return;
        BytesToDevice += sizeof(float) * (long)source.Length;
        if (Host is not null)
        {
            source.CopyTo(target.OnHost);
            return;
        }
        fixed (float* pinned = source)
            Copying(
                ((ArrayView<float>)target).SubView(0, source.Length), (nint)pinned,
                (view, from) => view.CopyFromCPU(ref *(float*)from, view.Length));
    }

    internal unsafe void CopyToHost(DeviceSpan source, Span<float> target)
    {
        if (source.Length == 0) return;
        BytesToHost += sizeof(float) * (long)source.Length;
        if (Host is not null)
        {
            source.OnHost.CopyTo(target);
            return;
        }
        if (target.Length < source.Length)
            throw new ArgumentException($"{source.Length} values do not fit {target.Length}", nameof(target));
        fixed (float* pinned = target) Copying(source, (nint)pinned, (view, to) => view.CopyToCPU(ref *(float*)to, view.Length));
        RequireFinished();
    }

    internal void Copy(DeviceSpan source, DeviceSpan target)
    {
        if (source.Length == 0) return;
        if (Host is not null) source.OnHost.CopyTo(target.OnHost);
        else Copying(source, target, (view, to) => view.CopyTo((ArrayView<float>)to));
    }

    internal void Clear(DeviceSpan target)
    {
        if (target.Length == 0) return;
        if (Host is not null) target.OnHost.Clear();
        else Launch(new Fill<ArrayView<float>>(target, 0f, target.Length));    // ILGPU can set OpenCL buffers from their beginning only
    }

    void Copying<TArgument>(ArrayView<float> view, TArgument argument, Action<ArrayView<float>, TArgument> copy)
    {
        try
        {
            copy(view, argument);
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(Description, "copying", e);
        }
    }

    /// <summary>Frees the device and every buffer on it.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    public void Dispose()
    {
        if (IsDisposed) return;
        using DeviceUse use = Use();
        IsDisposed = true;
        Gate.Close();
        try
        {
            Accelerator.Synchronize();
            foreach (MemoryBlock block in blocks) block.Free();
            Host?.Dispose();
            launcher.Watch.Dispose();
            Accelerator.Dispose();
            context.Dispose();
        }
        catch (AcceleratorException)
        {
            // a lost device cannot be freed either, and this error must not hide the one that said it was lost
        }
        blocks.Clear();
        liveBytes = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Description.Id} ({Name})";
}
