using System.Diagnostics;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Cli.Output;

namespace GpuMlp.Tests.Cli;

/// <summary>Runs that are asked to end while they draw.</summary>
static class Endings
{
    /// <summary>Starts a run that draws 201 pictures, and sends SIGTERM some time after it began to draw.</summary>
    /// <returns>What is wrong with the files that it left; null if nothing is.</returns>
    public static string? Terminate(string folder, TimeSpan after)
    {
        using Process process = Gpumlp.Start("train --quiet --samples 100 --steps 20000 --snapshot-every 100 --out", folder);
        bool Draws() => Directory.Exists(folder)
            && Directory.GetFileSystemEntries(folder, "frames", SearchOption.AllDirectories).Length > 0;
        while (!Draws() && !process.HasExited) Thread.Sleep(5);
        Thread.Sleep(after);
        Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
        Gpumlp.Outcome outcome = Gpumlp.End(process);
        if (outcome.ExitCode is not (143 or 0)) return $"exit {outcome.ExitCode}: {outcome.Error}";
        if (!Directory.Exists(folder)) return null;
        bool IsWrong(string name) => name.Split('/').Any(part => part.StartsWith('.')) || !IsWhole(Path.Combine(folder, name));
        string[] wrong = [.. Tree.Names(folder).Where(IsWrong)];
        return wrong.Length == 0 ? null : $"after {after}: {string.Join(", ", wrong)}";
    }

    static bool IsWhole(string file)
    {
        byte[] bytes = File.Exists(file) ? File.ReadAllBytes(file) : [];
        return Path.GetExtension(file) switch
        {
            ".png" => bytes.AsSpan().EndsWith("IEND\xAE\x42\x60\x82".Select(c => (byte)c).ToArray()),
            ".gif" => bytes[^1] == 0x3B,
            ".csv" => LossesCsv.Read(file).Length == 20000,
            ".safetensors" => SafetensorsFile.Read(file).Tensors.Count == 4,
            _ => bytes.Length > 0,
        };
    }
}
