namespace GpuMlp.Tests;

/// <summary>An OpenCL that is missing or broken: one message that says what and how to mend it, and a process that ends as it should.</summary>
public sealed class BrokenInstallationTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gpumlp-opencl-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    static void NeedLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenCL's vendor files are Linux's.");

    ChildProcess.Result Train(string variable, string value) =>
        ChildProcess.Gpumlp(new() { [variable] = value }, "train", "--steps", "1", "--device", "opencl", "--out", Path.Combine(folder, "run"));

    static void AssertOneMessage(ChildProcess.Result result, params string[] parts)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.All(parts, part => Assert.Contains(part, result.Error, StringComparison.Ordinal));
        Assert.Contains("cpu (", result.Error, StringComparison.Ordinal);                 // what there is
    }

    [Fact]
    public void WithoutADriverTheMessageSaysHowToGetOne()
    {
        NeedLinux();
        OpenCL.Need();
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder), "opencl", "lists no device", "pocl-opencl-icd");
    }

    [Fact]
    public void AVendorFileThatPointsNowhereIsNamed()
    {
        NeedLinux();
        OpenCL.Need();
        File.WriteAllText(Path.Combine(folder, "broken.icd"), "/nowhere/libbroken.so\n");
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder), "/nowhere/libbroken.so", "broken.icd", "does not load", "pocl-opencl-icd");
    }

    [Fact]
    public void ALibraryThatDoesNotLoadIsNamed()
    {
        NeedLinux();
        File.WriteAllText(Path.Combine(folder, "libOpenCL.so.1"), "not a library");
        AssertOneMessage(Train("LD_LIBRARY_PATH", folder), "libOpenCL.so.1", "does not load", "pocl-opencl-icd");
    }

    [Fact]
    public void TheOtherDevicesAreStillListed()
    {
        NeedLinux();
        File.WriteAllText(Path.Combine(folder, "libOpenCL.so.1"), "not a library");
        File.WriteAllText(Path.Combine(folder, "libcuda.so.1"), "not a library");
        ChildProcess.Result result = ChildProcess.Gpumlp(new() { ["LD_LIBRARY_PATH"] = folder }, "devices");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("cpu:ilgpu", result.Output, StringComparison.Ordinal);
        Assert.Contains("excluded: the OpenCL library does not load", result.Output, StringComparison.Ordinal);
        Assert.Contains("excluded: the NVIDIA driver", result.Output, StringComparison.Ordinal);
    }
}
