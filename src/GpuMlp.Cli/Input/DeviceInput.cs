using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The device that --device names: opens it, tells the user about it, and describes it for records.</summary>
static class DeviceInput
{
    /// <summary>Opens a device.</summary>
    /// <exception cref="UsageException">The name is no device's.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open.</exception>
    public static ComputeDevice Open(string name)
    {
        try
        {
            return ComputeDevice.Open(name);
        }
        catch (ArgumentException e)
        {
            throw UsageException.For("device", name, "allowed are auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda and cuda:INDEX", e);
        }
    }

    /// <summary>
    /// Opens the device that suits a population: the first GPU that opens and gives the processor's bits, else the processor. Tells the
    /// user which device that is, and why each GPU before it was passed over.
    /// </summary>
    public static ComputeDevice OpenFor(int networks, Terminal terminal)
    {
        DeviceDescription[] gpus = networks == 1 ? []
            : [.. ComputeDevice.List().Where(d => d.IsGpu && d.IsAvailable).OrderBy(d => d.Kind != DeviceKind.Cuda)];
        foreach (DeviceDescription gpu in gpus)
        {
            try
            {
                ComputeDevice device = ComputeDevice.Open(gpu.Id);
                if (device.SameBits)
                {
                    Note(device, terminal, " (auto: a population fills a GPU)");
                    return device;
                }
                terminal.Note($"{gpu.Id} is passed over: it {device.WhyNotSameBits}");
                device.Dispose();
            }
            catch (Exception e) when (e is DeviceUnavailableException or DeviceException or DeviceOutOfMemoryException)
            {
                terminal.Note($"{gpu.Id} is passed over: {e.Message}");
            }
        }
        ComputeDevice processor = ComputeDevice.Open("cpu");
        Note(processor, terminal, networks == 1 ? " (auto: one network is too little work for a GPU)"
            : gpus.Length == 0 ? " (auto: there is no GPU)" : " (auto: no GPU can be used)");
        return processor;
    }

    /// <summary>Tells the user which device runs, and why it was chosen where the program chose it.</summary>
    public static void Note(ComputeDevice device, Terminal terminal, string why = "") =>
        terminal.Note($"device {device.Description.Id}: {device.Name}{why}");

    /// <summary>Tells the user where a device's results are close to those of other devices, not equal.</summary>
    public static void NoteBits(ComputeDevice device, Terminal terminal)
    {
        if (device.WhyNotSameBits is string why)
            terminal.Note($"{device.Description.Id} {why}: results are close to other devices', not equal");
    }

    /// <summary>A device as records describe it.</summary>
    public static RunDevice Record(ComputeDevice device) => new(Named(device.Kind), device.Name, device.SameBits, device.WhyNotSameBits);

    /// <summary>A kind's name in records: its name for --device, without an index.</summary>
    public static string Named(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.CpuIlgpu => "cpu:ilgpu",
        DeviceKind.OpenCL => "opencl",
        DeviceKind.Cuda => "cuda",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of device"),
    };
}
