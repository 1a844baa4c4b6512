using System.Globalization;
using System.Reflection;

namespace GpuMlp.Tests.Architecture;

/// <summary>The public API of an assembly as text: a line for each type and member that a user can see.</summary>
static class ApiText
{
    const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<Type, string> keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    static readonly NullabilityInfoContext nullability = new();

    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Declaration(type)));

    static string Declaration(Type type)
    {
        string kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type switch
            {
                { IsAbstract: true, IsSealed: true } => "static class",
                { IsAbstract: true } => "abstract class",
                { IsSealed: true } => "sealed class",
                _ => "class",
            };
        IEnumerable<Type> inherited =
            type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).OrderBy(Name, StringComparer.Ordinal);
        if (type.BaseType is Type parent && parent != typeof(object) && !type.IsValueType) inherited = inherited.Prepend(parent);
        string after = type.IsEnum || kind == "delegate" || !inherited.Any() ? "" : $" : {string.Join(", ", inherited.Select(Name))}";
        return $"{kind} {Name(type)}{after}";
    }

    static IEnumerable<string> Members(Type type)
    {
        string of = Name(type);
        foreach (FieldInfo field in type.GetFields(Declared))
        {
            if (field.IsSpecialName || !(field.IsPublic || field.IsFamily)) continue;
            string value = field.IsLiteral ? $" = {Constant(field.GetRawConstantValue())}" : "";
            yield return $"  {(field.IsStatic ? "static " : "")}{of}.{field.Name}{value} -> {Name(field.FieldType)}";
        }
        foreach (MethodBase method in type.GetConstructors(Declared).Cast<MethodBase>().Concat(type.GetMethods(Declared)).Where(IsVisible))
        {
            string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            string name = method is ConstructorInfo ? $"{of}" : $"{of}.{method.Name}{generic}";
            string result = method is MethodInfo { ReturnParameter: var returned }
                ? $" -> {Name(returned.ParameterType)}{Mark(returned)}" : "";
            yield return $"  {Modifiers(method)}{name}({string.Join(", ", method.GetParameters().Select(Text))}){result}";
        }
    }

    static bool IsVisible(MethodBase method) => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
        && !method.Name.Contains('<', StringComparison.Ordinal) && method.Name != "Finalize";

    static string Modifiers(MethodBase method) => (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "")
        + (method.IsAbstract ? "abstract " : method is MethodInfo { IsVirtual: true, IsFinal: false } made && !made.DeclaringType!.IsSealed
            ? made.GetBaseDefinition() == made ? "virtual " : "override " : "");

    static string Text(ParameterInfo parameter)
    {
        string value = parameter.HasDefaultValue ? $" = {Constant(parameter.RawDefaultValue ?? "null")}" : "";
        string way = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        return $"{way}{Name(parameter.ParameterType)}{Mark(parameter)} {parameter.Name}{value}";
    }

    static string Constant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    static string Mark(ParameterInfo parameter) => !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef
        && nullability.Create(parameter).ReadState == NullabilityState.Nullable ? "?" : "";

    static string Name(Type type)
    {
        if (keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is Type inner) return $"{Name(inner)}?";
        if (type.IsGenericParameter) return type.Name;
        bool ours = type.Namespace?.StartsWith("GpuMlp.", StringComparison.Ordinal) == true;
        string name = ours ? $"{type.Namespace!["GpuMlp.".Length..]}." : "";
        if (type.DeclaringType is Type outer) name = $"{Name(outer)}.";
        name += type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
