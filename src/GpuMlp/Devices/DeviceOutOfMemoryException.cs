namespace GpuMlp.Devices;

/// <summary>A device has not the memory that was asked for.</summary>
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

    /// <summary>Bytes asked for; 0 where the device did not open.</summary>
    public long Needed { get; }

    /// <summary>Bytes that the device still had, as far as it tells; 0 where it did not open.</summary>
    public long Available { get; }
}
