using GpuMlp.Devices.Launching;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices;

/// <summary>A device failed: a kernel does not compile on it, or it was lost. The message names the device.</summary>
public sealed class DeviceException : Exception
{
    internal DeviceException(DeviceDescription device, string doing, Exception cause, string log = "")
        : base($"device {device.Id} ({device.Name}) {Happened(doing, cause, log)}", cause) =>
        (Device, BuildLog) = (device, log);

    DeviceException(DeviceDescription device, string what) : base($"device {device.Id} ({device.Name}) {what}") =>
        (Device, BuildLog, IsStopped) = (device, "", true);

    // CUDA reports the end of a kernel by an error only at a later call, and from then on at every call
    static readonly string[] errorsOfEarlierLaunches =
    [
        nameof(CudaError.CUDA_ERROR_ILLEGAL_ADDRESS), nameof(CudaError.CUDA_ERROR_LAUNCH_FAILED),
        nameof(CudaError.CUDA_ERROR_MISALIGNED_ADDRESS),
        nameof(CudaError.CUDA_ERROR_ILLEGAL_INSTRUCTION), nameof(CudaError.CUDA_ERROR_ASSERT),
        nameof(CudaError.CUDA_ERROR_HARDWARE_STACK_ERROR), nameof(CudaError.CUDA_ERROR_INVALID_ADDRESS_SPACE),
        nameof(CudaError.CUDA_ERROR_INVALID_PC),
    ];

    // some drivers end what takes seconds, so that a display goes on
    const string EndedByWatchdog =
        "ended a launch that took longer than its driver allows: take smaller work, train with --engine layers, whose launches are short, "
        + $"or take a device that drives no display ({nameof(CudaError.CUDA_ERROR_LAUNCH_TIMEOUT)})";

    static string Happened(string doing, Exception cause, string log) =>
        cause is CudaException { Error: nameof(CudaError.CUDA_ERROR_LAUNCH_TIMEOUT) } ? EndedByWatchdog
            : $"{What(doing, cause)}: {Reason(cause, log)}";

    static string What(string doing, Exception cause) => cause is CudaException cuda && errorsOfEarlierLaunches.Contains(cuda.Error)
        ? $"failed in an earlier launch, as it said when {doing}" : $"failed {doing}";

    static string Reason(Exception cause, string log) =>
        log.Length == 0 ? Reason(cause) : OneLine(Launching.BuildLog.FirstError(log));

    /// <summary>The exception for a driver that ended a launch early, without an error.</summary>
    /// <param name="device">The device.</param>
    /// <param name="after">The last work that was finished, as in "step 176 of 2,000"; empty if that is unknown.</param>
    internal static DeviceException Stopped(DeviceDescription device, string after = "")
    {
        string what = after.Length == 0 ? "a kernel before its end" : $"after {after}";
        return new(device, $"stopped {what}: its driver ends long launches; take another device or smaller work");
    }

    /// <summary>Whether a kernel did not compile, so that another form of it may.</summary>
    internal bool IsOfCompiler { get; init; }

    /// <summary>Whether the driver ended a launch early, so that a shorter launch may work.</summary>
    internal bool IsStopped { get; }

    /// <summary>The device that failed.</summary>
    public DeviceDescription Device { get; }

    /// <summary>
    /// The whole log of the driver's compiler for a kernel that does not compile; else empty. The message has its first error.
    /// </summary>
    public string BuildLog { get; }

    // a driver's message may be a whole build log
    const int MaxReason = 300;

    /// <summary>
    /// The message of a driver or of ILGPU's compiler in one line of bounded length: that of the innermost cause, or OpenCL's name for the
    /// error.
    /// </summary>
    internal static string Reason(Exception e)
    {
        while (e.InnerException is Exception inner) e = inner;
        string text = e switch
        {
            CLException { Error: not 0 } cl => cl.Error.ToString(),              // its message says only that it was thrown
            CudaException cuda => $"{cuda.Message} ({cuda.Error})",
            _ => e.Message,
        };
        return OneLine(text);
    }

    static string OneLine(string text)
    {
        text = text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return text.Length <= MaxReason ? text : text[..MaxReason] + "…";
    }

    /// <summary>Whether a driver's error means that there is no memory left.</summary>
    internal static bool IsOutOfMemory(AcceleratorException e) => e switch
    {
        CLException cl => cl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES
            or CLError.CL_OUT_OF_HOST_MEMORY or CLError.CL_INVALID_BUFFER_SIZE,
        CudaException cuda => cuda.Error == nameof(CudaError.CUDA_ERROR_OUT_OF_MEMORY),
        _ => false,
    };
}
