namespace CudaEmulator.Interpreter;

/// <summary>The allocation that an instruction found last, with the last offset at which what it reads still fits.</summary>
unsafe struct Window
{
    public ulong Address, Limit;
    public byte* Host;

    /// <summary>Holds no address that an instruction can ask for: none of one byte alone.</summary>
    public static Window Empty => new() { Address = ulong.MaxValue };
}
