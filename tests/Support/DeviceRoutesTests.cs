namespace GpuMlp.Tests.Support;

/// <summary>Which routes the kernel matrix took.</summary>
[Collection<KernelTests>]
public sealed class DeviceRoutesTests(DeviceRoutes routes, ITestOutputHelper output)
{
    [Fact]
    public void OpenCLIsAmongThem()
    {
        foreach (Route route in routes.All()) output.WriteLine($"{route}: {route.Device}");
        Requirement.Need("opencl", routes.OpenCLMissing is null, routes.OpenCLMissing ?? "");
    }
}
