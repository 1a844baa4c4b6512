namespace GpuMlp.Tests.Support;

/// <summary>Which routes the kernel matrix took.</summary>
[Collection<KernelTests>]
public sealed class DeviceRoutesTests(DeviceRoutes routes, ITestOutputHelper output)
{
    [Fact]
    public void ADriversDeviceIsAmongThem()
    {
        foreach (Route route in routes.All()) output.WriteLine($"{route}: {route.Device}");
        Requirement.Need(DriverDevice.Kind, routes.Missing is null, routes.Missing ?? "");
    }
}
