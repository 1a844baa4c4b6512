using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GpuMlp.Devices;

namespace GpuMlp.Bench.Counting;

/// <summary>
/// --count [FOLDER]: what the launches of a GPU execute, counted on the emulated card of tests/CudaEmulator, beside their budgets. FOLDER
/// has the card's libcuda.so.1; without it the card is published first. The exit code is 1 where a limit does not hold.
/// </summary>
static class CountCommand
{
    internal const string Name = "--count";

    // how the process that has the card as its driver is told so
    const string File = "GPUMLP_EMULATOR_COUNT";

    // where the card writes the modules that it loads
    const string Ptx = "GPUMLP_EMULATOR_PTX";

    // and which card to predict beside those that are always predicted
    const string OtherCard = "GPUMLP_BENCH_CARD";

    internal static int Run(string[] arguments, Card? card = null)
    {
        if (arguments.Length > 1)
        {
            Console.Error.WriteLine($"{Name} takes at most the folder of the emulated card's libcuda.so.1");
            return 2;
        }
        if (Environment.GetEnvironmentVariable(File) is { Length: > 0 } file) return Count(file);
        string folder = arguments.Length == 1 ? arguments[0] : Path.Combine(AppContext.BaseDirectory, "emulator");
        if (arguments.Length == 0 && Publish(folder) is string why)
        {
            Console.Error.WriteLine(why);
            return 1;
        }
        string scratch = Directory.CreateTempSubdirectory("gpumlp-count-").FullName;
        try
        {
            return InAProcess(Path.GetFullPath(folder), scratch, card);
        }
        finally
        {
            Directory.Delete(scratch, true);
        }
    }

    // the driver is loaded from the library path that a process begins with
    static int InAProcess(string folder, string scratch, Card? card)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(typeof(CountCommand).Assembly.Location);
        }
        start.ArgumentList.Add(Name);
        start.Environment["LD_LIBRARY_PATH"] = folder;
        start.Environment["OCL_ICD_VENDORS"] = folder;                              // no driver of OpenCL is there to be opened
        start.Environment[File] = Path.Combine(scratch, "counts");
        start.Environment[Ptx] = scratch;
        if (card is not null) start.Environment[OtherCard] = card.Text;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    static int Count(string file)
    {
        DeviceDescription found = ComputeDevice.List().First(d => d.Kind == DeviceKind.Cuda);
        if (!found.Name.Contains("emulated", StringComparison.Ordinal))
        {
            string what = found.IsAvailable ? $"the driver's card is {found.Name}" : found.Excluded!;
            Console.Error.WriteLine($"{Name} counts on the emulated card (FOLDER/libcuda.so.1), but {what}");
            return 1;
        }
        using ComputeDevice card = ComputeDevice.Open(found.Id);
        var jobs = new CountedJobs(new CardJobs(card), file);
        jobs.Run();
        Print(jobs);
        return Complain(jobs) ? 1 : 0;
    }

    static string Text(double value) => value.ToString(Math.Abs(value) < 100 ? "0.##" : "#,0", CultureInfo.InvariantCulture);

    static string Share(long some, long all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * some / all:0} %");

    static void Print(CountedJobs jobs)
    {
        Console.WriteLine("Per step, row or point:\n\n| job | what | counted | limit | wanted |\n| --- | --- | --- | --- | --- |");
        foreach (Budget budget in Budgets.Table)
        {
            double counted = jobs.Counted[(budget.Job, budget.What)];
            string limit = $"{(budget.AtLeast ? "≥" : "≤")} {Text(budget.Limit)}";
            string wanted = budget.IsAsWanted(counted) ? "reached" : Text(budget.Wanted);
            Console.WriteLine($"| {budget.Job} | {budget.What} | {Text(counted)} | {limit} | {wanted} |");
        }
        Console.WriteLine("\nThe launch of each job that executes most:\n\n| job | groups × threads, shared bytes | instructions "
            + "| float (multiply-adds) | integer | memory | control | moves | lanes an instruction | barriers | bytes loaded, stored |");
        Console.WriteLine(string.Concat(Enumerable.Repeat("| --- ", 11)) + "|");
        foreach ((string job, CountedLaunch launch) in jobs.Launches) Console.WriteLine(Row(job, launch, launch.All));
        Predict(jobs);
        Assemble(jobs);
    }

    static void Assemble(CountedJobs jobs)
    {
        if (MachineCode.Missing is [_, ..] missing)
        {
            Console.WriteLine($"\nNo machine code, since {string.Join(" and ", missing)} of NVIDIA's CUDA toolkit is not on the PATH.");
            return;
        }
        Console.WriteLine("\nMachine code of these launches; the loop is the innermost one with most multiply-adds:\n");
        Console.WriteLine("| job | | registers, spilled bytes | instructions of the loop | FFMA of these | warps at once, of 64 |");
        Console.WriteLine(string.Concat(Enumerable.Repeat("| --- ", 6)) + "|");
        foreach ((string job, CountedLaunch launch) in jobs.Launches)
        {
            foreach (string architecture in (string[])["sm_80", "sm_90"])
            {
                var code = MachineCode.Of(Path.Combine(Environment.GetEnvironmentVariable(Ptx)!, $"{launch.Module}.ptx"), architecture);
                string share = code.Loop == 0 ? "none" : $"{code.MultiplyAdds} ({Share(code.MultiplyAdds, code.Loop)})";
                Console.WriteLine(
                    $"| {job} | {architecture} | {code.Registers}, {code.Spills} | {code.Loop} | {share} | {code.Warps(launch)} |");
            }
        }
    }

    static void Predict(CountedJobs jobs)
    {
        List<Card> cards = [.. Card.Predicted];
        if (Environment.GetEnvironmentVariable(OtherCard) is { Length: > 0 } text) cards.Add(Card.Parse(text));
        Console.WriteLine("\nPredictions by the formulas of bench/GPU.md, not measurements:\n");
        Console.WriteLine($"| job | {string.Join(" | ", cards.Select(card => card.Name))} |");
        Console.WriteLine($"| --- |{string.Concat(cards.Select(_ => " --- |"))}");
        foreach ((string job, Func<Card, double> seconds) in jobs.Predictions)
            Console.WriteLine($"| {job} | {string.Join(" | ", cards.Select(card => Time(seconds(card))))} |");
    }

    /// <summary>Seconds as people read them.</summary>
    internal static string Time(double seconds) => seconds < 1e-9 ? $"{Text(1e12 * seconds)} ps"
        : seconds < 1e-6 ? $"{Text(1e9 * seconds)} ns" : $"{Text(1e6 * seconds)} µs";

    static string Row(string job, CountedLaunch launch, CountedInstructions all) =>
        $"| {job} | {launch.Groups} × {launch.Threads}, {Text(launch.Shared)} | {Text(all.Instructions)} "
        + $"| {Share(all.Float, all.Instructions)} ({Share(all.MultiplyAdds, all.Instructions)}) | {Share(all.Integer, all.Instructions)} "
        + $"| {Share(all.Memory, all.Instructions)} | {Share(all.Control, all.Instructions)} "
        + $"| {Share(all.Move, all.Instructions)} | {Text(launch.LanesPerInstruction)} | {launch.Longest.Barriers} "
        + $"| {Text(launch.Bytes("load global"))}, {Text(launch.Bytes("store global"))} |";

    static bool Complain(CountedJobs jobs)
    {
        Budget[] broken = [.. Budgets.Table.Where(b => !b.Holds(jobs.Counted[(b.Job, b.What)]))];
        foreach (Budget budget in broken)
            Console.Error.WriteLine($"{budget.Job}: {budget.What}: {Text(jobs.Counted[(budget.Job, budget.What)])}, the limit is "
                + $"{Text(budget.Limit)} (bench/GpuMlp.Bench/Counting/Budgets.cs)");
        return broken.Length > 0;
    }

    // null, or why there is no emulated card
    static string? Publish(string folder)
    {
        const string needs = "NativeAOT compiles the emulated card on Linux, with clang or gcc, and zlib's headers (zlib1g-dev)";
        if (!OperatingSystem.IsLinux()) return $"{Name} cannot run here: {needs}";
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "GpuMlp.sln"))) root = root.Parent;
        if (root is null) return $"{Name} needs tests/CudaEmulator, and no folder above {AppContext.BaseDirectory} is the repository";
        string runtime = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet,
        [
            "publish", Path.Combine(root.FullName, "tests", "CudaEmulator"), "-r", runtime, "-c", "Release", "-o", folder, "-v", "quiet",
            "-nodeReuse:false",
        ])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{said}\nthe emulated card was not published: {needs}";
    }
}
