using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Shell;

/// <summary>Ctrl+C and SIGTERM in every phase of a command: the answer comes at once, and is true.</summary>
public class SignalTests
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(2.5);                                  // two seconds, and some for a busy machine

    [Theory]
    [InlineData("exec $gpumlp train --data csv:pipe --out run", "INT", 130, "reading pipe")]
    [InlineData("exec $gpumlp train --data csv:pipe --out run", "TERM", 143, "reading pipe")]
    [InlineData("exec $gpumlp train --config pipe --out run", "INT", 130, "")]
    [InlineData("exec $gpumlp sweep --data csv:pipe --out run", "INT", 130, "reading pipe")]
    [InlineData("exec $gpumlp grid pipe --size 9x9 --out g.npy", "INT", 130, "reading pipe")]
    [InlineData("exec $gpumlp train --samples 20000000 --standardize --out run", "INT", 130, "generating 20,000,000 points")]
    [InlineData("exec $gpumlp gradcheck --net 2-500-500-1", "TERM", 143, "")]
    public void WhileThereIsNothingToWriteTheProgramSaysWhatItDoesAndEnds(string line, string signal, int exitCode, string phase)
    {
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.StartShell($"mkfifo pipe; {line}", folder.Path);
        Await(process, phase);
        Assert.False(process.HasExited);
        long start = Stopwatch.GetTimestamp();
        Gpumlp.Interrupt(process, signal);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Soon);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("gpumlp: stopping; nothing is written", outcome.Error);
        Assert.Equal(["pipe"], folder.Names);
    }

    [Theory]
    [InlineData("train --engine layers", "checkpoint.losses", "checkpoint.safetensors", "checkpoint.snapshots",
        "losses.csv", "model.safetensors", "run.json")]
    [InlineData("sweep --device cpu", "best.safetensors", "run.json", "sweep.csv")]
    public void ARequestToTerminateWritesWhatThereIs(string command, params string[] files)
    {
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.StartShell($"exec $gpumlp {command} --steps 1000000000 --no-plots --out run", folder.Path);
        string told = Tell(process, "training");
        if (command.StartsWith("train", StringComparison.Ordinal))
        {
            const string Rate = @"[\d,.]+( million)? steps/s, [\d,]+ (s|min|h) left";
            Assert.Matches($@"training: [\d,]+ of 1,000,000,000 steps, loss [\d.E-]+, {Rate}\n$", told);
        }
        long start = Stopwatch.GetTimestamp();
        Gpumlp.Interrupt(process, "TERM");
        told += Tell(process, "stopping");
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, Soon);
        Assert.EndsWith("gpumlp: stopping; what there is will be written (SIGTERM again ends at once)\n", told);
        Assert.Equal(143, Gpumlp.End(process).ExitCode);
        Assert.Equal(files, Directory.GetFiles(folder.File("run")).Select(Path.GetFileName).Order());
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("run/run.json"))).RootElement;
        Assert.Equal("cancelled", record.GetProperty("stopReason").GetString());
    }

    [Fact]
    public void TheSecondRequestEndsAtOnce()
    {
        using var folder = new ScratchFolder();
        // a step of this network takes so long that both signals come during one step
        using Process process = Gpumlp.StartShell("exec $gpumlp train --device cpu --steps 1000000000 --no-plots --out run", folder.Path);
        Tell(process, "training");
        Gpumlp.Interrupt(process, "TERM");
        Gpumlp.Interrupt(process, "TERM");
        Assert.Equal(143, Gpumlp.End(process).ExitCode);
    }

    // stdout is a full pipe, so the run waits in its last act: printing its record
    [Theory]
    [InlineData("train --steps 20 --snapshot-every 10")]
    [InlineData("sweep --device cpu --steps 20")]
    public void ARunThatIsCompleteAndWrittenIsNoCancelledOne(string command)
    {
        using var folder = new ScratchFolder();
        const string fullPipe = "mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3;";
        using Process process = Gpumlp.StartShell($"{fullPipe} exec $gpumlp {command} --json --out run >&3 3>&-", folder.Path);
        while (!File.Exists(folder.File("run/run.json")) && !process.HasExited) Thread.Sleep(20);
        Thread.Sleep(200);
        Gpumlp.Interrupt(process);
        Assert.Contains(" is complete and is being written (", Tell(process, "complete"));
        using (Process.Start("timeout", ["1", "sh", "-c", $"cat {folder.File("pipe")} > {folder.File("out")}"]))
            Assert.Equal(0, Gpumlp.End(process).ExitCode);
        Assert.Contains("\"schemaVersion\"", File.ReadAllText(folder.File("out")));
    }

    [Fact]
    public void AfterTheLastStepASignalChangesNothing()
    {
        using var folder = new ScratchFolder();
        using Process process = Gpumlp.StartShell(
            "exec $gpumlp train --steps 400 --snapshot-every 1 --net 2-8-2-1 --views warp --out run", folder.Path);
        while (!Directory.Exists(folder.File("run/.gpumlp-new/frames")) && !process.HasExited) Thread.Sleep(20);
        Gpumlp.Interrupt(process);
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("gpumlp: the run is complete and is being written (Ctrl+C again ends at once)\n", outcome.Error);
        JsonElement record = JsonDocument.Parse(File.ReadAllText(folder.File("run/run.json"))).RootElement;
        Assert.Equal("completed", record.GetProperty("stopReason").GetString());
        Assert.Equal(401, Directory.GetFiles(folder.File("run/frames")).Length);
        Assert.True(File.Exists(folder.File("run/warp.gif")));
    }

    [Fact]
    public void OnAScreenTheBarMakesRoomForTheAnswer()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no script, which makes a terminal.");
        using var folder = new ScratchFolder();
        const string train = "$gpumlp train --device cpu --steps 1000000000 --no-plots --out run";
        using Process process = Gpumlp.StartShell($"exec env TERM=xterm script -qec \"{train}\" /dev/null", folder.Path);
        var screen = new System.Text.StringBuilder();
        void Until(string text)
        {
            int next;
            while (!screen.ToString().Contains(text, StringComparison.Ordinal) && (next = process.StandardOutput.Read()) >= 0)
                screen.Append((char)next);
        }
        Until("training");
        Thread.Sleep(300);
        process.StandardInput.Write('\x03');
        process.StandardInput.Flush();
        Until("stopping");
        Assert.Matches(@"training[^\n]*\n[^\n]*\e\[\?25hgpumlp: stopping$", screen.ToString());
        Assert.Equal(130, Gpumlp.End(process).ExitCode);
    }

    // a phase that is never said must not keep the tests waiting
    static void Await(Process process, string phase)
    {
        if (phase == "") Thread.Sleep(1000);
        else if (!Task.Run(() => Tell(process, phase)).Wait(TimeSpan.FromMinutes(1)))
        {
            process.Kill();
            Assert.Fail($"'{phase}' is not said");
        }
    }

    // reads a process's stderr up to the end of a line that contains a word
    static string Tell(Process process, string word)
    {
        string told = "";
        while (process.StandardError.ReadLine() is string line)
        {
            told += line + "\n";
            if (line.Contains(word, StringComparison.Ordinal)) break;
        }
        return told;
    }
}
