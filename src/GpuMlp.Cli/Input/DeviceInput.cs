using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The device that --device names: opened, told of, and as records have it.</summary>
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

    /// <summary>Opens the device that is asked for, or of auto the best for a job that opens and has room for it, and prepares the job there.</summary>
    /// <param name="name">The device's name, or auto.</param>
    /// <param name="job">The work at hand, by which auto chooses.</param>
    /// <param name="terminal">Where the choice and its reason are said, and why a device was passed over.</param>
    /// <param name="prepare">Makes what the job needs on an open device; that device is disposed of where it fails.</param>
    /// <exception cref="UsageException">The name is no device's.</exception>
    /// <exception cref="DeviceUnavailableException">This machine has no such device, or it does not open.</exception>
    public static T Open<T>(string name, IReadOnlyList<Work> job, Terminal terminal, Func<ComputeDevice, T> prepare)
    {
        if (name != "auto") return Prepared(Open(name), terminal, "", prepare);
        DeviceChoice choice = Planner.Choose(job);
        string why = choice.Why;
        foreach (DeviceDescription better in choice.Order.SkipLast(1))
        {
            try
            {
                ComputeDevice device = ComputeDevice.Open(better.Id);
                if (device.WhyNotSameBits is not string different) return Prepared(device, terminal, why, prepare);
                device.Dispose();
                terminal.Note($"{better.Id} is passed over: it {different}");
            }
            catch (Exception e) when (e is DeviceUnavailableException or DeviceException or DeviceOutOfMemoryException)
            {
                terminal.Note($"{better.Id} is passed over: {e.Message}");
            }
            why = "the next best";
        }
        return Prepared(ComputeDevice.Open(choice.Order[^1].Id), terminal, why, prepare);
    }

    static T Prepared<T>(ComputeDevice device, Terminal terminal, string why, Func<ComputeDevice, T> prepare)
    {
        Note(device, terminal, why);
        NoteBits(device, terminal);
        try
        {
            return prepare(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Says which device it is, with the reason for it where the choice was left to the program.</summary>
    public static void Note(ComputeDevice device, Terminal terminal, string why = "") =>
        terminal.Note($"device {device.Description.Id}: {device.Name}{(why.Length > 0 ? $" (auto: {why})" : "")}");

    /// <summary>Says of a device whose results are not those of the others that they are not.</summary>
    public static void NoteBits(ComputeDevice device, Terminal terminal)
    {
        if (device.WhyNotSameBits is string why) terminal.Note($"{device.Description.Id} {why}: results are close to other devices', not equal");
    }

    /// <summary>A device as records have it.</summary>
    public static RunDevice Record(ComputeDevice device) => new(Named(device.Kind), device.Name, device.SameBits, device.WhyNotSameBits);

    /// <summary>A kind's name in records: that of --device without an index.</summary>
    public static string Named(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.CpuIlgpu => "cpu:ilgpu",
        DeviceKind.OpenCL => "opencl",
        DeviceKind.Cuda => "cuda",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of device"),
    };
}
