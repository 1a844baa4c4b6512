namespace CudaEmulator.Ptx;

/// <summary>The PTX versions that drivers know (PTX ISA, "Release History").</summary>
static class PtxVersions
{
    /// <summary>The newest PTX version, times ten, for a driver's version (12040 stands for CUDA 12.4).</summary>
    public static int Newest(int driver) => (driver / 1000, driver % 1000 / 10) switch
    {
        ( < 9, _) => 50,
        (9, 0) => 60,
        (9, 1) => 61,
        (9, _) => 62,
        (10, 0) => 63,
        (10, 1) => 64,
        (10, _) => 65,
        (11, var minor) => 70 + Math.Min(minor, 8),
        (12, var minor) => 80 + (minor <= 6 ? Math.Min(minor, 5) : minor - 1),
        _ => 90,
    };
}
