using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GpuMlp.Tests.Support;

/// <summary>NVIDIA's assembler, if it is on the PATH: turns PTX into a card's machine code and reports its cost.</summary>
static partial class Ptxas
{
    /// <summary>The resources of a card that an entry point takes.</summary>
    internal sealed record Cost(int Registers, int Shared, int Stack, int SpillStores, int SpillLoads)
    {
        public override string ToString() =>
            $"{Registers} registers, {Shared} bytes shared, {Stack} bytes stack, {SpillStores} + {SpillLoads} bytes spilled";
    }

    static readonly string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas")).FirstOrDefault(File.Exists);

    internal static void Need() => Requirement.Need("ptxas", program is not null,
        "Put ptxas on the PATH: it is in NVIDIA's CUDA toolkit; " +
        "Debian's package nvidia-cuda-toolkit (non-free) need only be downloaded and unpacked.");

    /// <summary>Assembles one entry point; if that fails, the test fails with the assembler's message.</summary>
    internal static Cost Assemble(string ptx, string architecture)
    {
        string folder = Directory.CreateTempSubdirectory("gpumlp-ptxas-").FullName;
        try
        {
            string source = Path.Combine(folder, "kernel.ptx");
            File.WriteAllText(source, ptx);
            var start = new ProcessStartInfo(program!, ["-v", $"-arch={architecture}", source, "-o", Path.Combine(folder, "kernel.cubin")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string said = process.StandardOutput.ReadToEnd() + error.Result;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, said);
            return new(
                Number(Registers(), said), Number(Shared(), said, 0), Number(Stack(), said), Number(Stores(), said), Number(Loads(), said));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    static int Number(Regex pattern, string text, int? absent = null)
    {
        Match match = pattern.Match(text);
        if (!match.Success && absent is int value) return value;
        Assert.True(match.Success, $"ptxas does not say {pattern}: {text}");
        return int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex Registers();

    [GeneratedRegex(@"(\d+) bytes smem")]
    private static partial Regex Shared();

    [GeneratedRegex(@"(\d+) bytes stack frame")]
    private static partial Regex Stack();

    [GeneratedRegex(@"(\d+) bytes spill stores")]
    private static partial Regex Stores();

    [GeneratedRegex(@"(\d+) bytes spill loads")]
    private static partial Regex Loads();
}
