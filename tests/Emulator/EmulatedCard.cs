using System.Diagnostics;
using System.Runtime.InteropServices;
using GpuMlp.Tests.Architecture;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>The emulated driver as a native library, and gpumlp on it as a process.</summary>
static class EmulatedCard
{
    static readonly Lazy<string> folder = new(Publish);

    /// <summary>The folder of the published driver; ends the test here where it cannot be made.</summary>
    internal static string Folder
    {
        get
        {
            Need();
            return folder.Value;
        }
    }

    // the linkers that NativeAOT can use
    static bool HasLinker => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));

    /// <summary>Runs gpumlp where libcuda.so.1 is the emulator.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variables">The emulator's variables without their GPUMLP_EMULATOR_; other names that begin with GPUMLP_ stay.</param>
    internal static ChildProcess.Result Gpumlp(string arguments, params (string Name, string Value)[] variables)
    {
        return ChildProcess.Gpumlp(Environment(variables), arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Runs classes of these tests in a process whose <see cref="DriverDevice"/> is the emulated card.</summary>
    /// <param name="classes">The classes without GpuMlp.Tests; * stands for any characters.</param>
    /// <param name="variables">As those of <see cref="Gpumlp"/>.</param>
    internal static ChildProcess.Result Tests(string[] classes, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> environment =
            Environment([.. variables, ("GPUMLP_TEST_DEVICE", "cuda"), ("GPUMLP_REQUIRE", "cuda")]);
        string[] options = [.. classes.SelectMany(name => (string[])["-class", $"GpuMlp.Tests.{name}"]), "-noLogo", "-noColor"];
        string program = Path.Combine(AppContext.BaseDirectory, "GpuMlp.Tests.dll");
        return ChildProcess.Dotnet(AppContext.BaseDirectory, environment, [program, .. options]);
    }

    /// <summary>The environment of a process whose libcuda.so.1 is the emulator.</summary>
    internal static Dictionary<string, string> Environment(params (string Name, string Value)[] variables)
    {
        Need();
        // a folder that names no OpenCL driver, so that listing devices opens none
        var environment = new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = folder.Value, ["OCL_ICD_VENDORS"] = folder.Value };
        foreach ((string name, string value) in variables)
            environment[name.StartsWith("GPUMLP_", StringComparison.Ordinal) ? name : $"GPUMLP_EMULATOR_{name}"] = value;
        return environment;
    }

    static void Need() => Requirement.Need("emulator", OperatingSystem.IsLinux() && HasLinker,
        "The CUDA emulator is compiled by NativeAOT on Linux, which takes clang or gcc, and zlib's headers (zlib1g-dev).");

    static string Publish()
    {
        string output = Path.Combine(AppContext.BaseDirectory, "emulator");
        string runtime = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var start = new ProcessStartInfo(Path.Combine(ChildProcess.DotnetFolder, "dotnet"),
            [
                "publish", Path.Combine(Project.Root().FullName, "tests", "CudaEmulator"), "-r", runtime, "-c", "Release", "-o", output,
                "-v", "quiet", "-nodeReuse:false",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && File.Exists(Path.Combine(output, "libcuda.so.1")), $"the emulator was not published:\n{said}");
        return output;
    }
}
