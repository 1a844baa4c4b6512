using System.Diagnostics;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>Compiles ops through ILGPU, each once at its first use, and launches them in the form and shape that suit the device.</summary>
sealed class KernelLauncher(DeviceDescription device, Accelerator accelerator, KernelLoader loader)
{
    readonly Dictionary<Type, Delegate> kernels = [], stripKernels = [];
    readonly Dictionary<(Type, GroupForm), Delegate> groupKernels = [];

    enum GroupForm { Lanes, SingleLane, Strip }

    internal TimeSpan CompileTime { get; private set; }

    /// <summary>How many launches the device took so far.</summary>
    internal long Launches { get; private set; }

    /// <summary>Finds out whether the driver ended a launch early.</summary>
    internal LaunchWatch Watch { get; } = new(device, accelerator);

    /// <summary>Whether the device is the machine's processor and works in its memory.</summary>
    internal bool IsProcessor { get; } =
        accelerator is CPUAccelerator || accelerator.Device is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU };

    // On a GPU, and where the driver ends a thread's loops early, a group has many threads: more threads mean fewer iterations for each. On
    // a processor a group is one thread, with the processor's vectors if the driver's compiler can handle them.
    GroupForm Form => !IsProcessor || ActsAsGpu || EndsLoops ? GroupForm.Lanes : TakesStrips ? GroupForm.Strip : GroupForm.SingleLane;

    // to ILGPU a strip is a double, and it writes doubles only for devices that support them
    bool TakesStrips => accelerator is CLAccelerator { Capabilities.Float64: true } && !refusedStrips;

    // set when a driver's compiler fails on a kernel of vectors; such a kernel then runs in single lanes, with the same bits
    bool refusedStrips;

    /// <summary>Whether the driver ends a thread's loops after some number of iterations.</summary>
    internal bool EndsLoops { get; set; }

    /// <summary>Whether a processor runs the forms for GPUs; for tests of these.</summary>
    internal bool ActsAsGpu { get; set; }

    internal bool HasWideLanes => Form == GroupForm.Strip;

    /// <summary>Whether groups share memory that is nearer than all other: those of a processor do not.</summary>
    internal bool HasNearMemory => !IsProcessor || ActsAsGpu;

    /// <summary>Whether an op whose groups share memory can run on the device and suits it.</summary>
    internal bool TakesShared<TOp>() where TOp : struct, ISharedOp<ArrayView<float>> => HasNearMemory
        && accelerator.MaxNumThreadsPerGroup >= TOp.Lanes && accelerator.MaxSharedMemoryPerGroup >= sizeof(float) * TOp.SharedFloats;

    internal bool HasManyLanes => Form == GroupForm.Lanes;

    /// <summary>Launches an op, as a grid of threads that strides over its items.</summary>
    internal void Launch<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>>
    {
        int items = op.Items(1);
        if (items == 0) return;
        KernelConfig shape = LaunchShape.Of(accelerator, device.Kind, IsProcessor, items);
        if (kernels.TryGetValue(typeof(TOp), out Delegate? kernel)) Start((Action<KernelConfig, TOp, LoopWatch>)kernel, shape, op);
        else kernels[typeof(TOp)] = StartFirst(DeviceEntry.Kernel, shape, op);
    }

    /// <summary>
    /// Launches an op with few long items in vectors, several threads per core; false if the device has no vectors, or its compiler failed.
    /// </summary>
    internal bool TryLaunchStrips<TOp>(in TOp op) where TOp : struct, IOp<ArrayView<float>>
    {
        if (Form != GroupForm.Strip) return false;
        int items = op.Items(StripLanes.Width);
        if (items == 0) return true;
        var shape = new KernelConfig(Math.Min(items, 4 * accelerator.NumMultiprocessors), 1);
        try
        {
            if (stripKernels.TryGetValue(typeof(TOp), out Delegate? kernel)) Start((Action<KernelConfig, TOp, LoopWatch>)kernel, shape, op);
            else stripKernels[typeof(TOp)] = StartFirst(DeviceEntry.StripItemsKernel, shape, op);
            return true;
        }
        catch (DeviceException e) when (e.IsOfCompiler)
        {
            refusedStrips = true;
            return false;
        }
    }

    /// <summary>
    /// Launches a group op, with a thread group per group. It has that many lanes, by default as many as suit the device.
    /// </summary>
    internal void LaunchGroups<TOp>(in TOp op, int? lanes) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        GroupForm form = lanes is int asked ? asked == 1 ? GroupForm.SingleLane : GroupForm.Lanes : Form;
        try
        {
            LaunchGroups(op, form, lanes);
        }
        catch (DeviceException e) when (form == GroupForm.Strip && e.IsOfCompiler)
        {
            refusedStrips = true;
            LaunchGroups(op, GroupForm.SingleLane, null);
        }
    }

    /// <summary>Launches an op whose groups share memory of their own.</summary>
    internal void LaunchShared<TOp>(in TOp op) where TOp : struct, ISharedOp<ArrayView<float>>
    {
        var shape = new KernelConfig(op.Groups, TOp.Lanes);
        if (kernels.TryGetValue(typeof(TOp), out Delegate? kernel)) Start((Action<KernelConfig, TOp, LoopWatch>)kernel, shape, op);
        else kernels[typeof(TOp)] = StartFirst(DeviceEntry.SharedKernel, shape, op);
    }

    void LaunchGroups<TOp>(in TOp op, GroupForm form, int? lanes) where TOp : struct, IGroupOp<ArrayView<float>>
    {
        var shape = new KernelConfig(op.Groups, form == GroupForm.Lanes ? Math.Min(lanes ?? 64, accelerator.MaxNumThreadsPerGroup) : 1);
        if (groupKernels.TryGetValue((typeof(TOp), form), out Delegate? kernel))
            Start((Action<KernelConfig, TOp, LoopWatch>)kernel, shape, op);
        else
            groupKernels[(typeof(TOp), form)] = StartFirst(form switch
            {
                GroupForm.Strip => DeviceEntry.StripKernel,
                GroupForm.SingleLane => DeviceEntry.SingleLaneKernel,
                GroupForm.Lanes => DeviceEntry.GroupKernel,
                _ => throw new InvalidOperationException($"no entry point for groups of form {form}"),
            }, shape, op);
    }

    void Start<TOp>(Action<KernelConfig, TOp, LoopWatch> kernel, KernelConfig shape, in TOp op) where TOp : struct
    {
        try
        {
            kernel(shape, op, Watch.Argument);
            Watch.Launched(shape.GridDim.X);
            Launches++;
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(device, $"launching {Named(typeof(TOp))}", e);
        }
    }

    // OpenCL drivers such as PoCL finish compiling only when a kernel first runs in a group of some size, so that run counts as compiling
    Action<KernelConfig, TOp, LoopWatch> StartFirst<TOp>(Action<TOp, LoopWatch> entry, KernelConfig shape, in TOp op) where TOp : struct
    {
        bool compilesAtFirstRun = accelerator is CLAccelerator;
        if (compilesAtFirstRun) accelerator.Synchronize();
        long start = Stopwatch.GetTimestamp();
        Action<KernelConfig, TOp, LoopWatch> kernel = Compile(entry);
        if (!compilesAtFirstRun) CompileTime += Stopwatch.GetElapsedTime(start);
        Start(kernel, shape, op);
        if (!compilesAtFirstRun) return kernel;
        accelerator.Synchronize();
        CompileTime += Stopwatch.GetElapsedTime(start);
        return kernel;
    }

    Action<KernelConfig, TOp, LoopWatch> Compile<TOp>(Action<TOp, LoopWatch> entry) where TOp : struct
    {
        using var log = new BuildLog();
        try
        {
            return loader.Load(entry);
        }
        catch (Exception e)                                      // ILGPU's compiler throws many types of exceptions
        {
            throw new DeviceException(device, $"compiling {Named(typeof(TOp))}", e, log.Text) { IsOfCompiler = true };
        }
    }

    /// <summary>The name of an op and of its type arguments, without that of the memory: ActivationForward&lt;Tanh&gt;.</summary>
    static string Named(Type op)
    {
        string name = op.Name.Split('`')[0];
        var parts = op.GetGenericArguments().Where(a => a != typeof(ArrayView<float>)).Select(Named).ToList();
        return parts.Count == 0 ? name : $"{name}<{string.Join(", ", parts)}>";
    }
}
