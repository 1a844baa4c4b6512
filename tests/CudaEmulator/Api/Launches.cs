using System.Diagnostics;
using CudaEmulator.Interpreter;
using CudaEmulator.Ptx;

namespace CudaEmulator.Api;

/// <summary>A kernel of a loaded module, as cuModuleGetFunction returns it.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Context">Its context.</param>
/// <param name="Module">The handle of its module.</param>
/// <param name="ModuleNumber">Which module that is, counted from 1.</param>
sealed record Function(Kernel Kernel, CudaContext Context, nint Module, int ModuleNumber);

/// <summary>
/// Checks a launch as the driver does, and runs it. A fault of the kernel is reported by the calls after the launch, as with a real card,
/// which runs on its own.
/// </summary>
static unsafe class Launches
{
    public const int MostThreadsZ = 64, MostGroups = int.MaxValue, MostGroupsYZ = 65535;

    static int launches;

    public static CudaError Start(
        CudaContext context, Function function, Size3 grid, Size3 group, int sharedBytes, void** arguments, void** extra)
    {
        if (Refused(grid, group, sharedBytes)) return CudaError.InvalidValue;
        Settings settings = Driver.Settings;
        if (group.Count > settings.GroupThreads || function.Kernel.SharedBytes + sharedBytes > settings.SharedBytes)
            return CudaError.LaunchOutOfResources;
        byte[]? parameters = arguments is not null ? Gathered(function.Kernel, arguments) : Buffered(function.Kernel, extra);
        if (parameters is null) return CudaError.InvalidValue;
        int number = Interlocked.Increment(ref launches);
        if (number == Driver.Settings.LostLaunch)
        {
            Driver.Log.Write($"launch {number} of {function.Kernel.Name} is lost, as GPUMLP_EMULATOR_FAIL_LAUNCH asks");
            context.Lost = CudaError.LaunchFailed;
            return CudaError.Success;
        }
        var launch = new Launch(
            function.Kernel, grid, group, sharedBytes, parameters, context.Memory, settings.Capability, settings.FindRaces,
            settings.Watchdog, settings.CountFile is null ? null : new LaunchCounts(function.Kernel));
        Run(context, launch, number, function.ModuleNumber);
        return CudaError.Success;
    }

    static void Run(CudaContext context, Launch launch, int number, int module)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            long instructions = launch.Run(Driver.Settings.Cores);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (Driver.Log.IsFile)
            {
                string kernel = $"launch {number}: {launch.Kernel.Name} {launch.Grid} x {launch.Group}";
                Driver.Log.Write(FormattableString.Invariant($"{kernel}, {instructions} instructions in {1e3 * seconds:0.000} ms"));
            }
            if (launch.Counts is { } counts) CountFile.Add(Driver.Settings.CountFile!, CountFile.Line(number, module, launch, counts));
        }
        catch (KernelFault e)
        {
            Driver.Log.Write($"launch {number}: {e.Error} ({(int)e.Error}): {e.Message}");
            if (e.Error != CudaError.LaunchTimeout || !Driver.Settings.SilentWatchdog) context.Lost = e.Error;
        }
    }

    static bool Refused(Size3 grid, Size3 group, int sharedBytes) =>
        grid.X < 1 || grid.Y is < 1 or > MostGroupsYZ || grid.Z is < 1 or > MostGroupsYZ
        || group.X is < 1 or > Settings.MostGroupThreads
        || group.Y is < 1 or > Settings.MostGroupThreads || group.Z is < 1 or > MostThreadsZ || sharedBytes < 0;

    // the address of each parameter
    static byte[] Gathered(Kernel kernel, void** arguments)
    {
        var parameters = new byte[kernel.ParameterBytes];
        for (int i = 0; i < kernel.Parameters.Count; i++)
            new ReadOnlySpan<byte>(arguments[i], kernel.Parameters[i].Bytes).CopyTo(parameters.AsSpan(kernel.Parameters[i].Offset));
        return parameters;
    }

    // pairs of a key and a value, ended by a zero: key 1 has the address of a buffer with all parameters, key 2 the address of its size
    static byte[]? Buffered(Kernel kernel, void** extra)
    {
        if (extra is null) return kernel.ParameterBytes == 0 ? [] : null;
        void* buffer = null;
        nuint size = 0;
        for (; *extra is not null; extra += 2)
        {
            if (*extra == (void*)1) buffer = extra[1];
            else if (*extra == (void*)2) size = *(nuint*)extra[1];
            else return null;
        }
        if (size < (nuint)kernel.ParameterBytes || (buffer is null && size > 0)) return null;
        return new ReadOnlySpan<byte>(buffer, kernel.ParameterBytes).ToArray();
    }
}
