using System.Globalization;

namespace CudaEmulator.Ptx;

/// <summary>Reads a module: its directives, and its functions one after another.</summary>
sealed class Parser(string text, int capability, int newestVersion)
{
    const int MostParameterBytes = 4352;

    readonly TokenReader reader = new(Lexer.Tokens(text));
    readonly Dictionary<string, Kernel> kernels = [];
    readonly SharedSymbols shared = new();

    public PtxModule Module()
    {
        int version = Version(), target = Target();
        reader.Expect(".address_size");
        if (reader.Count("address size", 64) != 64) throw new PtxError(reader.Line, "only modules with 64-bit addresses are supported");
        while (!reader.AtEnd) TopLevel();
        return new(kernels, target, version);
    }

    int Version()
    {
        reader.Expect(".version");
        int line = reader.Line;
        string number = reader.Number("a version");
        string[] parts = number.Split('.');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) || minor > 9)
            throw new PtxError(line, $"'{number}' is no version");
        int version = 10 * major + minor;
        if (version <= newestVersion) return version;
        string newest = $"{newestVersion / 10}.{newestVersion % 10}";
        throw new PtxError(
            line, $"unsupported .version {number}; the driver knows up to {newest}", CudaError.UnsupportedPtxVersion);
    }

    int Target()
    {
        reader.Expect(".target");
        int line = reader.Line;
        string name = reader.Word("a target");
        if (!name.StartsWith("sm_", StringComparison.Ordinal)
            || !int.TryParse(name[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int target))
        {
            throw new PtxError(line, $"'{name}' is no target");
        }
        if (target <= capability) return target;
        throw new PtxError(line, $"the module is for {name}, the card is an sm_{capability}", CudaError.NoBinaryForGpu);
    }

    void TopLevel()
    {
        int line = reader.Line;
        if (reader.TryRead(".shared"))
        {
            shared.Declare(reader);
            return;
        }
        reader.TryRead(".visible");
        if (reader.TryRead(".entry")) Entry(line);
        else if (reader.TryRead(".func")) Func();
        else throw reader.Unexpected("'.entry', '.func' or '.shared'");
    }

    void Entry(int line)
    {
        string name = reader.Word("a name");
        var parameters = new ParameterSymbols();
        if (reader.TryRead('(')) parameters.DeclareAll(reader, MostParameterBytes);
        var decoder = new FunctionDecoder(reader, parameters, shared.Scope(), isEntry: true);
        decoder.Body();
        if (!kernels.TryAdd(name, decoder.Kernel(name))) throw new PtxError(line, $"'{name}' is defined twice");
    }

    // the emulator has no call, so nothing calls a function; its body must be right all the same
    void Func()
    {
        var parameters = new ParameterSymbols();
        if (reader.TryRead('(')) parameters.DeclareAll(reader, MostParameterBytes);
        reader.Word("a name");
        if (reader.TryRead('(')) parameters.DeclareAll(reader, MostParameterBytes);
        if (reader.TryRead(';')) return;
        new FunctionDecoder(reader, parameters, shared.Scope(), isEntry: false).Body();
    }
}
