using GpuMlp.Tests.Support;
namespace GpuMlp.Tests.Emulator;

/// <summary>
/// gpumlp from end to end on CUDA, with an emulated card: it ends in the processor's bits, and says what is wrong when the card or its
/// driver fails.
/// </summary>
public sealed class EmulatedCardTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    static ChildProcess.Result Succeeds(string arguments, params (string, string)[] variables)
    {
        ChildProcess.Result result = EmulatedCard.Gpumlp(arguments, variables);
        Assert.True(result.ExitCode == 0, $"{arguments}: exit {result.ExitCode}\n{result.Error}");
        return result;
    }

    void AssertSameFile(string name) =>
        Assert.Equal(File.ReadAllBytes(folder.File($"cpu/{name}")), File.ReadAllBytes(folder.File($"cuda/{name}")));

    [Fact]
    public void TheCardIsListedAsEmulatedWithTheSameBits() =>
        Assert.Matches(@"cuda:0 +GpuMlp emulated card \(sm_80\) +yes +ready", Succeeds("devices").Output);

    [Theory]
    [InlineData("--net 2-8-1 --engine fused")]
    [InlineData("--net 2-8-1 --engine layers")]
    [InlineData("--loss bce-torch --init-scale 1e25 --net 2-8-8-1")]                       // diverges: NaN is NaN on both
    public void TrainingEndsInTheProcessorsBits(string options)
    {
        int code = 0;
        foreach (string device in (string[])["cpu", "cuda"])
        {
            ChildProcess.Result result = EmulatedCard.Gpumlp(
                $"train --steps 50 --no-plots --device {device} --out {folder.File(device)} {options}", ("RACES", "1"));
            Assert.True(result.ExitCode is 0 or 4, result.Error);
            if (device == "cpu") code = result.ExitCode;
            else Assert.Equal(code, result.ExitCode);
        }
        AssertSameFile("losses.csv");
        if (code == 0) AssertSameFile("model.safetensors");
    }

    [Fact]
    public void SweepsAndGridsEndInTheProcessorsBits()
    {
        foreach (string device in (string[])["cpu", "cuda"])
        {
            Succeeds($"sweep --seeds 0..3 --steps 20 --device {device} --out {folder.File(device)}", ("RACES", "1"));
            string grid = $"grid {folder.File("cpu/best.safetensors")} --size 70x50 --device {device}";
            Succeeds($"{grid} --out {folder.File($"{device}/grid.npy")}", ("RACES", "1"));
        }
        AssertSameFile("best.safetensors");
        AssertSameFile("sweep.csv");
        AssertSameFile("grid.npy");
    }

    [Fact]
    public void GradientsAreRight() => Succeeds("gradcheck --net 2-8-1 --device cuda");

    [Fact]
    public void AFullCardIsListedWithTheReason()
    {
        const string reason = "excluded: device cuda:0 (GpuMlp emulated card (sm_80)) has 1,024 bytes available";
        Assert.Contains(reason, Succeeds("devices", ("MEMORY", "1K")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FAIL", "cuInit:*:803",
        "the NVIDIA driver does not start: system has unsupported display driver / cuda driver combination (error 803)")]
    [InlineData("FAIL", "cuInit:*:100", "the NVIDIA driver reports no GPU")]
    [InlineData("DRIVER", "10020", "ILGPU does not take the driver's GPU (CUDA 10.2, compute capability 8.0)")]
    [InlineData("CAPABILITY", "20", "ILGPU does not take the driver's GPU (CUDA 12.4, compute capability 2.0)")]
    public void ADriverWithoutACardSaysWhy(string variable, string value, string reason)
    {
        Assert.Contains($"excluded: {reason}", Succeeds("devices", (variable, value)).Output, StringComparison.Ordinal);
        AssertFails(3, $"device 'cuda' is not available: {reason}", "train --device cuda", (variable, value));
    }

    [Theory]
    [InlineData("cuCtxCreate_v2:*:2", 5, "out of memory: device cuda:0 (GpuMlp emulated card (sm_80)) has no memory left to open")]
    [InlineData("cuCtxCreate_v2:*:999", 3,
        "device 'cuda' is not available: it does not open: unknown error (CUDA_ERROR_UNKNOWN). This machine has: cpu (")]
    [InlineData("cuModuleLoadDataEx:*:218", 1, "a PTX JIT compilation failed (CUDA_ERROR_INVALID_PTX)")]
    public void AFailingDriverIsOneMessage(string failure, int code, string message) =>
        AssertFails(code, message, "gradcheck --net 2-8-1 --device cuda", ("FAIL", failure));

    [Fact]
    public void ALostLaunchIsOneMessage() => AssertFails(
        1, "failed in an earlier launch, as it said when finishing its work: unspecified launch failure (CUDA_ERROR_LAUNCH_FAILED)",
        "gradcheck --net 2-8-1 --device cuda",
        ("FAIL_LAUNCH", "2"), ("LOG", folder.File("log")));

    [Fact]
    public void ALaunchThatTakesTooLongIsOneMessageWhoseAdviceHelps()
    {
        string train = $"train --net 2-8-1 --no-plots --device cuda --out {folder.File("cuda")}";
        (string, string) watchdog = ("WATCHDOG", "3000000");
        AssertFails(1, "(GpuMlp emulated card (sm_80)) ended a launch that took longer than its driver allows: take smaller work, "
            + "train with --engine layers, whose launches are short, or take a device that drives no display (CUDA_ERROR_LAUNCH_TIMEOUT)",
            $"{train} --steps 5000 --engine fused", watchdog);
        Assert.False(File.Exists(folder.File("cuda/model.safetensors")));
        Succeeds($"{train} --steps 300 --engine layers --force", watchdog);
    }

    [Fact]
    public void LaunchesThatAreEndedWithoutAnErrorAreDoneAgainInShorterOnes()
    {
        (string, string)[] silent = [("WATCHDOG_SILENT", "1"), ("CORES", "1"), ("LOG", folder.File("log"))];
        (string Job, string File)[] jobs =
        [
            ("train --net 2-8-1 --steps 300 --engine fused --no-plots --force --out {0}", "losses.csv"),
            ("train --net 2-8-1 --steps 300 --engine fused --optimizer adam --batch 4 --no-plots --force --out {0}", "model.safetensors"),
            ("sweep --net 2-8-1 --seeds 0..2 --steps 1000 --no-plots --force --out {0}", "sweep.csv"),
            ($"grid {folder.File("cpu/best.safetensors")} --size 300x200 --out {{0}}/grid.npy", "grid.npy"),
            ($"grid {folder.File("cpu/best.safetensors")} --size 300x200 --value class --out {{0}}/classes.npy", "classes.npy"),
        ];
        foreach ((string job, string file) in jobs)
        {
            // no network's 2,000 rows are evaluated in fewer than 2,200,000 instructions
            (string, string) limit = ("WATCHDOG", job.StartsWith("sweep", StringComparison.Ordinal) ? "8000000" : "2000000");
            foreach (string device in (string[])["cpu", "cuda"])
                Succeeds($"{job.Replace("{0}", folder.File(device), StringComparison.Ordinal)} --device {device}", [limit, .. silent]);
            AssertSameFile(file);
            Assert.Contains("runs when the launch has taken too long", File.ReadAllText(folder.File("log")), StringComparison.Ordinal);
            File.Delete(folder.File("log"));
        }
    }

    static void AssertFails(int code, string message, string arguments, params (string, string)[] variables)
    {
        ChildProcess.Result result = EmulatedCard.Gpumlp(arguments, variables);
        Assert.True(result.ExitCode == code, $"exit {result.ExitCode}: {result.Error}");
        string line = Assert.Single(result.Error.Split('\n'), line => line.StartsWith("gpumlp: ", StringComparison.Ordinal));
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', result.Error);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
