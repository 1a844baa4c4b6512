using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace GpuMlp.Tests.Architecture;

/// <summary>
/// A type's full name (nested types after '+', arity after '`') and the assembly in which the reader of the IL has to look for it.
/// </summary>
readonly record struct TypeName(string Assembly, string FullName)
{
    /// <summary>The full name of the outermost type around this one; its own name where it is not nested.</summary>
    public string Outermost => FullName.Split('+')[0];

    /// <summary>The namespace of the outermost type, empty for none.</summary>
    public string Namespace => Outermost.LastIndexOf('.') is > 0 and int dot ? Outermost[..dot] : "";

    public override string ToString() => FullName;
}

/// <summary>A method or field that IL names, with the number of a method's parameters (0 for a field).</summary>
readonly record struct MemberName(TypeName Type, string Name, int Parameters)
{
    public override string ToString() => $"{Type}.{Name}";
}

/// <summary>One type of an assembly and everything that it uses.</summary>
sealed class TypeUse(TypeName type)
{
    /// <summary>The type itself.</summary>
    public TypeName Type { get; } = type;

    /// <summary>Whether it is a public struct, at any depth of nesting.</summary>
    public bool IsPublicStruct { get; init; }

    /// <summary>Whether the compiler or a source generator made it.</summary>
    public bool IsGenerated { get; set; }

    /// <summary>The interfaces that it implements, generic ones by their definition.</summary>
    public HashSet<TypeName> Interfaces { get; } = [];

    /// <summary>Every type that it uses, itself included where it names itself.</summary>
    public HashSet<TypeName> Types { get; } = [];

    /// <summary>Every method and field that it uses.</summary>
    public HashSet<MemberName> Members { get; } = [];

    /// <summary>What each of its methods uses; overloads with the same number of parameters share an entry.</summary>
    public Dictionary<MemberName, TypeUse> Methods { get; } = [];

    /// <summary>Adds what <paramref name="other"/> uses to what this type uses.</summary>
    public void Add(TypeUse other)
    {
        Types.UnionWith(other.Types);
        Members.UnionWith(other.Members);
    }
}

/// <summary>Decodes a signature into the names of all types in it; a generic instantiation's definition comes first.</summary>
sealed class TypeNames(string assembly) : ISignatureTypeProvider<ImmutableArray<TypeName>, object?>
{
    public ImmutableArray<TypeName> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        [new TypeName(assembly, NameOf(reader, handle))];

    public ImmutableArray<TypeName> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var outer = GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)[0];
                return [outer with { FullName = $"{outer.FullName}+{name}" }];
            case HandleKind.AssemblyReference:
                var home = reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
                return [new TypeName(reader.GetString(home.Name), Join(reader.GetString(type.Namespace), name))];
            default:
                return [new TypeName(assembly, Join(reader.GetString(type.Namespace), name))];
        }
    }

    public ImmutableArray<TypeName> GetTypeFromSpecification(
        MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public ImmutableArray<TypeName> GetGenericInstantiation(
        ImmutableArray<TypeName> type, ImmutableArray<ImmutableArray<TypeName>> arguments) =>
        [.. type, .. arguments.SelectMany(argument => argument)];

    public ImmutableArray<TypeName> GetFunctionPointerType(MethodSignature<ImmutableArray<TypeName>> signature) =>
        [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(parameter => parameter)];

    public ImmutableArray<TypeName> GetModifiedType(ImmutableArray<TypeName> modifier, ImmutableArray<TypeName> type, bool isRequired) =>
        [.. type, .. modifier];

    public ImmutableArray<TypeName> GetArrayType(ImmutableArray<TypeName> element, ArrayShape shape) => element;

    public ImmutableArray<TypeName> GetSZArrayType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetByReferenceType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetPointerType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetPinnedType(ImmutableArray<TypeName> element) => element;

    public ImmutableArray<TypeName> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public ImmutableArray<TypeName> GetGenericMethodParameter(object? context, int index) => [];

    public ImmutableArray<TypeName> GetGenericTypeParameter(object? context, int index) => [];

    /// <summary>The full name of a type that the assembly itself defines.</summary>
    public static string NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? $"{NameOf(reader, outer)}+{name}"
            : Join(reader.GetString(type.Namespace), name);
    }

    static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
