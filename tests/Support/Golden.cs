using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuMlp.Tests.Support;

/// <summary>
/// The golden files: the tutorial's NumPy notebook, run from start to end in float64 after np.random.seed(0), by NumPy 1.24.2.
/// </summary>
static class Golden
{
    /// <summary>The values of a golden file, row-major; int64 values as doubles.</summary>
    /// <param name="name">For instance "moons_x".</param>
    public static double[] Load(string name)
    {
        byte[] bytes = File.ReadAllBytes(PathOf(name + ".npy"));
        if (!bytes.AsSpan().StartsWith<byte>([0x93, .. "NUMPY"u8, 1, 0]))
            throw new InvalidDataException($"{name}: not a version 1.0 npy file");
        int header = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        string description = Encoding.ASCII.GetString(bytes, 10, header);
        ReadOnlySpan<byte> values = bytes.AsSpan(10 + header);
        if (!description.Contains("'fortran_order': False")) throw new InvalidDataException($"{name}: not row-major");
        if (description.Contains("'<f8'")) return MemoryMarshal.Cast<byte, double>(values).ToArray();
        if (description.Contains("'<i8'")) return [.. MemoryMarshal.Cast<byte, long>(values).ToArray().Select(value => (double)value)];
        throw new InvalidDataException($"{name}: neither float64 nor int64: {description}");
    }

    /// <summary>The same, rounded to float32.</summary>
    public static float[] LoadFloats(string name) => [.. Load(name).Select(value => (float)value)];

    /// <summary>The path of a golden file, beside the test program.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Golden", file);
}
