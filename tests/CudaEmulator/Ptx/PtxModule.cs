namespace CudaEmulator.Ptx;

/// <summary>
/// One step of the interpreter. D, A, B and C are slots of a thread's registers, or have a meaning that depends on the op.
/// </summary>
readonly record struct Instruction(Op Op, int D = 0, int A = 0, int B = 0, int C = 0);

/// <summary>An entry point, ready to run.</summary>
/// <param name="Name">Its name in the module.</param>
/// <param name="Code">
/// Its instructions. A branch's D is the index of its target; an address's C is the offset, and its B the index of its window.
/// </param>
/// <param name="Lines">For each instruction its line in the module's text.</param>
/// <param name="Slots">The first values of a thread's registers: special registers come first, constants last.</param>
/// <param name="Parameters">Its parameters, in order.</param>
/// <param name="ParameterBytes">Bytes of all parameters.</param>
/// <param name="SharedBytes">Bytes of shared memory that it declares.</param>
/// <param name="Windows">How many instructions access global memory.</param>
/// <param name="Vectors">The slots of each vector of registers; the D of an access to a vector is an index into it.</param>
sealed record Kernel(
    string Name, Instruction[] Code, int[] Lines, ulong[] Slots,
    IReadOnlyList<Variable> Parameters, int ParameterBytes, int SharedBytes, int Windows, int[][] Vectors);

/// <summary>The place of a variable in its memory space.</summary>
readonly record struct Variable(int Offset, int Bytes);

/// <summary>A module of PTX: its entry points by name.</summary>
sealed record PtxModule(IReadOnlyDictionary<string, Kernel> Kernels, int Target, int Version)
{
    /// <summary>Reads a module's text.</summary>
    /// <param name="text">PTX.</param>
    /// <param name="capability">The compute capability of the card, times ten.</param>
    /// <param name="newestVersion">The newest PTX version that the driver knows, times ten.</param>
    /// <exception cref="PtxError">
    /// The text is not PTX, has an instruction that the emulator lacks, or is for another card or driver.
    /// </exception>
    public static PtxModule Parse(string text, int capability = 80, int newestVersion = 84) =>
        new Parser(text, capability, newestVersion).Module();
}
