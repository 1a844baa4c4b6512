using System.Text.RegularExpressions;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Compare;

/// <summary>The devices and engines that --devices and --engines name.</summary>
static partial class Choices
{
    /// <summary>Stands for all that there are.</summary>
    public const string All = "all";

    /// <summary>
    /// The devices that a list names, in the order of the machine's; a device that is not there says why. ILGPU's own launcher, which is
    /// slow, comes last.
    /// </summary>
    /// <exception cref="UsageException">A name is no device's.</exception>
    public static IReadOnlyList<DeviceDescription> Devices(string text)
    {
        string[] names = Split(text);
        foreach (string name in names)
            if (name != All && !DeviceName().IsMatch(name))
            {
                string allowed = "allowed are all, or some of cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda and cuda:INDEX, as a,b";
                throw UsageException.For("devices", text, $"'{UsageException.Cut(name)}' is no device; {allowed}");
            }
        IReadOnlyList<DeviceDescription> there = ComputeDevice.List();
        if (names.Contains(All)) return [.. there.OrderBy(device => device.Kind == DeviceKind.CpuIlgpu)];
        return [.. names.Select(name => Find(name, there)).DistinctBy(device => device.Id)
            .OrderBy(device => device.Kind == DeviceKind.CpuIlgpu)];
    }

    /// <summary>The engines that a list names, in their own order.</summary>
    /// <exception cref="UsageException">A name is no engine's.</exception>
    public static IReadOnlyList<string> Engines(string text)
    {
        var known = new Names<string>([(All, All), .. Trainings.Engines.Select(name => (name, name))]);
        string[] asked;
        try { asked = [.. Split(text).Select(known.Parse)]; }
        catch (FormatException e) { throw UsageException.For("engines", text, e.Message, e); }
        return [.. Trainings.Engines.Where(name => asked.Contains(All) || asked.Contains(name))];
    }

    static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    static DeviceDescription Find(string name, IReadOnlyList<DeviceDescription> there)
    {
        if (there.FirstOrDefault(device => device.Id == name || device.Id == $"{name}:0") is DeviceDescription found) return found;
        string kind = name.Split(':')[0];
        DeviceDescription[] ofKind = [.. there.Where(device => device.Id.Split(':')[0] == kind)];
        string reason = ofKind.FirstOrDefault(device => !device.IsAvailable)?.Excluded
            ?? $"there is none of that number, the last is {ofKind[^1].Id}";
        return ofKind[0] with { Id = name, Excluded = reason };
    }

    [GeneratedRegex(@"^(cpu|cpu:ilgpu|(opencl|cuda)(:\d{1,3})?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex DeviceName();
}
