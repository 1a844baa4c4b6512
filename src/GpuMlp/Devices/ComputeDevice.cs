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
/// A device that runs kernels: it makes and counts buffers, owns the compiled kernels (each compiled once, at first use) and knows how to
/// launch on itself. Any thread may use it, one at a time: a call while another thread is in one throws an
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
        newBlock = options.Memory ?? (host is not null ? (_, length) => new HostBlock(length) : (driver, length) => new DriverBlock(driver, length));
    }

    /// <summary>Every device that this machine has, and every one that was looked for and left out, with the reason.</summary>
    public static IReadOnlyList<DeviceDescription> List() => DeviceCatalog.List();

    /// <summary>Opens a device.</summary>
    /// <param name="name">auto, cpu, cpu:ilgpu, opencl, opencl:i, cuda or cuda:i. auto is the CPU: a single network cannot fill a GPU.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open; the message says what there is.</exception>
    /// <exception cref="DeviceException">The device fails at the self-test's kernel.</exception>
    public static ComputeDevice Open(string name = "auto") => Open(name, OpenOptions.Default);

    /// <summary>Opens the CPU with lanes of a chosen width (1, 4, 8 or 16 floats) on a chosen number of cores; no result depends on them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such width, or other than 1 to 1,024 cores.</exception>
    public static ComputeDevice OpenCpu(int lanes, int cores) => Open("cpu", new OpenOptions(lanes, cores));

    internal static ComputeDevice Open(string name, OpenOptions options) => DeviceOpener.Open(name, options);

    /// <summary>Which device this is.</summary>
    public DeviceDescription Description { get; private set; }

    /// <summary>What runs the kernels.</summary>
    public DeviceKind Kind => Description.Kind;

    /// <summary>The driver's name for the device.</summary>
    public string Name => Description.Name;

    /// <summary>How many buffers are alive.</summary>
    public int LiveBuffers => blocks.Count;

    /// <summary>
    /// Time that ILGPU and the driver spent compiling kernels so far. On OpenCL a kernel's first run counts, since drivers compile to the
    /// end only then; on the processor itself .NET compiles a body at its first call, which is not counted.
    /// </summary>
    public TimeSpan CompileTime => launcher.CompileTime;

    /// <summary>Whether the device ends in the same bits as the processor, as its self-test saw when it was opened.</summary>
    public bool SameBits => WhyNotSameBits is null;

    /// <summary>What the device's arithmetic does otherwise than the processor's ("flushes subnormals"); null if nothing.</summary>
    public string? WhyNotSameBits { get; internal set; }

    /// <summary>After how many turns its driver ends a thread's loops, as its self-test saw; null if it let them all be made.</summary>
    internal int? MostTurns
    {
        get;
        set
        {
            field = value;
            launcher.EndsLoops = value is not null;
            if (value is int turns) Description = Description with { Note = $"{Description.Note}; its driver ends a thread's loops after {turns.ToString("N0", CultureInfo.InvariantCulture)} turns, so launches are short" };
        }
    }

    /// <summary>Bytes that all buffers together may take, where that is less than the device has.</summary>
    internal long MemoryLimit { get; set; } = long.MaxValue;

    /// <summary>How many layers drew their start on the device: each from a stream of its own.</summary>
    internal uint LayersMade { get; set; }

    internal Accelerator Accelerator { get; }

    internal KernelLoader Loader { get; }

    /// <summary>Whether groups compute in lanes of several floats, a kind of arithmetic of its own.</summary>
    internal bool HasWideLanes => launcher.HasWideLanes;

    /// <summary>Runs the bodies as .NET code where the device is the processor itself, else null.</summary>
    internal HostRunner? Host { get; }

    /// <summary>Lets one thread at a time in.</summary>
    internal ThreadGate Gate { get; }

    /// <summary>Whether the device and all its memory are gone.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Begins a public call that uses the device; its end is the end of what this returns.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the device.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    internal DeviceUse Use() => Gate.Enter();

    /// <summary>Bytes that the device has left.</summary>
    internal long AvailableMemory() => Math.Min(MemoryLimit - liveBytes, DeviceMemory.Available(Accelerator, launcher.IsProcessor, liveBytes));

    /// <summary>Memory for values that come and go.</summary>
    internal DevicePool Pool { get; }

    /// <summary>Launches an op through ILGPU: a grid of threads strides over its items.</summary>
    /// <exception cref="DeviceException">The op does not compile on this device, or the device fails.</exception>
    internal void Launch<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>> => launcher.Launch(op);

    /// <summary>Launches a group op: a thread group of that many lanes a group, by default as many as suit the device.</summary>
    /// <exception cref="DeviceException">The op does not compile on this device, or the device fails.</exception>
    internal void LaunchGroups<TOp>(in TOp op, int? lanes = null) where TOp : struct, IGroupOp<ArrayView<float>> => launcher.LaunchGroups(op, lanes);

    /// <summary>Waits until the device has done all that was asked of it.</summary>
    /// <exception cref="DeviceException">The device failed, or its driver ended a launch before its end.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public void Synchronize()
    {
        using DeviceUse use = Use();
        if (!Finished()) throw DeviceException.Stopped(Description);
    }

    /// <summary>Sees whether the driver ended a launch early.</summary>
    internal LaunchWatch Watch => launcher.Watch;

    /// <summary>Looks whether the launches that the host has waited for came to their end.</summary>
    /// <exception cref="DeviceException">The driver ended one early: what it was to write is not whole.</exception>
    internal void RequireFinished()
    {
        if (!Watch.AllFinished()) throw DeviceException.Stopped(Description);
    }

    /// <summary>Waits for all launches; false if the driver ended one early.</summary>
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

    // both copies end before they return: only so long does the host's memory stay where it is
    internal unsafe void CopyToDevice(ReadOnlySpan<float> source, DeviceSpan target)
    {
        if (source.Length == 0) return;
        if (Host is not null)
        {
            source.CopyTo(target.OnHost);
            return;
        }
        fixed (float* pinned = source)
            Copying(((ArrayView<float>)target).SubView(0, source.Length), (nint)pinned, (view, from) => view.CopyFromCPU(ref *(float*)from, view.Length));
    }

    internal unsafe void CopyToHost(DeviceSpan source, Span<float> target)
    {
        if (source.Length == 0) return;
        if (Host is not null)
        {
            source.OnHost.CopyTo(target);
            return;
        }
        if (target.Length < source.Length) throw new ArgumentException($"{source.Length} values do not fit {target.Length}", nameof(target));
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
        else Launch(new Fill<ArrayView<float>>(target, 0f, target.Length));    // ILGPU's OpenCL buffers can only be set from their beginning
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

    /// <summary>Frees the device and every buffer that is still alive on it.</summary>
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
            // a device that was lost cannot be freed either, and what was said when it was lost must not be drowned
        }
        blocks.Clear();
        liveBytes = 0;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Description.Id} ({Name})";
}
