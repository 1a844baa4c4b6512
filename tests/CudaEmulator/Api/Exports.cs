using System.Runtime.InteropServices;
using System.Text;

namespace CudaEmulator.Api;

/// <summary>The driver API's functions for the driver, the card and contexts, under the names that programs look up.</summary>
/// <remarks>
/// Names and arguments are the driver API's, whose documentation says what each function does. An address to write to may not be 0.
/// </remarks>
static unsafe partial class Exports
{
    static readonly Dictionary<CudaError, nint> words = [];

    [UnmanagedCallersOnly(EntryPoint = nameof(cuInit))]
    public static CudaError cuInit(uint flags) => Driver.Initialize(flags);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDriverGetVersion))]
    public static CudaError cuDriverGetVersion(int* version) =>
        Driver.Guarded(nameof(cuDriverGetVersion), () => Write(version, Driver.Settings.DriverVersion));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuGetErrorString))]
    public static CudaError cuGetErrorString(CudaError error, nint* text)
    {
        if (text is null) return CudaError.InvalidValue;
        lock (words)
        {
            if (!words.TryGetValue(error, out nint word)) words[error] = word = Marshal.StringToCoTaskMemUTF8(Errors.Words(error));
            *text = word;
        }
        return CudaError.Success;
    }

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceGetCount))]
    public static CudaError cuDeviceGetCount(int* count) => Driver.Call(nameof(cuDeviceGetCount), () => Write(count, 1));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceGet))]
    public static CudaError cuDeviceGet(int* device, int ordinal) =>
        Driver.Call(nameof(cuDeviceGet), () => ordinal == 0 ? Write(device, 0) : CudaError.InvalidDevice);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceGetName))]
    public static CudaError cuDeviceGetName(byte* name, int length, int device) => OfDevice(nameof(cuDeviceGetName), device, () =>
    {
        if (name is null || length < 1) return CudaError.InvalidValue;
        byte[] bytes = Encoding.ASCII.GetBytes($"GpuMlp emulated card (sm_{Driver.Settings.Capability})");
        int count = Math.Min(bytes.Length, length - 1);
        bytes.AsSpan(0, count).CopyTo(new Span<byte>(name, count));
        name[count] = 0;
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceTotalMem_v2))]
    public static CudaError cuDeviceTotalMem_v2(ulong* bytes, int device) =>
        OfDevice(nameof(cuDeviceTotalMem_v2), device, () => Write(bytes, Driver.Settings.Memory));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceGetAttribute))]
    public static CudaError cuDeviceGetAttribute(int* value, int attribute, int device) =>
        OfDevice(nameof(cuDeviceGetAttribute), device, () =>
            Attributes.Value(attribute, Driver.Settings) is int known ? Write(value, known) : CudaError.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceCanAccessPeer))]
    public static CudaError cuDeviceCanAccessPeer(int* can, int device, int peer) =>
        OfDevice(nameof(cuDeviceCanAccessPeer), device, () => Write(can, 0));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuDeviceGetP2PAttribute))]
    public static CudaError cuDeviceGetP2PAttribute(int* value, int attribute, int source, int target) =>
        Driver.Call(nameof(cuDeviceGetP2PAttribute), () => CudaError.InvalidDevice);                // there is one card

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxCreate_v2))]
    public static CudaError cuCtxCreate_v2(nint* handle, uint flags, int device) => OfDevice(nameof(cuCtxCreate_v2), device, () =>
    {
        if (handle is null) return CudaError.InvalidValue;
        Driver.Current = *handle = Driver.Handles.Add(new CudaContext(Driver.Settings.Memory));
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxDestroy_v2))]
    public static CudaError cuCtxDestroy_v2(nint handle) => Driver.Call(nameof(cuCtxDestroy_v2), () =>
    {
        if (!Driver.Handles.TryGet(handle, out CudaContext context)) return CudaError.InvalidContext;
        Driver.Handles.Remove<CudaContext>(handle);
        Driver.Handles.RemoveAll<LoadedModule>(m => m.Context == context);
        Driver.Handles.RemoveAll<Function>(f => f.Context == context);
        context.Memory.Clear();
        if (Driver.Current == handle) Driver.Current = 0;
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxSetCurrent))]
    public static CudaError cuCtxSetCurrent(nint handle) => Driver.Call(nameof(cuCtxSetCurrent), () =>
    {
        if (handle != 0 && !Driver.Handles.TryGet(handle, out CudaContext _)) return CudaError.InvalidContext;
        Driver.Current = handle;
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxSynchronize))]
    public static CudaError cuCtxSynchronize() => Driver.InContext(nameof(cuCtxSynchronize), _ => CudaError.Success);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxGetCacheConfig))]
    public static CudaError cuCtxGetCacheConfig(int* config) => Driver.InContext(nameof(cuCtxGetCacheConfig), _ => Write(config, 0));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxSetCacheConfig))]
    public static CudaError cuCtxSetCacheConfig(int config) => Driver.InContext(nameof(cuCtxSetCacheConfig), _ => CudaError.Success);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxGetSharedMemConfig))]
    public static CudaError cuCtxGetSharedMemConfig(int* config) =>
        Driver.InContext(nameof(cuCtxGetSharedMemConfig), _ => Write(config, 1));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxSetSharedMemConfig))]
    public static CudaError cuCtxSetSharedMemConfig(int config) =>
        Driver.InContext(nameof(cuCtxSetSharedMemConfig), _ => CudaError.Success);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxEnablePeerAccess))]
    public static CudaError cuCtxEnablePeerAccess(nint peer, uint flags) =>
        Driver.InContext(nameof(cuCtxEnablePeerAccess), _ => CudaError.PeerAccessUnsupported);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuCtxDisablePeerAccess))]
    public static CudaError cuCtxDisablePeerAccess(nint peer) =>
        Driver.InContext(nameof(cuCtxDisablePeerAccess), _ => CudaError.PeerAccessUnsupported);

    static CudaError OfDevice(string function, int device, Func<CudaError> body) =>
        Driver.Call(function, () => device == 0 ? body() : CudaError.InvalidDevice);

    static CudaError Write<T>(T* target, T value) where T : unmanaged
    {
        if (target is null) return CudaError.InvalidValue;
        *target = value;
        return CudaError.Success;
    }
}
