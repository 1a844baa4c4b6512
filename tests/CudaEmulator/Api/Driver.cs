namespace CudaEmulator.Api;

/// <summary>The driver of this process: its settings, its contexts, and the common beginning of its functions.</summary>
static class Driver
{
    static readonly Lazy<(Settings Settings, string? Complaint)> read = new(Read);
    static readonly Lazy<Log> log = new(() => new(Settings.LogFile));
    static readonly Dictionary<string, int> calls = [];
    static volatile bool initialized;

    [ThreadStatic]
    static nint current;

    public static Settings Settings => read.Value.Settings;

    public static Log Log => log.Value;

    public static Handles Handles { get; } = new();

    /// <summary>The calling thread's context; 0 where it has none.</summary>
    public static nint Current
    {
        get => current;
        set => current = value;
    }

    static (Settings, string?) Read()
    {
        try
        {
            return (Settings.FromEnvironment(Environment.GetEnvironmentVariable), null);
        }
        catch (FormatException e)
        {
            return (new(), e.Message);
        }
    }

    /// <summary>cuInit.</summary>
    public static CudaError Initialize(uint flags) => Guarded(nameof(Exports.cuInit), () =>
    {
        if (read.Value.Complaint is string complaint)
        {
            Log.Write(complaint);
            return CudaError.Unknown;
        }
        if (flags != 0) return CudaError.InvalidValue;
        initialized = true;
        return CudaError.Success;
    });

    /// <summary>Runs a function that needs no initialised driver.</summary>
    public static CudaError Guarded(string function, Func<CudaError> body)
    {
        try
        {
            CudaError asked = AskedFailure(function);
            return asked == CudaError.Success ? body() : asked;
        }
        catch (Exception e)                                                     // no exception may leave a native function
        {
            Log.Write($"{function}: {e}");
            return CudaError.Unknown;
        }
    }

    /// <summary>Runs a function that needs the driver initialised, but no context.</summary>
    public static CudaError Call(string function, Func<CudaError> body) =>
        Guarded(function, () => initialized ? body() : CudaError.NotInitialized);

    /// <summary>Runs a function in the calling thread's context; after a kernel failed in that context, all of them fail.</summary>
    public static CudaError InContext(string function, Func<CudaContext, CudaError> body) => Call(function, () =>
        !Handles.TryGet(current, out CudaContext context) ? CudaError.InvalidContext
        : context.Lost != CudaError.Success ? context.Lost : body(context));

    static CudaError AskedFailure(string function)
    {
        if (Settings.Failures is not { } failures) return CudaError.Success;
        lock (calls)
        {
            int call = calls[function] = calls.GetValueOrDefault(function) + 1;
            return failures.FirstOrDefault(f => f.Function == function && (f.Call == 0 || f.Call == call))?.Error ?? CudaError.Success;
        }
    }
}
