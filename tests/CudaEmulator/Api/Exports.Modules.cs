using System.Runtime.InteropServices;
using System.Text;
using CudaEmulator.Interpreter;
using CudaEmulator.Ptx;

namespace CudaEmulator.Api;

/// <summary>A module that cuModuleLoadData loaded, and the how manieth it was.</summary>
sealed record LoadedModule(PtxModule Ptx, CudaContext Context, int Number);

// modules and launches
static unsafe partial class Exports
{
    const int ErrorLogBuffer = 5, ErrorLogBytes = 6;

    static int modules;

    [UnmanagedCallersOnly(EntryPoint = nameof(cuModuleLoadData))]
    public static CudaError cuModuleLoadData(nint* module, byte* text) =>
        Driver.InContext(nameof(cuModuleLoadData), context => Load(context, module, text, 0, null, null));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuModuleLoadDataEx))]
    public static CudaError cuModuleLoadDataEx(nint* module, byte* text, uint count, int* options, void** values) =>
        Driver.InContext(nameof(cuModuleLoadDataEx), context => Load(context, module, text, count, options, values));

    static CudaError Load(CudaContext context, nint* module, byte* text, uint count, int* options, void** values)
    {
        if (module is null || text is null) return CudaError.InvalidValue;
        try
        {
            string ptx = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
            int number = Interlocked.Increment(ref modules);
            if (Driver.Settings.PtxFolder is string folder) File.WriteAllText(Path.Combine(folder, $"{number}.ptx"), ptx);
            *module = Driver.Handles.Add(new LoadedModule(
                PtxModule.Parse(ptx, Driver.Settings.Capability, PtxVersions.Newest(Driver.Settings.DriverVersion)), context, number));
            return CudaError.Success;
        }
        catch (PtxError e)
        {
            WriteErrorLog(e.Message, count, options, values);
            return e.Code;
        }
    }

    static void WriteErrorLog(string message, uint count, int* options, void** values)
    {
        byte* buffer = null;
        int size = 0;
        void** length = null;
        for (uint i = 0; i < count; i++)
        {
            if (options[i] == ErrorLogBuffer) buffer = (byte*)values[i];
            if (options[i] != ErrorLogBytes) continue;
            size = (int)(nint)values[i];
            length = values + i;
        }
        if (buffer is null || size < 1) return;
        byte[] bytes = Encoding.ASCII.GetBytes(message);
        int written = Math.Min(bytes.Length, size - 1);
        bytes.AsSpan(0, written).CopyTo(new Span<byte>(buffer, written));
        buffer[written] = 0;
        *length = (void*)(nint)(written + 1);
    }

    [UnmanagedCallersOnly(EntryPoint = nameof(cuModuleUnload))]
    public static CudaError cuModuleUnload(nint module) => Driver.InContext(nameof(cuModuleUnload), _ =>
    {
        if (!Driver.Handles.Remove<LoadedModule>(module)) return CudaError.InvalidHandle;
        Driver.Handles.RemoveAll<Function>(f => f.Module == module);
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuModuleGetFunction))]
    public static CudaError cuModuleGetFunction(nint* function, nint module, byte* name) =>
        Driver.InContext(nameof(cuModuleGetFunction), context =>
        {
            if (function is null || name is null) return CudaError.InvalidValue;
            if (!Driver.Handles.TryGet(module, out LoadedModule loaded)) return CudaError.InvalidHandle;
            if (!loaded.Ptx.Kernels.TryGetValue(Marshal.PtrToStringUTF8((nint)name)!, out Kernel? kernel)) return CudaError.NotFound;
            *function = Driver.Handles.Add(new Function(kernel, context, module, loaded.Number));
            return CudaError.Success;
        });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuLaunchKernel))]
    public static CudaError cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint groupX, uint groupY, uint groupZ, uint sharedBytes,
        nint stream, void** arguments, void** extra) =>
        Driver.InContext(nameof(cuLaunchKernel), context =>
        {
            if (!Driver.Handles.TryGet(function, out Function found) || found.Context != context || !IsStream(stream))
                return CudaError.InvalidHandle;
            Size3 grid = new((int)gridX, (int)gridY, (int)gridZ), group = new((int)groupX, (int)groupY, (int)groupZ);
            return Launches.Start(context, found, grid, group, (int)sharedBytes, arguments, extra);
        });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuOccupancyMaxActiveBlocksPerMultiprocessor))]
    public static CudaError cuOccupancyMaxActiveBlocksPerMultiprocessor(int* groups, nint function, int threads, nuint sharedBytes) =>
        Driver.InContext(nameof(cuOccupancyMaxActiveBlocksPerMultiprocessor), _ =>
            !Driver.Handles.TryGet(function, out Function _) ? CudaError.InvalidHandle
            : threads < 1 || threads > Driver.Settings.GroupThreads ? CudaError.InvalidValue : Write(groups, Math.Min(32, 2048 / threads)));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuOccupancyMaxPotentialBlockSize))]
    public static CudaError cuOccupancyMaxPotentialBlockSize(
        int* groups, int* threads, nint function, void* sharedBytesOf, nuint sharedBytes, int limit) =>
        Driver.InContext(nameof(cuOccupancyMaxPotentialBlockSize), _ =>
        {
            if (!Driver.Handles.TryGet(function, out Function _)) return CudaError.InvalidHandle;
            int size = limit > 0 ? Math.Min(limit, Driver.Settings.GroupThreads) : Driver.Settings.GroupThreads;
            if (Write(threads, size) is not CudaError.Success) return CudaError.InvalidValue;
            return Write(groups, 2 * Attributes.Value(16, Driver.Settings)!.Value);
        });
}
