using System.Runtime.CompilerServices;
using GpuMlp.Devices.Launching;

namespace GpuMlp.Tests.Support;

/// <summary>
/// The tests, and the programs that they start, keep compiled kernels in a temporary folder, which is empty at first and deleted at the
/// end.
/// </summary>
static class OwnKernelCache
{
    [ModuleInitializer]
    internal static void Use()
    {
        string folder = Directory.CreateTempSubdirectory("gpumlp-tests-kernels-").FullName;
        Environment.SetEnvironmentVariable(KernelCacheFolder.Variable, folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, true);
    }
}
