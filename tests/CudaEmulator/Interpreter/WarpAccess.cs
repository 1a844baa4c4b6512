namespace CudaEmulator.Interpreter;

/// <summary>What an access of a warp's lanes costs, by the addresses of the lanes that make it.</summary>
static class WarpAccess
{
    public const int Lanes = 32;

    /// <summary>The address of a lane that makes no access.</summary>
    public const ulong None = ulong.MaxValue;

    const int SectorBytes = 32, WordBytes = 4, Banks = 32;

    /// <summary>The sectors of 32 bytes of global memory that the lanes touch; an aligned access of a lane lies in one.</summary>
    public static int Sectors(ReadOnlySpan<ulong> addresses)
    {
        Span<ulong> seen = stackalloc ulong[Lanes];
        int count = 0;
        foreach (ulong address in addresses)
        {
            ulong sector = address / SectorBytes;
            if (address != None && !seen[..count].Contains(sector)) seen[count++] = sector;
        }
        return count;
    }

    /// <summary>
    /// How many more turns the lanes take than without conflicts: in a turn each of the 32 banks of shared memory gives one word. Lanes
    /// that access the same word share it. Accesses of 8 and 16 bytes go by half and quarter warps.
    /// </summary>
    public static int Conflicts(ReadOnlySpan<ulong> addresses, int bytes)
    {
        int words = bytes / WordBytes, lanes = Lanes / words, more = 0;
        Span<ulong> seen = stackalloc ulong[Lanes];
        Span<int> ofBank = stackalloc int[Banks];
        for (int first = 0; first < Lanes; first += lanes)
        {
            int count = 0, turns = 0;
            ofBank.Clear();
            foreach (ulong address in addresses.Slice(first, lanes))
            {
                for (int w = 0; address != None && w < words; w++)
                {
                    ulong word = address / WordBytes + (ulong)w;
                    if (seen[..count].Contains(word)) continue;
                    seen[count++] = word;
                    turns = Math.Max(turns, ++ofBank[(int)(word % Banks)]);
                }
            }
            more += Math.Max(turns - 1, 0);
        }
        return more;
    }
}
