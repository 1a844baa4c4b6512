namespace CudaEmulator.Memory;

/// <summary>One allocation: its address on the card, its bytes, and its address in this process.</summary>
sealed unsafe record Region(ulong Address, ulong Bytes, nint Host)
{
    /// <summary>Whether all bytes from an address on are within the allocation.</summary>
    public bool Holds(ulong address, ulong bytes) => address >= Address && bytes <= Bytes && address - Address <= Bytes - bytes;

    public byte* At(ulong address) => (byte*)Host + (address - Address);
}
