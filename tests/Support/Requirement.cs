namespace GpuMlp.Tests.Support;

/// <summary>
/// What a test needs from the machine. Without it the test is skipped and says so, or fails where GPUMLP_REQUIRE lists it ("opencl,ptxas").
/// </summary>
static class Requirement
{
    static readonly string[] known = ["opencl", "ptxas", "cuda", "emulator", "onnx", "torch", "slurm", "chromium"];

    /// <summary>Ends the test here when the thing is not <paramref name="present"/>.</summary>
    /// <param name="name">"opencl", "ptxas", "cuda", "emulator", "onnx", "torch", "slurm" or "chromium".</param>
    /// <param name="present">Whether this machine has it.</param>
    /// <param name="howToGet">A sentence that says how to get it.</param>
    public static void Need(string name, bool present, string howToGet) =>
        Need(name, present, howToGet, Environment.GetEnvironmentVariable("GPUMLP_REQUIRE"));

    internal static void Need(string name, bool present, string howToGet, string? required)
    {
        string[] names = (required ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string item in names.Append(name))
        {
            if (known.Contains(item)) continue;
            string all = string.Join(", ", known);
            Assert.Fail($"'{item}' is no requirement; known are {all} (GPUMLP_REQUIRE is '{required}').");
        }
        if (present) return;
        if (names.Contains(name)) Assert.Fail($"GPUMLP_REQUIRE lists {name}, and this machine has none. {howToGet}");
        Assert.Skip($"This machine has no {name}. {howToGet}");
    }
}
