namespace CudaEmulator.Ptx;

/// <summary>Variables in one memory space, laid out one after another.</summary>
abstract class Symbols
{
    readonly Dictionary<string, Variable> variables = [];

    /// <summary>Bytes of all variables.</summary>
    public int Bytes { get; private protected set; }

    /// <summary>All variables, by offset.</summary>
    public IReadOnlyList<Variable> InOrder => [.. variables.Values.OrderBy(v => v.Offset)];

    public bool TryGet(string name, out int offset, out int bytes)
    {
        bool found = variables.TryGetValue(name, out Variable variable);
        (offset, bytes) = variable;
        return found;
    }

    private protected void CopyTo(Symbols other)
    {
        foreach ((string name, Variable variable) in variables) other.variables.Add(name, variable);
        other.Bytes = Bytes;
    }

    /// <summary>Reads a declaration such as .align 4 .b8 name[16] or .f32 name.</summary>
    private protected void Declare(TokenReader reader, int mostBytes)
    {
        int line = reader.Line;
        int alignment = reader.TryRead(".align") ? reader.Count("alignment", 256) : 0;
        if (alignment != 0 && !int.IsPow2(alignment)) throw new PtxError(line, $"the alignment {alignment} is no power of two");
        string type = reader.Word("a type");
        int size = type == ".b8" ? 1
            : type[0] == '.' && PtxTypes.TryParse(type[1..], out PtxType known) && known != PtxType.Pred ? known.Size()
            : throw new PtxError(line, $"variables of type '{type}' are not supported");
        string name = reader.Word("a name");
        long bytes = size;
        if (reader.TryRead('['))
        {
            bytes *= reader.Count("length", mostBytes);
            reader.Expect(']');
        }
        alignment = Math.Max(alignment, size);
        long offset = (Bytes + alignment - 1L) / alignment * alignment;
        if (offset + bytes > mostBytes) throw new PtxError(line, $"'{name}' makes more than {mostBytes} bytes");
        if (!variables.TryAdd(name, new((int)offset, (int)bytes))) throw new PtxError(line, $"'{name}' is declared twice");
        Bytes = (int)(offset + bytes);
    }
}

/// <summary>A function's parameters, those that it returns included.</summary>
sealed class ParameterSymbols : Symbols
{
    /// <summary>Reads the declarations up to the closing bracket.</summary>
    public void DeclareAll(TokenReader reader, int mostBytes)
    {
        if (reader.TryRead(')')) return;
        do
        {
            reader.Expect(".param");
            Declare(reader, mostBytes);
        } while (reader.TryRead(','));
        reader.Expect(')');
    }
}

/// <summary>The variables that a module or a function declares in shared memory.</summary>
sealed class SharedSymbols : Symbols
{
    const int MostBytes = 48 << 10;

    public void Declare(TokenReader reader)
    {
        Declare(reader, MostBytes);
        reader.Expect(';');
    }

    /// <summary>A copy, to which a function adds its own variables.</summary>
    public SharedSymbols Scope()
    {
        var scope = new SharedSymbols();
        CopyTo(scope);
        return scope;
    }
}
