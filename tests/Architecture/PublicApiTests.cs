using System.Reflection;
using GpuMlp.Devices;
using GpuMlp.Plotting;

namespace GpuMlp.Tests.Architecture;

/// <summary>
/// The public API is as approved: a change of it is seen in the change of a file. GPUMLP_APPROVE=1 writes the files anew.
/// </summary>
public class PublicApiTests
{
    static readonly string[] foreign = ["ILGPU", "GpuMlp.Kernels", "ScottPlot", "SkiaSharp", "System.IO.Hashing"];

    public static TheoryData<string> Names() => ["GpuMlp", "GpuMlp.Plotting"];

    static Assembly Load(string name) => name == "GpuMlp" ? typeof(ComputeDevice).Assembly : typeof(BoundaryPlot).Assembly;

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePublicApiIsAsApproved(string name)
    {
        string[] actual = [.. ApiText.Of(Load(name))];
        string file = Path.Combine(Project.Root().FullName, "tests", "Architecture", "Api", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("GPUMLP_APPROVE") == "1") File.WriteAllLines(file, actual);
        string[] approved = File.ReadAllLines(file);
        ArchitectureTests.None([
            .. actual.Except(approved).Select(line => $"new: {line.Trim()}"),
            .. approved.Except(actual).Select(line => $"gone: {line.Trim()}")]);
        Assert.Equal(approved, actual);
    }

    /// <summary>
    /// Packages keep kernels, ILGPU and what draws out of their users' sight: nothing that they can call is declared with them.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void NothingPublicIsDeclaredWithATypeOfOthers(string name)
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        ArchitectureTests.None(
            from type in Load(name).GetExportedTypes()
            let bases = type.GetInterfaces().Append(type.BaseType)
            let methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared))
                .Where(method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
            let used = methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType))
                .Concat(methods.OfType<MethodInfo>().Select(method => method.ReturnType))
                .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(field => field.FieldType))
            from part in bases.Concat(used).OfType<Type>().SelectMany(Parts).Distinct()
            where foreign.Any(assembly => part.Assembly.GetName().Name!.StartsWith(assembly, StringComparison.Ordinal))
            select $"{type.FullName} is declared with {part.FullName}");
    }

    // a type, what it is an array of, and its type arguments
    static IEnumerable<Type> Parts(Type type) =>
        type.GetGenericArguments().Append(type.GetElementType()).OfType<Type>().Where(part => part != type).SelectMany(Parts).Append(type);
}
