using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuMlp.Bench.Counting;

/// <summary>What NVIDIA's assembler makes of a kernel for an architecture, read from the machine code.</summary>
/// <param name="Architecture">Such as sm_80.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="Spills">Bytes that did not fit them, stored and loaded.</param>
/// <param name="Loop">Instructions of the innermost loop that has most multiply-adds; 0 where no loop has any.</param>
/// <param name="MultiplyAdds">Its FFMA.</param>
sealed partial record MachineCode(string Architecture, int Registers, int Spills, int Loop, int MultiplyAdds)
{
    static readonly string[] Tools = ["ptxas", "nvdisasm"];

    /// <summary>The tools that are not on the PATH.</summary>
    internal static IReadOnlyList<string> Missing =>
        [.. Tools.Where(tool => !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, tool))))];

    /// <summary>Assembles a module of one kernel, and reads what came of it.</summary>
    /// <exception cref="InvalidOperationException">The assembler does not take it; the message is its own.</exception>
    internal static MachineCode Of(string ptxFile, string architecture)
    {
        string source = $"{ptxFile}.{architecture}.ptx", binary = $"{ptxFile}.{architecture}.cubin";
        // written for the newest driver; the kernels need no newer version than the assembler of CUDA 11.8 has
        File.WriteAllText(source, Version().Replace(File.ReadAllText(ptxFile), ".version 7.8", 1));
        string said = Output("ptxas", "-v", $"-arch={architecture}", source, "-o", binary);
        (int loop, int multiplyAdds) = InnermostLoop(Output("nvdisasm", "-c", binary));
        int spills = Number(SpillStores(), said) + Number(SpillLoads(), said);
        return new(architecture, Number(UsedRegisters(), said), spills, loop, multiplyAdds);
    }

    /// <summary>Instructions and FFMA of the loop without loops in it that has most FFMA.</summary>
    internal static (int Instructions, int MultiplyAdds) InnermostLoop(string code)
    {
        var labels = new Dictionary<string, int>();
        var instructions = new List<string>();
        foreach (string line in code.Split('\n'))
        {
            if (Label().Match(line) is { Success: true } label) labels[label.Groups[1].Value] = instructions.Count;
            if (Instruction().Match(line) is { Success: true } instruction) instructions.Add(instruction.Groups[1].Value);
        }
        List<(int First, int Last)> loops = [];
        for (int at = 0; at < instructions.Count; at++)
            if (Branch().Match(instructions[at]) is { Success: true } branch && labels.TryGetValue(branch.Groups[1].Value, out int to)
                && to <= at && !Idle(instructions, to, at)) loops.Add((to, at));
        return loops.Where(loop => !loops.Exists(other => other != loop && other.First >= loop.First && other.Last <= loop.Last))
            .Select(loop => (loop.Last - loop.First + 1, instructions[loop.First..(loop.Last + 1)].Count(i => i.Contains("FFMA"))))
            .DefaultIfEmpty().MaxBy(loop => loop.Item2);
    }

    // the code ends in a branch to itself
    static bool Idle(List<string> instructions, int first, int last) => first == last && instructions[first].Contains("BRA");

    /// <summary>
    /// Warps that a multiprocessor holds at once, of 64: as many groups as its registers, shared memory, threads and groups allow.
    /// </summary>
    internal int Warps(CountedLaunch launch)
    {
        const int mostWarps = 64, mostGroups = 32, registers = 64 << 10, unit = 256, reserved = 1 << 10;
        int warps = (launch.Threads + 31) / 32, ofWarp = (32 * Registers + unit - 1) / unit * unit;
        int shared = (Architecture == "sm_90" ? 228 : 164) << 10;
        int[] groups = [mostGroups, mostWarps / warps, registers / ofWarp / warps, shared / (launch.Shared + reserved)];
        return groups.Min() * warps;
    }

    static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program}: {said}");
    }

    static int Number(Regex pattern, string text) => int.Parse(pattern.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\.version [\d.]+", RegexOptions.Multiline)]
    private static partial Regex Version();

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex UsedRegisters();

    [GeneratedRegex(@"(\d+) bytes spill stores")]
    private static partial Regex SpillStores();

    [GeneratedRegex(@"(\d+) bytes spill loads")]
    private static partial Regex SpillLoads();

    [GeneratedRegex(@"^(\.L_\w+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s*/\*[0-9a-f]+\*/\s+([^;]+);")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"BRA.*`\((\.L_\w+)\)")]
    private static partial Regex Branch();
}
