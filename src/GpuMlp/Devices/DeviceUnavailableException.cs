using GpuMlp.Formats;

namespace GpuMlp.Devices;

/// <summary>The machine does not have a device that was asked for; the message lists the devices that it has.</summary>
public sealed class DeviceUnavailableException : Exception
{
    internal DeviceUnavailableException(string asked, string reason, IEnumerable<DeviceDescription> devices, Exception? cause = null)
        : base($"device {Quoted.Quote(asked)} is not available: {reason}. This machine has: " +
               string.Join(", ", devices.Where(d => d.IsAvailable).Select(d => $"{d.Id} ({d.Name})")), cause)
    {
        Asked = asked;
    }

    /// <summary>The name that was asked for.</summary>
    public string Asked { get; }
}
