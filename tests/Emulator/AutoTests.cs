using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Emulator;

/// <summary>auto with an emulated card in the machine, and with measurements by which the card is the faster device.</summary>
public sealed class AutoTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    // by these every job takes a minute on the processor and an instant on the card
    void RecordMeasurements()
    {
        var measured = new Measurements();
        foreach ((DeviceDescription device, double open) in new[]
        {
            (DeviceDescription.Processor, 60.0),
            (new("cuda:0", DeviceKind.Cuda, "GpuMlp emulated card (sm_80)", IsGpu: true) { Driver = "12.4" }, 0.1),
        })
            measured.Add(device, open, [.. Enum.GetValues<WorkKind>().Select(kind => (new Work(kind, 1000, 2, 1000), open, 0.0))]);
        Assert.True(measured.Save(folder.File("measured.tsv")));
    }

    ChildProcess.Result Succeeds(string arguments, params (string, string)[] variables)
    {
        ChildProcess.Result result = EmulatedCard.Gpumlp(arguments, [("GPUMLP_KERNEL_CACHE", folder.Path), .. variables]);
        Assert.True(result.ExitCode == 0, $"{arguments}: exit {result.ExitCode}\n{result.Error}");
        return result;
    }

    string Train(string name, string options, params (string, string)[] variables) =>
        Succeeds($"train --samples 20 --no-plots --out {folder.File(name)} {options}", variables).Error;

    [Theory]
    [InlineData("train --steps 2 --samples 20 --no-plots --out")]
    [InlineData("sweep --seeds 0..1 --steps 2 --samples 20 --no-plots --out")]
    public void TheFasterDeviceIsTakenAndTheReasonSaid(string command)
    {
        RecordMeasurements();
        string error = Succeeds($"{command} {folder.File("out")}").Error;
        Assert.Contains("device cuda:0: GpuMlp emulated card (sm_80) (auto: measured here: cuda:0 ", error);
    }

    [Fact]
    public void ShortWorkStaysOnTheProcessorBesideACard() =>
        Assert.Contains("of work, for which opening another device does not pay)", Train("out", "--steps 2"));

    [Fact]
    public void AGridGoesWhereItIsFaster()
    {
        Train("model", "--steps 2 --device cpu");
        RecordMeasurements();
        string error = Succeeds($"grid {folder.File("model/model.safetensors")} --size 9x7 --out {folder.File("g.npy")}").Error;
        Assert.Contains("device cuda:0: GpuMlp emulated card (sm_80) (auto: measured here: cuda:0 100 µs per point, cpu 60 ms)", error);
    }

    [Theory]
    [InlineData("MEMORY", "1K", "--steps 3")]
    [InlineData("FAIL", "cuCtxCreate_v2:*:2", "--steps 3")]
    [InlineData("FAIL_LAUNCH", "1", "--steps 3")]
    [InlineData("MEMORY", "6M", "--steps 1 --net 2-700-700-1")]                             // it opens, and has no room for the network
    [InlineData("MEMORY", "6M", "--steps 1 --net 2-700-700-1 --rng numpy")]
    public void ACardThatFailsOrIsFullIsPassedOver(string variable, string value, string options)
    {
        Train("cpu", $"{options} --device cpu");
        RecordMeasurements();
        string error = Train("auto", options, (variable, value));
        Assert.Contains("cuda:0 is passed over: ", error);
        Assert.Contains("(auto: the next best)", error);
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder.File($"cpu/{file}")), File.ReadAllBytes(folder.File($"auto/{file}")));
    }

    [Fact]
    public void PlanShowsTheCardAndRunsNothing()
    {
        RecordMeasurements();
        string output = Succeeds($"plan train --out {folder.File("none")} --json").Output;
        Assert.Matches("\"chosen\": \"cuda:0\",\\s+\"why\": \"measured here: cuda:0 ", output);
        Assert.False(Directory.Exists(folder.File("none")));
    }
}
