namespace CudaEmulator.Memory;

/// <summary>What one allocation holds: its address on the card, its bytes, and where they lie in this process.</summary>
sealed unsafe record Region(ulong Address, ulong Bytes, nint Host)
{
    /// <summary>Whether so many bytes from an address on are all within it.</summary>
    public bool Holds(ulong address, ulong bytes) => address >= Address && bytes <= Bytes && address - Address <= Bytes - bytes;

    public byte* At(ulong address) => (byte*)Host + (address - Address);
}
