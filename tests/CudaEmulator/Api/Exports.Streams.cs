using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CudaEmulator.Api;

/// <summary>A stream: work that is put in it is done at once.</summary>
sealed class CudaStream;

/// <summary>An event: the time at which it was recorded.</summary>
sealed class CudaEvent
{
    public long Recorded { get; set; }
}

// streams and events
static unsafe partial class Exports
{
    const nint PerThreadStream = 2;

    // 0, 1 and 2 are streams that exist without being created
    static bool IsStream(nint stream) => stream is >= 0 and <= PerThreadStream || Driver.Handles.TryGet(stream, out CudaStream _);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuStreamCreate))]
    public static CudaError cuStreamCreate(nint* stream, uint flags) =>
        Driver.InContext(nameof(cuStreamCreate), _ => Write(stream, Driver.Handles.Add(new CudaStream())));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuStreamCreateWithPriority))]
    public static CudaError cuStreamCreateWithPriority(nint* stream, uint flags, int priority) =>
        Driver.InContext(nameof(cuStreamCreateWithPriority), _ => Write(stream, Driver.Handles.Add(new CudaStream())));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuStreamDestroy_v2))]
    public static CudaError cuStreamDestroy_v2(nint stream) => Driver.InContext(nameof(cuStreamDestroy_v2), _ =>
        Driver.Handles.Remove<CudaStream>(stream) ? CudaError.Success : CudaError.InvalidHandle);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuStreamSynchronize))]
    public static CudaError cuStreamSynchronize(nint stream) => Driver.InContext(nameof(cuStreamSynchronize), _ =>
        IsStream(stream) ? CudaError.Success : CudaError.InvalidHandle);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventCreate))]
    public static CudaError cuEventCreate(nint* handle, uint flags) =>
        Driver.InContext(nameof(cuEventCreate), _ => Write(handle, Driver.Handles.Add(new CudaEvent())));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventDestroy_v2))]
    public static CudaError cuEventDestroy_v2(nint handle) => Driver.InContext(nameof(cuEventDestroy_v2), _ =>
        Driver.Handles.Remove<CudaEvent>(handle) ? CudaError.Success : CudaError.InvalidHandle);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventRecord))]
    public static CudaError cuEventRecord(nint handle, nint stream) => Driver.InContext(nameof(cuEventRecord), _ =>
    {
        if (!Driver.Handles.TryGet(handle, out CudaEvent found) || !IsStream(stream)) return CudaError.InvalidHandle;
        found.Recorded = Stopwatch.GetTimestamp();
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventQuery))]
    public static CudaError cuEventQuery(nint handle) => Driver.InContext(nameof(cuEventQuery), _ => OfEvent(handle));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventSynchronize))]
    public static CudaError cuEventSynchronize(nint handle) => Driver.InContext(nameof(cuEventSynchronize), _ => OfEvent(handle));

    [UnmanagedCallersOnly(EntryPoint = nameof(cuEventElapsedTime))]
    public static CudaError cuEventElapsedTime(float* milliseconds, nint start, nint end) =>
        Driver.InContext(nameof(cuEventElapsedTime), _ =>
        {
            if (!Driver.Handles.TryGet(start, out CudaEvent first)) return CudaError.InvalidHandle;
            if (!Driver.Handles.TryGet(end, out CudaEvent second)) return CudaError.InvalidHandle;
            if (first.Recorded == 0 || second.Recorded == 0) return CudaError.InvalidHandle;
            return Write(milliseconds, (float)Stopwatch.GetElapsedTime(first.Recorded, second.Recorded).TotalMilliseconds);
        });

    static CudaError OfEvent(nint handle) => Driver.Handles.TryGet(handle, out CudaEvent _) ? CudaError.Success : CudaError.InvalidHandle;
}
