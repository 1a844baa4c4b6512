using System.Text.Json;

namespace GpuMlp.Bench.Counting;

/// <summary>Instructions of some threads, as the emulated card writes them.</summary>
sealed record CountedInstructions(
    long Instructions, long Float, long Integer, long Memory, long Control, long Move, long MultiplyAdds, long Barriers);

/// <summary>What one instruction that accesses memory cost.</summary>
/// <param name="Line">Its line in the PTX.</param>
/// <param name="What">"load global", "store global", "load shared" or "store shared".</param>
/// <param name="Bytes">The bytes of a thread.</param>
/// <param name="Threads">How many threads executed it, each time counted.</param>
/// <param name="Warps">How many warps did.</param>
/// <param name="Seen">Of how many of these the addresses were looked at.</param>
/// <param name="Sectors">Sectors of global memory of those.</param>
/// <param name="Conflicts">Conflicts in banks of shared memory of those.</param>
/// <param name="Inner">Whether it is in an inner loop.</param>
sealed record CountedAccess(
    int Line, string What, int Bytes, long Threads, long Warps, long Seen, long Sectors, long Conflicts, bool Inner)
{
    internal bool IsGlobal => What.EndsWith("global", StringComparison.Ordinal);

    /// <summary>Sectors of a warp for each float of a thread: four are the fewest where all lanes have floats of their own.</summary>
    internal double SectorsOfFloats => Sectors / (double)Seen / (Bytes / 4);
}

/// <summary>A launch, as a line of the file that GPUMLP_EMULATOR_COUNT names.</summary>
sealed record CountedLaunch(
    int Launch, int Module, long Groups, int Threads, int Shared, long WarpInstructions, CountedInstructions All,
    CountedInstructions Longest, CountedAccess[] Accesses)
{
    static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    internal static CountedLaunch Parse(string line) => JsonSerializer.Deserialize<CountedLaunch>(line, Names)!;

    IEnumerable<CountedAccess> Inner(bool global) => Accesses.Where(a => a.Inner && a.IsGlobal == global);

    /// <summary>The most sectors of a warp of floats that an inner load or store of global memory takes; 0 without any.</summary>
    internal double MostSectors(string what) =>
        Inner(global: true).Where(a => a.What == what).Select(a => a.SectorsOfFloats).DefaultIfEmpty().Max();

    /// <summary>The most sectors of a warp of floats, of those that make a twentieth of all loads or stores of global memory.</summary>
    internal double Sectors(string what)
    {
        CountedAccess[] all = [.. Accesses.Where(a => a.What == what)];
        long warps = all.Sum(a => a.Warps);
        return all.Where(a => 20 * a.Warps >= warps).Select(a => a.SectorsOfFloats).DefaultIfEmpty().Max();
    }

    /// <summary>Conflicts of an inner access of shared memory, on average.</summary>
    internal double Conflicts
    {
        get
        {
            CountedAccess[] inner = [.. Inner(global: false)];
            return inner.Length == 0 ? 0 : inner.Sum(a => a.Conflicts) / (double)inner.Sum(a => a.Seen);
        }
    }

    /// <summary>Bytes that threads load from global memory, or store there.</summary>
    internal long Bytes(string what) => Accesses.Where(a => a.What == what).Sum(a => a.Bytes * a.Threads);

    /// <summary>Sectors of global memory of all loads and stores.</summary>
    internal double AllSectors => Accesses.Where(a => a.IsGlobal).Sum(a => a.Sectors / (double)a.Seen * a.Warps);

    internal double LanesPerInstruction => All.Instructions / (double)WarpInstructions;
}
