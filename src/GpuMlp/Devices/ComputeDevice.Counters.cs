namespace GpuMlp.Devices;

// what a device has done since it was opened
public sealed partial class ComputeDevice
{
    /// <summary>How many kernels were launched so far; on the processor itself, how many ops ran as .NET code.</summary>
    public long Launches => Host?.Launches ?? launcher.Launches;

    /// <summary>Bytes that were copied from the host's memory into the device's buffers so far.</summary>
    public long BytesToDevice { get; private set; }

    /// <summary>Bytes that were copied from the device's buffers to the host's memory so far.</summary>
    public long BytesToHost { get; private set; }
}
