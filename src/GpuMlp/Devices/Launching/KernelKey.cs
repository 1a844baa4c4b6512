using System.Globalization;
using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>Names all that a kernel's text depends on, so that under one name any text does for any other.</summary>
/// <remarks>The texts need not be equal: ILGPU numbers a kernel's values on from those of the kernels compiled before it.</remarks>
static class KernelKey
{
    /// <summary>This build: the kernels, ILGPU, this library, which sets the compiler up, and .NET, of whose methods a kernel may call some.</summary>
    internal static string Build { get; } =
        string.Join(' ', [.. new[] { typeof(Kernels.DeviceEntry), typeof(Context), typeof(KernelKey), typeof(object) }.Select(Of)]);

    /// <summary>What is the same for all kernels of an accelerator; null where nothing is worth keeping.</summary>
    /// <param name="accelerator">Where the kernels will run.</param>
    /// <param name="newton">Whether OpenCL divides and takes roots by Newton steps.</param>
    internal static string? Of(Accelerator accelerator, bool newton)
    {
        string? device = accelerator switch
        {
            CLAccelerator cl => string.Join('|', cl.Vendor, cl.CLStdVersion, cl.Device.DeviceType, cl.PlatformName, cl.Name, cl.Device.DeviceVersion,
                string.Join(' ', cl.Device.Extensions), Properties(cl.Capabilities), newton ? "newton" : "plain"),
            CudaAccelerator cuda => string.Join('|', cuda.Architecture, cuda.InstructionSet, Properties(cuda.Capabilities)),
            _ => null,
        };
        return device is null ? null : string.Join('|', accelerator.AcceleratorType, device, accelerator.WarpSize, Properties(accelerator.Context.Properties));
    }

    /// <summary>A kernel's entry point with the op and all that the op is made of.</summary>
    internal static string Of(MethodInfo entry) =>
        $"{entry.DeclaringType!.FullName}.{entry.Name}<{string.Join(';', entry.GetGenericArguments().Select(Of))}>";

    static string Of(Type type) =>
        $"{type.FullName} {type.Module.ModuleVersionId}" + (type.IsGenericType ? $"({string.Join(';', type.GetGenericArguments().Select(Of))})" : "");

    // every setting and every capability that ILGPU makes public, whether or not it matters
    static string Properties(object settings) => string.Join(',', settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.PropertyType.IsValueType && property.GetIndexParameters().Length == 0).OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name}={property.GetValue(settings)}")));
}
