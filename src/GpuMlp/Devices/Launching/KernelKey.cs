using System.Globalization;
using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>The key of a kernel's text: it names everything that the text depends on, so any text with that key can be used.</summary>
/// <remarks>
/// Texts with the same key need not be equal: ILGPU continues the numbering of a kernel's values from the kernels compiled before it.
/// </remarks>
static class KernelKey
{
    /// <summary>
    /// Names this build: the kernels, ILGPU, this library, which configures the compiler, and .NET, because kernels may call its methods.
    /// </summary>
    internal static string Build { get; } =
        string.Join(' ', [.. new[] { typeof(Kernels.DeviceEntry), typeof(Context), typeof(KernelKey), typeof(object) }.Select(Of)]);

    /// <summary>
    /// The part of the key that is the same for all kernels of an accelerator; null if its kernels are not worth keeping.
    /// </summary>
    /// <param name="accelerator">Where the kernels will run.</param>
    /// <param name="newton">Whether OpenCL divides and takes roots by Newton steps.</param>
    internal static string? Of(Accelerator accelerator, bool newton)
    {
        string? device = accelerator switch
        {
            CLAccelerator cl => string.Join('|',
                cl.Vendor, cl.CLStdVersion, cl.Device.DeviceType, cl.PlatformName, cl.Name, cl.Device.DeviceVersion,
                string.Join(' ', cl.Device.Extensions), Properties(cl.Capabilities), newton ? "newton" : "plain"),
            CudaAccelerator cuda => string.Join('|', cuda.Architecture, cuda.InstructionSet, Properties(cuda.Capabilities)),
            _ => null,
        };
        return device is null ? null : string.Join('|',
            accelerator.AcceleratorType, device, accelerator.WarpSize, Properties(accelerator.Context.Properties));
    }

    /// <summary>The part of the key for a kernel: its entry point, the op, and all types that the op is composed of.</summary>
    internal static string Of(MethodInfo entry) =>
        $"{entry.DeclaringType!.FullName}.{entry.Name}<{string.Join(';', entry.GetGenericArguments().Select(Of))}>";

    static string Of(Type type)
    {
        string arguments = type.IsGenericType ? $"({string.Join(';', type.GetGenericArguments().Select(Of))})" : "";
        return $"{type.FullName} {type.Module.ModuleVersionId}{arguments}";
    }

    // every public setting and capability of ILGPU, whether or not it matters
    static string Properties(object settings) => string.Join(',', settings.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.PropertyType.IsValueType && property.GetIndexParameters().Length == 0)
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name}={property.GetValue(settings)}")));
}
