using System.Runtime.InteropServices;
using CudaEmulator.Memory;

namespace CudaEmulator.Api;

// memory of the card, and copies
static unsafe partial class Exports
{
    static readonly Dictionary<nint, nuint> pageLocked = [];

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemAlloc_v2))]
    public static CudaError cuMemAlloc_v2(ulong* address, ulong bytes) => Driver.InContext(nameof(cuMemAlloc_v2), context =>
    {
        if (address is null || bytes == 0) return CudaError.InvalidValue;
        *address = context.Memory.Allocate(bytes);
        return *address == 0 ? CudaError.OutOfMemory : CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemFree_v2))]
    public static CudaError cuMemFree_v2(ulong address) => Driver.InContext(nameof(cuMemFree_v2), context =>
        address == 0 || context.Memory.TryFree(address) ? CudaError.Success : CudaError.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemGetInfo_v2))]
    public static CudaError cuMemGetInfo_v2(ulong* free, ulong* total) => Driver.InContext(nameof(cuMemGetInfo_v2), context =>
        Write(free, context.Memory.Free) is CudaError.Success ? Write(total, context.Memory.Capacity) : CudaError.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemAllocHost_v2))]
    public static CudaError cuMemAllocHost_v2(nint* address, nuint bytes) => Driver.InContext(nameof(cuMemAllocHost_v2), _ =>
    {
        if (address is null || bytes == 0) return CudaError.InvalidValue;
        *address = (nint)NativeMemory.AlignedAlloc(bytes, 4096);
        NativeMemory.Fill((void*)*address, bytes, 0xFF);
        lock (pageLocked) pageLocked.Add(*address, bytes);
        return CudaError.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemFreeHost))]
    public static CudaError cuMemFreeHost(nint address) => Driver.InContext(nameof(cuMemFreeHost), _ =>
    {
        lock (pageLocked)
            if (!pageLocked.Remove(address)) return CudaError.InvalidValue;
        NativeMemory.AlignedFree((void*)address);
        return CudaError.Success;
    });

    // kernels of the emulated card cannot reach the process's memory, so registering it serves only copies
    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemHostRegister_v2))]
    public static CudaError cuMemHostRegister_v2(nint address, nuint bytes, uint flags) =>
        Driver.InContext(nameof(cuMemHostRegister_v2), _ =>
        {
            lock (pageLocked)
                return address == 0 || bytes == 0 ? CudaError.InvalidValue
                    : pageLocked.TryAdd(address, bytes) ? CudaError.Success : CudaError.HostMemoryAlreadyRegistered;
        });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemHostUnregister))]
    public static CudaError cuMemHostUnregister(nint address) => Driver.InContext(nameof(cuMemHostUnregister), _ =>
    {
        lock (pageLocked) return pageLocked.Remove(address) ? CudaError.Success : CudaError.HostMemoryNotRegistered;
    });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemHostGetDevicePointer_v2))]
    public static CudaError cuMemHostGetDevicePointer_v2(ulong* address, nint host, uint flags) =>
        Driver.InContext(nameof(cuMemHostGetDevicePointer_v2), _ => CudaError.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = nameof(cuPointerGetAttribute))]
    public static CudaError cuPointerGetAttribute(void* target, int attribute, ulong address) =>
        Driver.InContext(nameof(cuPointerGetAttribute), context =>
        {
            bool onCard = context.Memory.Find(address) is not null, locked;
            lock (pageLocked) locked = pageLocked.ContainsKey((nint)address);
            if (target is null || (!onCard && !locked)) return CudaError.InvalidValue;
            switch (attribute)
            {
                case 1: return Write((nint*)target, Driver.Current);                          // context
                case 2: return Write((int*)target, onCard ? 2 : 1);                           // kind of memory: the process's or the card's
                case 3 when onCard: return Write((ulong*)target, address);
                case 4 when locked: return Write((ulong*)target, address);
                default: return CudaError.InvalidValue;
            }
        });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemcpyAsync))]
    public static CudaError cuMemcpyAsync(ulong target, ulong source, ulong bytes, nint stream) =>
        Driver.InContext(nameof(cuMemcpyAsync), context =>
        {
            if (!IsStream(stream)) return CudaError.InvalidHandle;
            if (bytes == 0) return CudaError.Success;
            byte* to = Reach(context, target, bytes), from = Reach(context, source, bytes);
            if (to is null || from is null) return CudaError.InvalidValue;
            Buffer.MemoryCopy(from, to, bytes, bytes);
            return CudaError.Success;
        });

    [UnmanagedCallersOnly(EntryPoint = nameof(cuMemsetD8Async))]
    public static CudaError cuMemsetD8Async(ulong target, byte value, ulong bytes, nint stream) =>
        Driver.InContext(nameof(cuMemsetD8Async), context =>
        {
            if (!IsStream(stream)) return CudaError.InvalidHandle;
            if (bytes == 0) return CudaError.Success;
            byte* to = DeviceMemory.IsDeviceAddress(target) ? Reach(context, target, bytes) : null;
            if (to is null) return CudaError.InvalidValue;
            NativeMemory.Fill(to, (nuint)bytes, value);
            return CudaError.Success;
        });

    // null where the bytes are not all within one allocation of the card
    static byte* Reach(CudaContext context, ulong address, ulong bytes)
    {
        if (!DeviceMemory.IsDeviceAddress(address)) return (byte*)address;
        return context.Memory.Find(address) is Region region && region.Holds(address, bytes) ? region.At(address) : null;
    }
}
