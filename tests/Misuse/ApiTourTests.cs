using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Misuse;

/// <summary>
/// Any call with any arguments gives at worst an exception that says what is wrong, and touches no memory outside its own buffers.
/// </summary>
public sealed class ApiTourTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:ilgpu")]
    [InlineData(DriverDevice.Name)]
    public void EveryPublicCallIsSafe(string device)
    {
        if (device == DriverDevice.Name) DriverDevice.Need();
        string[] report = TourProcess.Run(device == DriverDevice.Name ? DriverDevice.Id : device);
        TestContext.Current.TestOutputHelper?.WriteLine(report[0]);
        Assert.True(report.Length == 1, string.Join('\n', report));
    }

    [Fact]
    public void EveryCallThatTakesSpansIsOnTheTour() => Assert.Empty(ApiTour.SpansLeftOut());

    /// <summary>The tour itself, in the process that <see cref="TourProcess"/> starts.</summary>
    [Fact(Explicit = true)]
    public void Tour() => TourProcess.Inside();
}

/// <summary>A process for the tour, since the faults that it looks for can end a process.</summary>
static class TourProcess
{
    const string DeviceVariable = "GPUMLP_TOUR_DEVICE", FolderVariable = "GPUMLP_TOUR_FOLDER";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The report: how many calls were made, then one line per fault.</summary>
    internal static string[] Run(string device)
    {
        using var folder = new ScratchFolder();
        string report = folder.File("report"), last = folder.File("last"), self = Environment.ProcessPath!;
        string[] test = ["-method", $"*.{nameof(ApiTourTests)}.{nameof(ApiTourTests.Tour)}", "-explicit", "only", "-noLogo", "-noColor"];
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(TourProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(self, [.. program, .. test])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        (start.Environment[DeviceVariable], start.Environment[FolderVariable]) = (device, Path.GetDirectoryName(report));
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x40000000";                // what asks for too much is told so at once
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(), error = child.StandardError.ReadToEndAsync();
        bool ended = child.WaitForExit(Patience);
        if (!ended) child.Kill();
        if (ended && File.Exists(report)) return File.ReadAllLines(report);
        string said = output.Result + error.Result, how = ended ? $"ended with {child.ExitCode}" : "did not end";
        string where = File.Exists(last) ? File.ReadAllText(last) : "its beginning";
        return ["no report", $"the process {how} at {where}", said[..Math.Min(said.Length, 4000)]];
    }

    internal static void Inside()
    {
        string name = Environment.GetEnvironmentVariable(DeviceVariable)!, folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        bool onHost = name == "cpu";
        OpenOptions options = OpenOptions.Default with { Memory = (accelerator, length) => WatchedMemory.New(accelerator, length, onHost) };
        using ComputeDevice main = ComputeDevice.Open(name, options), other = ComputeDevice.OpenCpu(8, 1);
        main.MemoryLimit = 64 << 20;
        string files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        Directory.SetCurrentDirectory(files);
        var tour = new ApiTour(new World(main, other, files), Path.Combine(folder, "last"), deviceOnly: !onHost);
        tour.Run();
        File.WriteAllLines(Path.Combine(folder, "report"), tour.Faults.Prepend($"{tour.Calls:N0} calls on {name}"));
    }
}
