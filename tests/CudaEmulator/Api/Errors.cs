namespace CudaEmulator.Api;

/// <summary>The driver's texts for its errors.</summary>
static class Errors
{
    public static string Words(CudaError error) => error switch
    {
        CudaError.Success => "no error",
        CudaError.InvalidValue => "invalid argument",
        CudaError.OutOfMemory => "out of memory",
        CudaError.NotInitialized => "initialization error",
        CudaError.NoDevice => "no CUDA-capable device is detected",
        CudaError.InvalidDevice => "invalid device ordinal",
        CudaError.InvalidContext => "invalid device context",
        CudaError.NoBinaryForGpu => "no kernel image is available for execution on the device",
        CudaError.PeerAccessUnsupported => "peer access is not supported between these two devices",
        CudaError.InvalidPtx => "a PTX JIT compilation failed",
        CudaError.UnsupportedPtxVersion => "the provided PTX was compiled with an unsupported toolchain.",
        CudaError.InvalidHandle => "invalid resource handle",
        CudaError.NotFound => "named symbol not found",
        CudaError.NotReady => "device not ready",
        CudaError.IllegalAddress => "an illegal memory access was encountered",
        CudaError.LaunchOutOfResources => "too many resources requested for launch",
        CudaError.LaunchTimeout => "the launch timed out and was terminated",
        CudaError.HostMemoryAlreadyRegistered => "part or all of the requested memory range is already mapped",
        CudaError.HostMemoryNotRegistered => "pointer does not correspond to a registered memory region",
        CudaError.MisalignedAddress => "misaligned address",
        CudaError.LaunchFailed => "unspecified launch failure",
        CudaError.SystemDriverMismatch => "system has unsupported display driver / cuda driver combination",
        CudaError.Unknown => "unknown error",
        _ => $"error {(int)error}",
    };
}
