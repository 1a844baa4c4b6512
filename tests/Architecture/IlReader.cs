using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace GpuMlp.Tests.Architecture;

/// <summary>Reads a compiled assembly and lists, for each of its types, the types and members that it uses anywhere.</summary>
/// <remarks>
/// Counted are base types, interfaces, generic constraints, attributes, fields, signatures, locals, caught exceptions, and every token in a
/// method body together with the signature behind it (an enum constant is a bare integer in IL, but the callee's signature names its type).
/// Not counted, because IL does not have them: constants, which the compiler copies, and a typeof among an attribute's arguments.
/// </remarks>
sealed class IlReader
{
    static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    readonly PEReader image;
    readonly MetadataReader metadata;
    readonly TypeNames names;
    TypeUse use;                                            // the uses of the type or of the method that is being read

    IlReader(PEReader image, MetadataReader metadata, string assembly, TypeDefinitionHandle type)
    {
        (this.image, this.metadata) = (image, metadata);
        names = new TypeNames(assembly);
        use = new TypeUse(new TypeName(assembly, TypeNames.NameOf(metadata, type))) { IsPublicStruct = IsPublicStruct(type) };
    }

    /// <summary>Every type of the assembly file at <paramref name="path"/>, nested and compiler-generated ones included.</summary>
    public static IReadOnlyList<TypeUse> Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var metadata = image.GetMetadataReader();
        string assembly = metadata.GetString(metadata.GetAssemblyDefinition().Name);
        return [.. metadata.TypeDefinitions.Select(type => new IlReader(image, metadata, assembly, type).ReadType(type))];
    }

    TypeUse ReadType(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        Add(type.BaseType);
        foreach (var item in type.GetInterfaceImplementations().Select(metadata.GetInterfaceImplementation))
        {
            Add(item.Interface);
            use.Interfaces.Add(NamesOf(item.Interface)[0]);
        }
        AddConstraints(type.GetGenericParameters());
        AddAttributes(type.GetCustomAttributes());
        use.IsGenerated = use.Type.FullName.StartsWith('<') || use.Types.Any(t => t.FullName.EndsWith(".CompilerGeneratedAttribute")
            || t.FullName.EndsWith(".GeneratedCodeAttribute"));
        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            use.Types.UnionWith(field.DecodeSignature(names, null));
            AddAttributes(field.GetCustomAttributes());
        }
        foreach (var property in type.GetProperties()) AddAttributes(metadata.GetPropertyDefinition(property).GetCustomAttributes());
        foreach (var e in type.GetEvents()) AddAttributes(metadata.GetEventDefinition(e).GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition)) ReadMethod(method);
        return use;
    }

    void ReadMethod(MethodDefinition method)
    {
        var type = use;
        use = new TypeUse(type.Type);
        int parameters = Add(method.DecodeSignature(names, null));
        ReadMethodUses(method);
        var name = new MemberName(type.Type, metadata.GetString(method.Name), parameters);
        if (!type.Methods.TryAdd(name, use)) type.Methods[name].Add(use);
        type.Add(use);
        use = type;
    }

    void ReadMethodUses(MethodDefinition method)
    {
        AddConstraints(method.GetGenericParameters());
        AddAttributes(method.GetCustomAttributes());
        foreach (var parameter in method.GetParameters()) AddAttributes(metadata.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0) return;                     // abstract, or implemented elsewhere
        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        Add(body.LocalSignature);
        foreach (var region in body.ExceptionRegions) Add(region.CatchType);
        foreach (var token in Tokens(body.GetILReader())) Add(token);
    }

    static IEnumerable<EntityHandle> Tokens(BlobReader il)
    {
        while (il.RemainingBytes > 0)
        {
            int code = il.ReadByte();
            if (code == 0xFE) code = 0xFE00 | il.ReadByte();
            switch (Operands[code])
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType:
                case OperandType.InlineTok or OperandType.InlineSig:
                    yield return MetadataTokens.EntityHandle(il.ReadInt32());
                    break;
                case OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case var operand:
                    il.Offset += Size(operand);
                    break;
            }
        }
    }

    static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                AddMember(method.GetDeclaringType(), method.Name, Add(method.DecodeSignature(names, null)));
                break;
            case HandleKind.FieldDefinition:
                var field = metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                use.Types.UnionWith(field.DecodeSignature(names, null));
                AddMember(field.GetDeclaringType(), field.Name, 0);
                break;
            case HandleKind.MemberReference:
                AddReference(metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodSpecification:
                var specification = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                use.Types.UnionWith(specification.DecodeSignature(names, null).SelectMany(argument => argument));
                Add(specification.Method);
                break;
            case HandleKind.StandaloneSignature:
                var signature = metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                if (signature.GetKind() == StandaloneSignatureKind.Method) Add(signature.DecodeMethodSignature(names, null));
                else use.Types.UnionWith(signature.DecodeLocalSignature(names, null).SelectMany(local => local));
                break;
            default:
                use.Types.UnionWith(NamesOf(handle));
                break;
        }
    }

    void AddReference(MemberReference member)
    {
        int parameters = 0;
        if (member.GetKind() == MemberReferenceKind.Method) parameters = Add(member.DecodeMethodSignature(names, null));
        else use.Types.UnionWith(member.DecodeFieldSignature(names, null));
        if (member.Parent.Kind == HandleKind.MethodDefinition) Add(member.Parent);              // a call with __arglist
        else AddMember(member.Parent, member.Name, parameters);
    }

    void AddMember(EntityHandle owner, StringHandle name, int parameters)
    {
        var types = NamesOf(owner);
        use.Types.UnionWith(types);
        if (types.Length > 0) use.Members.Add(new MemberName(types[0], metadata.GetString(name), parameters));
    }

    int Add(MethodSignature<ImmutableArray<TypeName>> signature)
    {
        use.Types.UnionWith([.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(parameter => parameter)]);
        return signature.ParameterTypes.Length;
    }

    void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(metadata.GetGenericParameter))
            foreach (var constraint in parameter.GetConstraints()) Add(metadata.GetGenericParameterConstraint(constraint).Type);
    }

    void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes) Add(metadata.GetCustomAttribute(attribute).Constructor);
    }

    ImmutableArray<TypeName> NamesOf(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => names.GetTypeFromDefinition(metadata, (TypeDefinitionHandle)handle, 0),
        HandleKind.TypeReference => names.GetTypeFromReference(metadata, (TypeReferenceHandle)handle, 0),
        HandleKind.TypeSpecification => names.GetTypeFromSpecification(metadata, null, (TypeSpecificationHandle)handle, 0),
        _ => throw new BadImageFormatException($"{use.Type}: a token of kind {handle.Kind} where a type was expected."),
    };

    bool IsPublicStruct(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public or TypeAttributes.NestedPublic
            && type.BaseType is { IsNil: false, Kind: HandleKind.TypeReference } parent
            && names.GetTypeFromReference(metadata, (TypeReferenceHandle)parent, 0)[0].FullName == "System.ValueType";
    }
}
