using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Shell;

/// <summary>Ctrl+C: the first leaves valid outputs of the steps that were made, the second ends the program at once.</summary>
public class InterruptionTests
{
    const string Endless = "train --device cpu --engine layers --steps 1000000000 --snapshot-every 200000000 --all-losses --out";

    [Fact]
    public void TheFirstStopsAtTheNextChunkAndWritesWhatThereIs()
    {
        NeedSignals();
        using var folder = new ScratchFolder();
        using Process process = StartTraining(Endless, folder);
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("stopping", outcome.Error);

        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("run/run.json"))).RootElement;
        int steps = record.GetProperty("steps").GetInt32();
        Assert.Equal("cancelled", record.GetProperty("stopReason").GetString());
        Assert.InRange(steps, 1, 999_999_999);
        Assert.Equal(steps, LossesCsv.Read(folder.File("run/losses.csv")).Length);
        Assert.Equal(4, SafetensorsFile.Read(folder.File("run/model.safetensors")).Tensors.Count);
        Assert.Contains($"boundary-{steps:D6}.png", Directory.GetFiles(folder.File("run/frames")).Select(Path.GetFileName));
        byte[] gif = File.ReadAllBytes(folder.File("run/boundary.gif"));
        Assert.Equal("GIF89a", Encoding.ASCII.GetString(gif, 0, 6));
        Assert.Equal(0x3B, gif[^1]);                                                            // the trailer: the file is whole
    }

    [Fact]
    public void TheSecondEndsAtOnce()
    {
        NeedSignals();
        using var folder = new ScratchFolder();
        using Process process = StartTraining("--quiet --device cpu --steps 1000000000 --no-plots", folder);
        Gpumlp.Interrupt(process);
        Gpumlp.Interrupt(process);
        Assert.Equal(130, Gpumlp.End(process).ExitCode);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void AGridLeavesNothingBehind(string signal, int exitCode)
    {
        NeedSignals();
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("train --steps 0 --no-plots --quiet --out", folder.File("run")).ExitCode);
        string model = folder.File("run/model.safetensors");
        using Process process = Gpumlp.Start($"grid {model} --size 65536x65536 --value class --out", folder.File("g.npy"));
        while (folder.Names.Count() < 2 && !process.HasExited) Thread.Sleep(20);
        Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Equal(["run"], folder.Names);
        if (signal == "INT") Assert.Contains("nothing is written", outcome.Error);
    }

    static Process StartTraining(string arguments, ScratchFolder folder)
    {
        Process process = Gpumlp.Start(arguments == Endless ? arguments : $"train {arguments} --out", folder.File("run"));
        while (!Directory.Exists(folder.File("run")) && !process.HasExited) Thread.Sleep(20);
        Thread.Sleep(1000);                                                                     // the device opens after the folder is made
        return process;
    }

    static void NeedSignals()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Signals are sent with kill, which Windows has not.");
    }
}
