using System.CommandLine;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The device that --device names: opens it, tells the user about it, and describes it for records.</summary>
static class DeviceInput
{
    /// <summary>The devices' names; a number after opencl: or cuda: says which one where there are several.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "cpu", "cpu:ilgpu", "opencl", "cuda"];

    /// <summary>Makes the option --device for a command.</summary>
    public static Option<string> NewOption() =>
        new("--device") { DefaultValueFactory = _ => "auto", CompletionSources = { Names.ToArray() } };

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
            string advice = Names.Contains(name.ToLowerInvariant()) ? $"; did you mean {name.ToLowerInvariant()}?" : "";
            throw UsageException.For(
                "device", name, $"allowed are auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda and cuda:INDEX{advice}", e);
        }
    }

    /// <summary>
    /// Opens a device and prepares a job on it. With auto it takes the best device for the job that opens, computes the same bits and has
    /// the memory.
    /// </summary>
    /// <param name="name">The device's name, or auto.</param>
    /// <param name="job">The work at hand, by which auto chooses.</param>
    /// <param name="terminal">Tells the user the choice, its reason, and why a device was passed over.</param>
    /// <param name="prepare">Makes what the job needs on an open device. Where it throws, the device is disposed.</param>
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

    /// <summary>Tells the user which device runs, and why it was chosen where the program chose it.</summary>
    public static void Note(ComputeDevice device, Terminal terminal, string why = "") =>
        terminal.Note($"device {device.Description.Id}: {device.Name}{(why.Length > 0 ? $" (auto: {why})" : "")}");

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
