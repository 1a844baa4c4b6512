using GpuMlp.Devices;
using GpuMlp.Tests.Cli;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Devices.Finding;

/// <summary>A home folder that cannot be written to, as in a container: PoCL needs a cache folder all the same.</summary>
public class PoclCacheTests
{
    const string Unwritable = "/proc/nowhere";

    [Fact]
    public void ItGetsAFolderThatIsGoneAfterwards()
    {
        NeedPocl();
        using var folder = new ScratchFolder();
        var environment = new Dictionary<string, string>
        {
            ["XDG_CACHE_HOME"] = Unwritable,
            ["POCL_CACHE_DIR"] = "",
            ["TMPDIR"] = folder.Path,
        };
        ChildProcess.Result result = ChildProcess.Gpumlp(environment,
            "train", "--quiet", "--steps", "1", "--no-plots", "--device", "opencl", "--out", folder.File("run"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["run"], folder.Names.Where(name => name == "run" || name.Contains("pocl")));
    }

    [Fact]
    public void OneThatTheUserNamedInVainIsTheReason()
    {
        NeedPocl();
        Assert.SkipUnless(ComputeDevice.List().Count(d => d.Kind == DeviceKind.OpenCL) == 1, "Another driver offers devices too.");
        ChildProcess.Result result = ChildProcess.Gpumlp(
            new() { ["POCL_CACHE_DIR"] = Unwritable }, "train", "--device", "opencl", "--out", "never");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"PoCL cannot write to {Unwritable}: set POCL_CACHE_DIR", result.Error, StringComparison.Ordinal);
    }

    static void NeedPocl()
    {
        OpenCL.Need();
        bool isPocl = ComputeDevice.List().Any(d => d.Note?.Contains("Portable Computing Language", StringComparison.Ordinal) == true);
        Assert.SkipUnless(isPocl, "The OpenCL device is not PoCL's.");
    }
}
