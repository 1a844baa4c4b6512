using System.Globalization;

namespace CudaEmulator;

/// <summary>
/// The settings of the card: each is an environment variable GPUMLP_EMULATOR_…, read once, when the driver is first called. README.md
/// lists them. A value that cannot be read makes cuInit fail, with the reason in the log.
/// </summary>
/// <param name="Capability">CAPABILITY: the compute capability times ten, such as 80.</param>
/// <param name="DriverVersion">DRIVER: the version as cuDriverGetVersion returns it, such as 12040.</param>
/// <param name="Memory">MEMORY: bytes of the card, with K, M or G behind the number.</param>
/// <param name="Cores">CORES: how many groups run at once.</param>
/// <param name="FindRaces">RACES=1: races between the threads of a group are launch failures.</param>
/// <param name="LogFile">LOG: the file that faults and one line per launch are added to; without it faults go to stderr.</param>
/// <param name="Failures">FAIL: calls that fail, a list of FUNCTION:N:CODE separated by commas; N is * for every call.</param>
/// <param name="LostLaunch">FAIL_LAUNCH: the launch with that number is accepted, and fails while it runs.</param>
/// <param name="Watchdog">WATCHDOG: how many instructions a launch may take on a core; a longer one is ended.</param>
/// <param name="SilentWatchdog">WATCHDOG_SILENT=1: a launch that is ended so is no error.</param>
/// <param name="CountFile">COUNT: the file to which a line of JSON is added for each launch, with what it executed.</param>
/// <param name="PtxFolder">PTX: the folder to which the text of each loaded module is written, as its number and .ptx.</param>
/// <param name="SharedBytes">SHARED: bytes of shared memory of a group, with K behind the number.</param>
/// <param name="GroupThreads">GROUP: the most threads of a group.</param>
sealed record Settings(int Capability = 80, int DriverVersion = 12040, ulong Memory = 4ul << 30, int Cores = 1, bool FindRaces = false,
    string? LogFile = null, IReadOnlyList<Failure>? Failures = null, int LostLaunch = 0, int Watchdog = int.MaxValue,
    bool SilentWatchdog = false, string? CountFile = null, string? PtxFolder = null,
    int SharedBytes = Settings.MostSharedBytes, int GroupThreads = Settings.MostGroupThreads)
{
    /// <summary>What a group may have on any card.</summary>
    public const int MostSharedBytes = 48 << 10, MostGroupThreads = 1024;

    const string Prefix = "GPUMLP_EMULATOR_";

    /// <exception cref="FormatException">A variable's value cannot be read; the message names it.</exception>
    public static Settings FromEnvironment(Func<string, string?> variable)
    {
        string? Text(string name) => variable(Prefix + name) is { Length: > 0 } text ? text : null;
        int Number(string name, int least, int absent) => Text(name) is not string text ? absent
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least ? value
            : throw new FormatException($"{Prefix}{name} is '{text}', wanted a whole number of at least {least}");
        ulong Size(string name, ulong absent) => Text(name) is string text ? Bytes(name, text) : absent;
        return new(Number("CAPABILITY", 10, 80), Number("DRIVER", 1000, 12040), Size("MEMORY", 4ul << 30),
            Number("CORES", 1, Environment.ProcessorCount), Number("RACES", 0, 0) > 0, Text("LOG"),
            Text("FAIL") is string failures ? [.. failures.Split(',').Select(Failure.Parse)] : null, Number("FAIL_LAUNCH", 1, 0),
            Number("WATCHDOG", 1, int.MaxValue), Number("WATCHDOG_SILENT", 0, 0) > 0, Text("COUNT"), Text("PTX"),
            (int)Math.Min(Size("SHARED", MostSharedBytes), MostSharedBytes),
            Math.Min(Number("GROUP", 1, MostGroupThreads), MostGroupThreads));
    }

    static ulong Bytes(string name, string text)
    {
        int shift = text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        bool isNumber = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        return (isNumber && number is > 0 and < 1ul << 20) || (shift == 0 && number > 0)
            ? number << shift
            : throw new FormatException($"{Prefix}{name} is '{text}', wanted bytes such as 4G, 20M or 1000");
    }
}

/// <summary>A call of one of the driver's functions that fails.</summary>
/// <param name="Function">The function's name, such as cuMemAlloc_v2.</param>
/// <param name="Call">Which call fails, counted from 1; 0 for every call.</param>
/// <param name="Error">The error that it returns.</param>
sealed record Failure(string Function, int Call, CudaError Error)
{
    /// <summary>Reads FUNCTION:N:CODE.</summary>
    /// <exception cref="FormatException">The text does not have that form.</exception>
    public static Failure Parse(string text)
    {
        string[] parts = text.Split(':');
        int call = 0;
        return parts.Length == 3 && parts[0].StartsWith("cu", StringComparison.Ordinal)
            && (parts[1] == "*" || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out call) && call > 0))
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code > 0
            ? new(parts[0], call, (CudaError)code)
            : throw new FormatException($"GPUMLP_EMULATOR_FAIL has '{text}', wanted FUNCTION:N:CODE such as cuMemAlloc_v2:3:2");
    }
}
