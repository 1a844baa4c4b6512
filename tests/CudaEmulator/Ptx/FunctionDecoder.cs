namespace CudaEmulator.Ptx;

/// <summary>Reads a function's body into instructions.</summary>
sealed class FunctionDecoder(TokenReader reader, ParameterSymbols parameters, SharedSymbols shared, bool isEntry)
{
    readonly Registers registers = new();
    readonly List<Instruction> code = [];
    readonly List<int> lines = [];
    readonly Dictionary<string, int> labels = [];
    readonly List<(int Instruction, string Label)> branches = [];
    readonly List<int[]> vectors = [];
    int windows;

    OperandReader Operands => new(reader, registers, shared);

    public Kernel Kernel(string name) =>
        new(name, [.. code], [.. lines], registers.Slots, parameters.InOrder, parameters.Bytes, shared.Bytes, windows, [.. vectors]);

    /// <summary>Reads the function's body.</summary>
    /// <exception cref="PtxError">The body is not PTX, or has something that the emulator lacks.</exception>
    public void Body()
    {
        reader.Expect('{');
        while (!reader.TryRead('}'))
        {
            if (reader.AtEnd) throw new PtxError(reader.Line, "a function does not end");
            if (reader.TryRead(".reg")) registers.Declare(reader);
            else if (reader.TryRead(".shared")) shared.Declare(reader);
            else if (reader.IsFollowedBy(':')) Label();
            else Statement();
        }
        Emit(new(Op.Ret), reader.Line);                              // a function returns at the end of its body
        foreach ((int instruction, string label) in branches)
        {
            if (!labels.TryGetValue(label, out int target)) throw new PtxError(lines[instruction], $"unknown label '{label}'");
            code[instruction] = code[instruction] with { D = target };
        }
    }

    void Label()
    {
        int line = reader.Line;
        string name = reader.Word("a label");
        reader.Expect(':');
        if (!labels.TryAdd(name, code.Count)) throw new PtxError(line, $"the label '{name}' is there twice");
    }

    void Statement()
    {
        int line = reader.Line;
        bool guarded = reader.TryRead('@'), negated = guarded && reader.TryRead('!');
        int guard = guarded ? Operands.Register(PtxType.Pred) : 0;
        string name = reader.Word("an instruction");
        if (name is "bra" or "bra.uni")
        {
            branches.Add((code.Count, reader.Word("a label")));
            Emit(new(!guarded ? Op.Bra : negated ? Op.BraIfNot : Op.BraIf, A: guard), line);
        }
        else
        {
            if (guarded) Emit(new(negated ? Op.SkipIf : Op.SkipIfNot, A: guard), line);
            Emit(Decode(name, line), line);
        }
        reader.Expect(';');
    }

    void Emit(Instruction instruction, int line)
    {
        code.Add(instruction);
        lines.Add(line);
    }

    Instruction Decode(string name, int line)
    {
        if (name is "ret" or "exit") return new(Op.Ret);
        if (name is "bar.sync" or "barrier.sync") return new(Op.Bar, D: reader.Count("barrier", 15));
        if (Shapes.TryGet(name, out Shape shape)) return Plain(shape, name);
        string[] parts = name.Split('.');
        if (parts.Length == 3 && parts[0] is "ld" or "st" && PtxTypes.TryParse(parts[2], out PtxType type) && type != PtxType.Pred)
        {
            switch (parts[1])
            {
                case "param":
                    return parts[0] == "ld" ? LoadParameter(type) : StoreParameter(type, line);
                case "global":
                    return Memory(
                        parts[0], type, windows++, Op.LdGlobal32, Op.LdGlobal64, Op.StGlobal32, Op.StGlobal64, Operands.GlobalAddress);
                case "shared":
                    return Memory(
                        parts[0], type, 0, Op.LdShared32, Op.LdShared64, Op.StShared32, Op.StShared64, Operands.SharedAddress);
            }
        }
        if (parts.Length == 4 && parts[0] is "ld" or "st" && parts[1] is "global" or "shared" && parts[2] is "v2" or "v4"
            && PtxTypes.TryParse(parts[3], out PtxType element) && element != PtxType.Pred && element.Size() == 4)
            return Vector(parts[0] == "ld", parts[1] == "global", element, parts[2] == "v2" ? 2 : 4);
        throw new PtxError(line, $"the emulator has no instruction '{name}'");
    }

    Instruction Vector(bool loads, bool global, PtxType type, int length)
    {
        int[] slots = loads ? Elements(type, length, loads) : [];
        if (loads) reader.Expect(',');
        (int slot, int offset) = global ? Operands.GlobalAddress() : Operands.SharedAddress();
        if (!loads)
        {
            reader.Expect(',');
            slots = Elements(type, length, loads);
        }
        vectors.Add(slots);
        Op op = global ? loads ? Op.LdGlobalVector : Op.StGlobalVector : loads ? Op.LdSharedVector : Op.StSharedVector;
        return new(op, vectors.Count - 1, slot, global ? windows++ : 0, offset);
    }

    int[] Elements(PtxType type, int length, bool loads)
    {
        var slots = new int[length];
        reader.Expect('{');
        for (int i = 0; i < length; i++)
        {
            if (i > 0) reader.Expect(',');
            slots[i] = loads ? Operands.Destination(type) : Operands.Source(type);
        }
        reader.Expect('}');
        return slots;
    }

    Instruction Plain(Shape shape, string name)
    {
        Span<int> slots = stackalloc int[4];
        slots.Clear();
        slots[0] = Operands.Destination(shape.Operands[0]);
        for (int i = 1; i < shape.Operands.Length; i++)
        {
            reader.Expect(',');
            slots[i] = name.StartsWith("cvta", StringComparison.Ordinal) ? Operands.Register(shape.Operands[i])
                : Operands.Source(shape.Operands[i], isMove: name.StartsWith("mov", StringComparison.Ordinal));
        }
        return new(shape.Op, slots[0], slots[1], slots[2], slots[3]);
    }

    Instruction LoadParameter(PtxType type)
    {
        int slot = Operands.Destination(type);
        reader.Expect(',');
        return new(type.Size() == 4 ? Op.LdParam32 : Op.LdParam64, slot, C: Operands.ParameterAddress(parameters, type.Size()));
    }

    Instruction StoreParameter(PtxType type, int line)
    {
        if (isEntry) throw new PtxError(line, "an entry point's parameters cannot be written");
        int offset = Operands.ParameterAddress(parameters, type.Size());
        reader.Expect(',');
        return new(Op.StParam, A: Operands.Source(type), C: offset);
    }

    // of a load D is the destination, of a store D is the value
    Instruction Memory(
        string verb, PtxType type, int window, Op load32, Op load64, Op store32, Op store64, Func<(int Slot, int Offset)> readAddress)
    {
        bool wide = type.Size() == 8;
        if (verb == "ld")
        {
            int target = Operands.Destination(type);
            reader.Expect(',');
            (int slot, int offset) = readAddress();
            return new(wide ? load64 : load32, target, slot, window, offset);
        }
        else
        {
            (int slot, int offset) = readAddress();
            reader.Expect(',');
            return new(wide ? store64 : store32, Operands.Source(type), slot, window, offset);
        }
    }
}
