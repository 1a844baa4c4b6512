using System.Diagnostics.CodeAnalysis;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Memory;

/// <summary>Pinned host memory that an OpenCL device works in directly, if the device is the machine's processor.</summary>
sealed class LentBuffer : DeviceBuffer
{
    readonly HostMemory memory;

    LentBuffer(ComputeDevice device, HostMemory memory) : base(device, memory.AsArrayView<float>(0, memory.Length)) => this.memory = memory;

    /// <summary>Lends memory to a device. False if the device has memory of its own or its driver refuses.</summary>
    internal static bool TryLend(ComputeDevice device, nint pointer, int length, [NotNullWhen(true)] out LentBuffer? lent)
    {
        lent = null;
        if (length == 0 || device.Accelerator is not CLAccelerator { DeviceType: CLDeviceType.CL_DEVICE_TYPE_CPU } accelerator)
            return false;
        try
        {
            lent = new LentBuffer(device, new HostMemory(accelerator, pointer, length));
            return true;
        }
        catch (AcceleratorException)
        {
            return false;
        }
    }

    /// <summary>Waits until everything that the device wrote is in the memory.</summary>
    internal void Return()
    {
        try
        {
            memory.Return();
        }
        catch (AcceleratorException e)
        {
            throw new DeviceException(Device.Description, "finishing its work", e);
        }
    }

    private protected override void Release(MemoryBlock? block, bool finalizing)
    {
        if (finalizing) return;                                    // the driver's object has its own finalizer
        try
        {
            memory.Dispose();
        }
        catch (AcceleratorException)
        {
            // the device was lost, which is reported elsewhere
        }
    }

    sealed class HostMemory : MemoryBuffer
    {
        readonly nint pointer;

        internal HostMemory(CLAccelerator accelerator, nint pointer, int length) : base(accelerator, length, sizeof(float))
        {
            this.pointer = pointer;
            CLException.ThrowIfFailed(CLAPI.CurrentAPI.CreateBuffer(
                accelerator.NativePtr, CLBufferFlags.CL_MEM_READ_WRITE | CLBufferFlags.CL_MEM_USE_HOST_PTR,
                (nint)LengthInBytes, pointer, out nint buffer));
            NativePtr = buffer;
        }

        // OpenCL guarantees the values in the host's memory only after a read; a read into the same memory copies nothing
        internal void Return() => CLException.ThrowIfFailed(
            CLAPI.CurrentAPI.ReadBuffer(Accelerator.DefaultStream, NativePtr, true, 0, (nint)LengthInBytes, pointer));

        protected override void MemSet(AcceleratorStream stream, byte value, in ArrayView<byte> targetView) =>
            CLMemoryBuffer.CLMemSet((CLStream)stream, value, targetView);

        protected override void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) =>
            CLMemoryBuffer.CLCopy((CLStream)stream, sourceView, targetView);

        protected override void CopyTo(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView) =>
            CLMemoryBuffer.CLCopy((CLStream)stream, sourceView, targetView);

        protected override void DisposeAcceleratorObject(bool disposing)
        {
            if (NativePtr != 0) CLAPI.CurrentAPI.ReleaseBuffer(NativePtr);
            NativePtr = 0;
        }
    }
}
