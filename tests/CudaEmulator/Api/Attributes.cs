namespace CudaEmulator.Api;

/// <summary>The attributes of a card of a compute capability.</summary>
static class Attributes
{
    const int Major = 75, Minor = 76;

    /// <summary>The value of a CUdevice_attribute; null for one that the emulator does not know.</summary>
    public static int? Value(int attribute, Settings settings) => Value(attribute, settings.Capability, settings);

    static int? Value(int attribute, int capability, Settings settings) => attribute switch
    {
        Major => capability / 10,
        Minor => capability % 10,
        1 or 2 or 3 => settings.GroupThreads,
        4 => Math.Min(Launches.MostThreadsZ, settings.GroupThreads),
        5 => Launches.MostGroups,
        6 or 7 => Launches.MostGroupsYZ,
        8 => settings.SharedBytes,
        9 => 64 << 10,                                        // constant memory
        10 => 32,                                             // threads of a warp
        11 => int.MaxValue,                                   // pitch of a copy
        12 or 82 => 64 << 10,                                 // registers of a group, of a multiprocessor
        13 => 1_410_000,                                      // kHz
        14 => 512,                                            // alignment of a texture
        15 or 19 or 31 or 41 or 83 => 1,                      // overlap, mapped memory, concurrent kernels, one address space, managed
        16 => capability >= 80 ? 108 : capability >= 70 ? 80 : 16,
        17 or 18 or 20 or 32 or 35 or 50 or 91 => 0,          // time limit, integrated, compute mode, ECC, TCC, PCI domain, host pointers
        33 => 1,                                              // PCI bus
        34 => 0,                                              // PCI device
        36 => 1_215_000,                                      // kHz of the memory
        37 => 5120,                                           // bits of the memory's bus
        38 => capability >= 80 ? 40 << 20 : 4 << 20,          // level-2 cache
        39 => capability is 75 ? 1024 : capability is 86 or 89 ? 1536 : 2048,
        40 => 2,                                              // copy engines
        81 => capability >= 90 ? 228 << 10 : capability >= 80 ? 164 << 10 : capability >= 70 ? 96 << 10 : 64 << 10,
        90 => capability >= 60 ? 1 : 0,                       // preemption
        _ => null,
    };
}
