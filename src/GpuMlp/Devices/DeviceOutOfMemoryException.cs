namespace GpuMlp.Devices;

/// <summary>A device does not have the memory that was asked for.</summary>
public sealed class DeviceOutOfMemoryException : OutOfMemoryException
{
    internal DeviceOutOfMemoryException(DeviceDescription device, long needed, long available, Exception? cause = null)
        : base($"device {device.Id} ({device.Name}) has {available:N0} bytes available, {needed:N0} bytes are needed", cause)
    {
        Needed = needed;
        Available = available;
    }

    internal DeviceOutOfMemoryException(DeviceDescription device, Exception cause)
        : base($"device {device.Id} ({device.Name}) has no memory left to open", cause)
    {
    }

    /// <summary>Bytes that were asked for; 0 if the device did not open.</summary>
    public long Needed { get; }

    /// <summary>Bytes that the device had left, as far as it says; 0 if it did not open.</summary>
    public long Available { get; }
}
