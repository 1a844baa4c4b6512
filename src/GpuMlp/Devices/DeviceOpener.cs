using GpuMlp.Kernels.Numerics;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices;

/// <summary>Turns a device's name into an open device.</summary>
static class DeviceOpener
{
    const string Allowed = "allowed: auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda, cuda:INDEX";

    internal static ComputeDevice Open(string name, int lanes, int cores)
    {
        (DeviceKind kind, int index) = Parse(name);
        return kind switch
        {
            DeviceKind.Cpu => OpenCpu(lanes, cores),
            DeviceKind.CpuIlgpu => OpenCpuIlgpu(cores),
            _ => OpenListed(name, kind, index),
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
        throw new ArgumentException($"'{name}' is not a device; {Allowed}", nameof(name));
    }

    static ComputeDevice OpenCpu(int lanes, int cores)
    {
        var host = new HostRunner(lanes, cores);
        var context = Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        return ComputeDevice.Create(new("cpu", DeviceKind.Cpu, DeviceCatalog.CpuName), context,
            context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Sequential), host);
    }

    static ComputeDevice OpenCpuIlgpu(int cores)
    {
        var context = Create(builder => builder.CPU(new CPUDevice(2, 1, cores)));
        return ComputeDevice.Create(new("cpu:ilgpu", DeviceKind.CpuIlgpu, "ILGPU's CPU launcher"), context,
            context.GetCPUDevice(0).CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel), null);
    }

    static ComputeDevice OpenListed(string name, DeviceKind kind, int index)
    {
        IReadOnlyList<DeviceDescription> all = ComputeDevice.List();
        List<DeviceDescription> ofKind = all.Where(d => d.Kind == kind).ToList();
        if (!ofKind.Any(d => d.IsAvailable)) throw new DeviceUnavailableException(name, ofKind[0].Excluded!, all);
        if (index >= ofKind.Count) throw new DeviceUnavailableException(name, $"there are {ofKind.Count} of that kind, numbered from 0", all);
        return kind == DeviceKind.OpenCL ? OpenOpenCL(ofKind[index], index) : OpenCuda(ofKind[index], index);
    }

    static ComputeDevice OpenOpenCL(DeviceDescription description, int index)
    {
        var context = Create(builder => builder.OpenCL(device =>
        {
            OpenCLLibrary.Accept(device);
            return true;
        }));
        return ComputeDevice.Create(description, context, context.GetCLDevice(index).CreateAccelerator(context), null);
    }

    static ComputeDevice OpenCuda(DeviceDescription description, int index)
    {
        var context = Create(builder => builder.Cuda());
        return ComputeDevice.Create(description, context, context.GetCudaDevice(index).CreateAccelerator(context), null);
    }

    /// <summary>A context whose code keeps IEEE division and subnormals, never the generic address space (O2), and knows our roundings.</summary>
    internal static Context Create(Action<Context.Builder> devices)
    {
        var context = Context.Create(builder =>
        {
            builder.EnableAlgorithms().Optimize(OptimizationLevel.O2).Math(MathMode.Default);
            devices(builder);
        });
        Rounding.Register(context);
        return context;
    }
}
