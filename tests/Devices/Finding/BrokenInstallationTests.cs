using System.Runtime.InteropServices;
using GpuMlp.Tests.Cli;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Devices.Finding;

/// <summary>
/// An OpenCL that is missing or broken: one message says what is wrong and how to mend it, and the process ends with the right exit code.
/// </summary>
public sealed class BrokenInstallationTests : IDisposable
{
    // packages for the driver, the library, and the linker that PoCL calls
    const string Advice = "apt-get install pocl-opencl-icd ocl-icd-libopencl1 binutils";

    readonly string folder = Directory.CreateTempSubdirectory("gpumlp-opencl-").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    static void NeedLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenCL's vendor files are Linux's.");

    ChildProcess.Result Train(string variable, string value) =>
        ChildProcess.Gpumlp(
            new() { [variable] = value }, "train", "--steps", "1", "--device", "opencl", "--out", Path.Combine(folder, "run"));

    // under every name that the loader tries, or it would find the machine's own library
    string[] Libraries(string name) => [.. ((string[])["", ".1"]).Select(version => Path.Combine(folder, $"{name}.so{version}"))];

    static void AssertOneMessage(ChildProcess.Result result, params string[] parts)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.All(parts, part => Assert.Contains(part, result.Error, StringComparison.Ordinal));
        Assert.Contains("cpu (", result.Error, StringComparison.Ordinal);                 // the devices that there are
    }

    [Fact]
    public void WithoutADriverTheMessageSaysHowToGetOne()
    {
        NeedLinux();
        OpenCL.Need();
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder), "opencl", "lists no device", Advice);
    }

    [Fact]
    public void AVendorFileThatPointsNowhereIsNamed()
    {
        NeedLinux();
        OpenCL.Need();
        File.WriteAllText(Path.Combine(folder, "broken.icd"), "/nowhere/libbroken.so\n");
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder), "/nowhere/libbroken.so", "broken.icd", "does not load", Advice);
    }

    [Theory]
    [InlineData("", "names no OpenCL driver")]
    [InlineData("{0}/driver.so\n", "'{0}/driver.so'", "file too short", "install it again")]
    public void AVendorFileThatNamesNoLibraryIsNamed(string vendor, params string[] parts)
    {
        NeedLinux();
        OpenCL.Need();
        File.WriteAllText(Path.Combine(folder, "driver.so"), "not a library");
        File.WriteAllText(Path.Combine(folder, "broken.icd"), vendor.Replace("{0}", folder, StringComparison.Ordinal));
        IEnumerable<string> expected = parts.Select(p => p.Replace("{0}", folder, StringComparison.Ordinal));
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder), [.. expected, "broken.icd", Advice]);
    }

    [Fact]
    public void AMissingFolderOfVendorFilesIsNamed()
    {
        NeedLinux();
        OpenCL.Need();
        AssertOneMessage(Train("OCL_ICD_VENDORS", folder + "/nowhere"), folder + "/nowhere", Advice);
    }

    // an empty file, a file that is no library, and a library that is not OpenCL's
    [Theory]
    [InlineData(0, "file too short")]
    [InlineData(5000, "invalid ELF header")]
    [InlineData(-1, "it has no clGetPlatformIDs")]
    public void ALibraryThatDoesNotLoadIsNamed(int length, string complaint)
    {
        NeedLinux();
        foreach (string library in Libraries("libOpenCL"))
        {
            if (length >= 0) File.WriteAllText(library, new string('x', length));
            else File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), library);
        }
        AssertOneMessage(Train("LD_LIBRARY_PATH", folder), "libOpenCL.so.1", "does not load", complaint, Advice);
    }

    [Fact]
    public void TheOtherDevicesAreStillListed()
    {
        NeedLinux();
        foreach (string library in Libraries("libOpenCL").Concat(Libraries("libcuda"))) File.WriteAllText(library, "not a library");
        ChildProcess.Result result = ChildProcess.Gpumlp(new() { ["LD_LIBRARY_PATH"] = folder }, "devices");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("cpu:ilgpu", result.Output, StringComparison.Ordinal);
        Assert.Contains("excluded: the OpenCL library libOpenCL.so.1 does not load", result.Output, StringComparison.Ordinal);
        Assert.Contains("excluded: the NVIDIA driver", result.Output, StringComparison.Ordinal);
    }
}
