using GpuMlp.Devices;

namespace GpuMlp.Bench;

/// <summary>Devices that rows share, so that kernels are compiled once per device and not once per row.</summary>
static class OpenDevices
{
    static readonly Dictionary<string, ComputeDevice> Devices = [];

    internal static ComputeDevice Get(string id) =>
        Devices.TryGetValue(id, out ComputeDevice? device) ? device : Devices[id] = ComputeDevice.Open(id);

    internal static void Close()
    {
        foreach (ComputeDevice device in Devices.Values) device.Dispose();
        Devices.Clear();
    }
}
