using System.Runtime.InteropServices;

namespace CudaEmulator.Memory;

/// <summary>
/// The memory of a card. Its addresses exist nowhere in the process, so a pointer of the wrong kind is found. No address is given twice, so
/// a use after freeing is found. Allocated memory holds NaN until something is written to it.
/// </summary>
/// <param name="capacity">The card's memory in bytes.</param>
sealed unsafe class DeviceMemory(ulong capacity)
{
    /// <summary>The first address of the card; no process on x64 or Arm has an address this high.</summary>
    public const ulong First = 1ul << 52;

    const ulong Alignment = 512, Gap = 1ul << 24;

    readonly Lock changing = new();
    Region[] regions = [];                                  // by address; every change makes a new array, so that kernels need no lock
    ulong next = First + Gap, used;

    public ulong Capacity => capacity;

    public ulong Free => capacity - used;

    public static bool IsDeviceAddress(ulong address) => address >= First;

    static ulong Rounded(ulong bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Allocates; returns 0 where too little memory is left.</summary>
    public ulong Allocate(ulong bytes)
    {
        lock (changing)
        {
            if (bytes > capacity || Rounded(bytes) > Free) return 0;
            void* host;
            try
            {
                host = NativeMemory.AlignedAlloc((nuint)bytes, 64);
            }
            catch (OutOfMemoryException)
            {
                return 0;
            }
            NativeMemory.Fill(host, (nuint)bytes, 0xFF);
            used += Rounded(bytes);
            var region = new Region(next, bytes, (nint)host);
            next += Rounded(bytes) + Gap;
            regions = [.. regions, region];
            return region.Address;
        }
    }

    /// <summary>Frees the allocation at an address; returns false where there is none.</summary>
    public bool TryFree(ulong address)
    {
        lock (changing)
        {
            Region? region = Find(address);
            if (region is null || region.Address != address) return false;
            regions = [.. regions.Where(r => r != region)];
            used -= Rounded(region.Bytes);
            NativeMemory.AlignedFree((void*)region.Host);
            return true;
        }
    }

    /// <summary>Frees everything.</summary>
    public void Clear()
    {
        foreach (Region region in regions) TryFree(region.Address);
    }

    /// <summary>The last allocation that begins at or before an address; null where there is none.</summary>
    public Region? Before(ulong address) => regions.LastOrDefault(r => r.Address <= address);

    /// <summary>The allocation that contains an address; null where there is none.</summary>
    public Region? Find(ulong address)
    {
        Region[] sorted = regions;
        int low = 0, high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Region region = sorted[middle];
            if (address < region.Address) high = middle - 1;
            else if (address - region.Address >= region.Bytes) low = middle + 1;
            else return region;
        }
        return null;
    }
}
