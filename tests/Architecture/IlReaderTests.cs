#pragma warning disable CA1822, CA1823, CS0169, CS0649, CS0067 // members exist for their IL

namespace GpuMlp.Tests.Architecture;

/// <summary>The IL reader finds a type wherever another type can use it: one marker type for each kind of use.</summary>
public class IlReaderTests
{
    [Theory]
    [InlineData("Base")]
    [InlineData("Interface`1")]
    [InlineData("InterfaceArgument")]
    [InlineData("Constraint")]
    [InlineData("MethodConstraint")]
    [InlineData("TypeMarkAttribute")]
    [InlineData("FieldMarkAttribute")]
    [InlineData("MethodMarkAttribute")]
    [InlineData("ParameterMarkAttribute")]
    [InlineData("Field")]
    [InlineData("Parameter")]
    [InlineData("Return")]
    [InlineData("Pointer")]
    [InlineData("FunctionPointer")]
    [InlineData("Local")]
    [InlineData("Caught")]
    [InlineData("Cast")]
    [InlineData("Token")]
    [InlineData("GenericArgument")]
    [InlineData("AfterSwitch")]
    [InlineData("EnumArgument")]
    public void EveryWayToUseATypeIsSeen(string marker) =>
        Assert.Contains(Read(typeof(User<>)).Types, type => type.FullName == $"{typeof(IlReaderTests).FullName}+{marker}");

    [Fact]
    public void MembersCarryTheirTypeNameAndParameters()
    {
        var use = Read(typeof(User<>));
        Assert.Contains(new MemberName(Name(typeof(AfterSwitch)), ".ctor", 0), use.Members);
        Assert.Contains(new MemberName(Name(typeof(Other)), nameof(Other.Take), 1), use.Members);
    }

    [Fact]
    public void NestedTypesBelongToTheOutermostNamespace()
    {
        var use = Read(typeof(User<>));
        Assert.Equal("GpuMlp.Tests.Architecture", use.Type.Namespace);
        Assert.Equal(typeof(IlReaderTests).FullName, use.Type.Outermost);
        Assert.Equal(Name(typeof(Interface<>)), Assert.Single(use.Interfaces));
    }

    [Fact]
    public void OnlyPublicStructsAreSaidToBeOne()
    {
        Assert.True(Read(typeof(PublicStruct)).IsPublicStruct);
        Assert.False(Read(typeof(PrivateStruct)).IsPublicStruct);
        Assert.False(Read(typeof(IlReaderTests)).IsPublicStruct);
    }

    static TypeUse Read(Type type) => Project.Tests.Single(use => use.Type == Name(type));

    static TypeName Name(Type type) => new(type.Assembly.GetName().Name!, type.FullName!);

    public struct PublicStruct;

    struct PrivateStruct;

    class Base;

    interface Interface<T>;

    class InterfaceArgument;

    class Constraint;

    class MethodConstraint;

    sealed class TypeMarkAttribute : Attribute;

    sealed class FieldMarkAttribute : Attribute;

    sealed class MethodMarkAttribute : Attribute;

    sealed class ParameterMarkAttribute : Attribute;

    class Field;

    class Parameter;

    class Return;

    struct Pointer;

    class FunctionPointer;

    class Local;

    class Caught : Exception;

    class Cast;

    class Token;

    class GenericArgument;

    class AfterSwitch;

    enum EnumArgument { One = 1 }

    static class Other
    {
        internal static void Take(EnumArgument value) => _ = value;
    }

    [TypeMark]
    class User<T> : Base, Interface<InterfaceArgument[]> where T : Constraint
    {
        [FieldMark] readonly Field[,]? field;
        readonly unsafe delegate*<FunctionPointer, void> functionPointer;

        [MethodMark]
        static unsafe Return? Signature<TMethod>([ParameterMark] ref Parameter parameter, Pointer* pointer)
            where TMethod : MethodConstraint => null;

        static object Body(object thing, int choice)
        {
            Local? local = null;
            try
            {
                switch (choice)                                     // a jump table: its length comes before its targets
                {
                    case 0: return typeof(Token);
                    case 1: return Array.Empty<GenericArgument>();
                    case 2: return (Cast)thing;
                    case 3: Other.Take(EnumArgument.One); break;
                    case 4: local = Unknown<Local>(); break;
                }
            }
            catch (Caught)
            {
                choice++;
            }
            return local ?? (object)new AfterSwitch();
        }

        static TAny? Unknown<TAny>() => default;
    }
}
