namespace CudaEmulator.Ptx;

/// <summary>One step of the interpreter. D, A, B and C are slots of a thread's registers, or what the op says.</summary>
readonly record struct Instruction(Op Op, int D = 0, int A = 0, int B = 0, int C = 0);

/// <summary>An entry point, ready to run.</summary>
/// <param name="Name">Its name in the module.</param>
/// <param name="Code">Its instructions; a branch's D is the index that it goes to, an address's C the offset, its B the place in the cache of windows.</param>
/// <param name="Lines">The line of the module's text that each instruction stands on.</param>
/// <param name="Slots">What a thread's registers hold at its start: the first are the special registers, the last the constants.</param>
/// <param name="Parameters">Its parameters, in their order.</param>
/// <param name="ParameterBytes">Bytes of all parameters.</param>
/// <param name="SharedBytes">Bytes of the shared memory that it declares.</param>
/// <param name="Windows">How many instructions look up global memory.</param>
sealed record Kernel(
    string Name, Instruction[] Code, int[] Lines, ulong[] Slots, IReadOnlyList<Variable> Parameters, int ParameterBytes, int SharedBytes, int Windows);

/// <summary>Where a variable lies in its space of memory.</summary>
readonly record struct Variable(int Offset, int Bytes);

/// <summary>A module of PTX: its entry points by name.</summary>
sealed record PtxModule(IReadOnlyDictionary<string, Kernel> Kernels, int Target, int Version)
{
    /// <summary>Reads a module's text.</summary>
    /// <param name="text">PTX.</param>
    /// <param name="capability">The compute capability of the card that it is for, times ten.</param>
    /// <param name="newestVersion">The newest PTX version that the driver knows, times ten.</param>
    /// <exception cref="PtxError">The text is no PTX, has an instruction that the emulator lacks, or is for another card or driver.</exception>
    public static PtxModule Parse(string text, int capability = 80, int newestVersion = 84) => new Parser(text, capability, newestVersion).Module();
}
