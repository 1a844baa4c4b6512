using System.Reflection;
using GpuMlp.Kernels;
using GpuMlp.Tests.Support;
using ILGPU;

namespace GpuMlp.Tests.Devices;

/// <summary>Every op of the kernels' assembly with its type parameters filled in, and the entry points that launch it.</summary>
/// <remarks>
/// A type parameter for an activation or a loss takes each struct that there is. Several such parameters are stepped through together, not
/// combined.
/// </remarks>
static class ClosedOps
{
    static readonly Type[] structs = [.. typeof(DeviceEntry).Assembly.GetExportedTypes().Where(t => t.IsValueType)];

    /// <summary>
    /// The entry points that a GPU runs (not the strips of an OpenCL device that is a processor): a name to show, and the method.
    /// </summary>
    /// <param name="groups">How many variants of a group op to return: each is large and takes half a second to compile.</param>
    internal static IEnumerable<(string Name, MethodInfo Entry)> OnGpus(int groups) =>
        Entries(typeof(IOp<>), int.MaxValue, nameof(DeviceEntry.Kernel))
            .Concat(Entries(typeof(IGroupOp<>), groups, nameof(DeviceEntry.GroupKernel)))
            .Concat(Entries(typeof(IGroupOp<>), 1, nameof(DeviceEntry.SingleLaneKernel)))
            .Concat(Entries(typeof(ISharedOp<>), groups, nameof(DeviceEntry.SharedKernel)));

    /// <summary>The entry points that an OpenCL device runs that is a processor: one variant of each group op.</summary>
    internal static IEnumerable<(string Name, MethodInfo Entry)> OnProcessors() =>
        Entries(typeof(IGroupOp<>), 1, nameof(DeviceEntry.StripKernel));

    // an op with a fixed view is a form for one kind of device (the host, or OpenCL on a processor), so it is not listed
    static IEnumerable<(string Name, MethodInfo Entry)> Entries(Type contract, int most, string entry) =>
        from type in structs
        where type.IsGenericTypeDefinition && View(type, contract) is { IsGenericParameter: true }
        from op in Close(type, View(type, contract)!).Take(most)
        select ($"{Named(op)}, {entry}", typeof(DeviceEntry).GetMethod(entry)!.MakeGenericMethod(op));

    // the type parameter that is the contract's view
    static Type? View(Type op, Type contract) =>
        op.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract)?.GetGenericArguments()[0];

    static IEnumerable<Type> Close(Type op, Type view)
    {
        Type[][] choices = [.. op.GetGenericArguments().Select(p => p == view ? [typeof(ArrayView<float>)] : Choices(p))];
        for (int i = 0; i < choices.Max(c => c.Length); i++)
            yield return op.MakeGenericType([.. choices.Select(c => c[i % c.Length])]);
    }

    static Type[] Choices(Type parameter)
    {
        Type contract = parameter.GetGenericParameterConstraints().Single(c => c.IsInterface);
        // a struct that is built on another, such as a loss on a sigmoid, takes the first that there is
        Type[] found = [.. structs.Where(t => t.GetInterfaces().Contains(contract))
            .Select(t => t.IsGenericTypeDefinition ? t.MakeGenericType(FirstPlain(t)) : t)];
        Assert.True(found.Length > 0, $"nothing public implements {contract.Name}");
        return found;
    }

    static Type FirstPlain(Type composite)
    {
        Type contract = composite.GetGenericArguments().Single().GetGenericParameterConstraints().Single(c => c.IsInterface);
        return structs.First(t => !t.IsGenericTypeDefinition && contract.IsAssignableFrom(t));
    }

    static string Named(Type op)
    {
        var arguments = op.GetGenericArguments().Where(a => a != typeof(ArrayView<float>)).Select(Named).ToList();
        return op.Name.Split('`')[0] + (arguments.Count == 0 ? "" : $"<{string.Join(", ", arguments)}>");
    }
}
