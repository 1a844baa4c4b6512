namespace CudaEmulator.Interpreter;

/// <summary>The allocation that an instruction accessed last, with the largest offset at which its access still fits.</summary>
unsafe struct Window
{
    public ulong Address, Limit;
    public byte* Host;

    /// <summary>A window that contains no address an instruction could access.</summary>
    public static Window Empty => new() { Address = ulong.MaxValue };
}
