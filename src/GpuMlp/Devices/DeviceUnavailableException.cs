using GpuMlp.Formats;

namespace GpuMlp.Devices;

/// <summary>A device was asked for that this machine does not have; the message says what there is.</summary>
public sealed class DeviceUnavailableException : Exception
{
    internal DeviceUnavailableException(string asked, string reason, IEnumerable<DeviceDescription> devices, Exception? cause = null)
        : base($"device {Quoted.Quote(asked)} is not available: {reason}. This machine has: " +
               string.Join(", ", devices.Where(d => d.IsAvailable).Select(d => $"{d.Id} ({d.Name})")), cause)
    {
        Asked = asked;
    }

    /// <summary>The device as it was asked for.</summary>
    public string Asked { get; }
}
