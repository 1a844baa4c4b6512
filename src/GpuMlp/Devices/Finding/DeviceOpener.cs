using GpuMlp.Devices.Host;
using GpuMlp.Devices.Launching;
using GpuMlp.Formats;
using GpuMlp.Kernels.Lanes;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Finding;

/// <summary>Opens a device by its name.</summary>
static class DeviceOpener
{
    const string Allowed = "allowed: auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda, cuda:INDEX";

    internal static ComputeDevice Open(string name, OpenOptions options)
    {
        (DeviceKind kind, int index) = Parse(name);
        return kind switch
        {
            DeviceKind.Cpu => OpenCpu(options),
            DeviceKind.CpuIlgpu => Tested(OpenCpuIlgpu(options), false, options, out _),
            DeviceKind.OpenCL => OpenOpenCL(name, index, options),
            DeviceKind.Cuda => Tested(OpenCuda(name, index, options), false, options, out _),
            _ => throw new InvalidOperationException($"no way to open a device of kind {kind}"),
        };
    }

    internal static (DeviceKind Kind, int Index) Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is "auto" or "cpu") return (DeviceKind.Cpu, 0);
        if (name is "cpu:ilgpu") return (DeviceKind.CpuIlgpu, 0);
        string[] parts = name.Split(':');
        bool indexed = parts.Length == 2 && parts[1].Length is > 0 and < 4 && parts[1].All(char.IsAsciiDigit);
        if (parts.Length == 1 || indexed)
        {
            int index = indexed ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
            if (parts[0] == "opencl") return (DeviceKind.OpenCL, index);
            if (parts[0] == "cuda") return (DeviceKind.Cuda, index);
        }
        throw new ArgumentException($"{Quoted.Quote(name)} is not a device; {Allowed}", nameof(name));
    }

    static ComputeDevice OpenCpu(OpenOptions options)
    {
        var host = new HostRunner(options.Lanes, options.Cores);
        Context context = Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        return new ComputeDevice(DeviceDescription.Processor, context,
            context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Sequential), host, options);
    }

    static ComputeDevice OpenCpuIlgpu(OpenOptions options)
    {
        Context context = Create(builder => builder.CPU(new CPUDevice(2, options.GroupLanes / 2, options.Cores)));
        return new ComputeDevice(new("cpu:ilgpu", DeviceKind.CpuIlgpu, "ILGPU's CPU launcher"), context,
            context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel), null, options);
    }

    // a device whose division or square root is not IEEE's is opened again with our own forms, which replace them
    static ComputeDevice OpenOpenCL(string name, int index, OpenOptions options)
    {
        ComputeDevice device = OpenOpenCL(name, index, options, options.Newton);
        device = Tested(device, options.Newton, options, out ArithmeticFaults faults);
        if (options.Newton || (faults & (ArithmeticFaults.Division | ArithmeticFaults.SquareRoot)) == 0) return device;
        device.Dispose();
        return Tested(OpenOpenCL(name, index, options, true), true, options, out _);
    }

    static ComputeDevice OpenOpenCL(string name, int index, OpenOptions options, bool newton)
    {
        if (OpenCLLibrary.WhyMissing() is string missing) throw new DeviceUnavailableException(name, missing, ComputeDevice.List());
        List<DeviceDescription> found = [];
        Context context = Create(builder => found = DeviceCatalog.AddOpenCL(builder), newton);
        return Open(name, index, found, OpenCLLibrary.WhyEmpty, context,
            () => context.GetCLDevice(index).CreateAccelerator(context), options, newton);
    }

    static ComputeDevice OpenCuda(string name, int index, OpenOptions options)
    {
        if (CudaLibrary.WhyMissing() is string missing) throw new DeviceUnavailableException(name, missing, ComputeDevice.List());
        Context context = Create(builder => builder.Cuda());
        return Open(name, index, DeviceCatalog.CudaDevices(context), CudaLibrary.WhyEmpty, context,
            () => context.GetCudaDevice(index).CreateAccelerator(context), options, false);
    }

    static ComputeDevice Open(
        string name, int index, List<DeviceDescription> found, Func<string> whyEmpty, Context context, Func<Accelerator> create,
        OpenOptions options, bool newton)
    {
        try
        {
            if (found.Count == 0) throw new DeviceUnavailableException(name, whyEmpty(), ComputeDevice.List());
            if (index >= found.Count)
            {
                string reason = $"there is no number {index}, the last is {found.Count - 1}";
                throw new DeviceUnavailableException(name, reason, ComputeDevice.List());
            }
            DeviceDescription device = found[index];
            if (newton) device = device with { Note = device.Note + "; divides and takes roots by Newton steps" };
            return new ComputeDevice(device, context, create(), null, options, KernelCache.Open(options.KernelCache), newton);
        }
        catch (Exception e)
        {
            try { context.Dispose(); }
            catch (AcceleratorException) { /* a driver that does not open a device may not close it either */ }
            if (e is DeviceUnavailableException) throw;
            if (e is AcceleratorException failed && DeviceException.IsOutOfMemory(failed))
                throw new DeviceOutOfMemoryException(found[index], e);
            var others = ComputeDevice.List().Where(d => d.Kind != found[index].Kind);
            throw new DeviceUnavailableException(name, $"it does not open: {DeviceException.Reason(e)}", others, e);
        }
    }

    static ComputeDevice Tested(ComputeDevice device, bool newton, OpenOptions options, out ArithmeticFaults faults)
    {
        try
        {
            faults = options.SelfTest?.Invoke(device, newton) ?? SelfTest.Run(device);
            device.WhyNotSameBits = SelfTest.Describe(faults);
            device.MostTurns = SelfTest.MostTurns(device);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A context whose code keeps IEEE division and subnormals, knows our roundings, and does not use the generic address space (which
    /// level O2 avoids).
    /// </summary>
    internal static Context Create(Action<Context.Builder> devices, bool newton = false)
    {
        var context = Context.Create(builder =>
        {
            builder.Optimize(OptimizationLevel.O2).Math(MathMode.Default);
            devices(builder);
        });
        Rounding.Register(context, newton);
        Strip.Register(context, newton);
        return context;
    }
}
