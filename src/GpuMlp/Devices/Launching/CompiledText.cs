using System.Reflection;
using System.Text;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR.Types;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>The text that ILGPU's compiler makes of a kernel, and all that is needed to load it again without the compiler.</summary>
/// <remarks>
/// This uses two members of ILGPU that are not public. If a version of ILGPU lacks them, PTX is not cached and is compiled every time; for
/// OpenCL the values are used that our kernels have in any case: they declare no shared memory, and a view is two fields.
/// </remarks>
/// <param name="Text">OpenCL C or PTX.</param>
/// <param name="SharedMemory">Bytes of shared memory that the kernel declares.</param>
/// <param name="FieldsPerView">For OpenCL: the number of fields in the text that stand for one view argument.</param>
sealed record CompiledText(string Text, int SharedMemory, int FieldsPerView)
{
    const int PointerAndLength = 2;

    static readonly PropertyInfo? entryPoint =
        typeof(CompiledKernel).GetProperty("EntryPoint", BindingFlags.Instance | BindingFlags.NonPublic);

    static readonly ConstructorInfo? ptx = typeof(PTXCompiledKernel).GetConstructor(
        BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public,
        [typeof(Context), typeof(EntryPoint), typeof(CompiledKernel.KernelInfo), typeof(string)]);

    /// <summary>The text of a compiled kernel; null if it could not be loaded again.</summary>
    internal static CompiledText? Of(CompiledKernel kernel)
    {
        var entry = entryPoint?.GetValue(kernel) as EntryPoint;
        if (entry is { SharedMemory.HasDynamicMemory: true }) return null;
        int shared = entry?.SharedMemory.StaticSize ?? 0;
        return kernel switch
        {
            CLCompiledKernel cl =>
                new(cl.Source, shared, (entry as SeparateViewEntryPoint)?.NumImplementationFieldsPerView ?? PointerAndLength),
            PTXCompiledKernel cuda when ptx is not null && entry is not null => new(cuda.PTXAssembly, shared, 0),
            _ => null,
        };
    }

    /// <summary>The compiled kernel as ILGPU's compiler would have made it; null if that is impossible.</summary>
    /// <param name="description">The kernel's entry point.</param>
    /// <param name="context">The context of the accelerator that will run it.</param>
    /// <param name="openCL">The accelerator's version of OpenCL C; null for PTX.</param>
    /// <param name="types">Knows the memory layout of types.</param>
    internal CompiledKernel? Rebuild(EntryPointDescription description, Context context, CLCVersion? openCL, TypeInformationManager types)
    {
        var shared = new SharedMemorySpecification(SharedMemory, false);
        return openCL is CLCVersion version
            ? new CLCompiledKernel(
                context, new SeparateViewEntryPoint(description, shared, default, types, FieldsPerView), null, Text, version)
            : (CompiledKernel?)ptx?.Invoke([context, new EntryPoint(description, shared, default), null, Text]);
    }

    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[2 * sizeof(int) + Encoding.UTF8.GetByteCount(Text)];
        BitConverter.TryWriteBytes(bytes, SharedMemory);
        BitConverter.TryWriteBytes(bytes.AsSpan(sizeof(int)), FieldsPerView);
        Encoding.UTF8.GetBytes(Text, bytes.AsSpan(2 * sizeof(int)));
        return bytes;
    }

    internal static CompiledText? From(ReadOnlySpan<byte> bytes) => bytes.Length < 2 * sizeof(int) ? null
        : new(Encoding.UTF8.GetString(bytes[(2 * sizeof(int))..]), BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes[sizeof(int)..]));
}
