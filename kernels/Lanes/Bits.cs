using ILGPU;

namespace GpuMlp.Kernels.Lanes;

/// <summary>Bit patterns that several lane types share.</summary>
static class Bits
{
    /// <summary>√½ as float32: mantissas lie in [√½, √2), so that the argument of log is centred on 1.</summary>
    public const uint SqrtHalf = 0x3F3504F3;

    /// <summary>The bits of a float as an integer.</summary>
    public static int Of(float value) => (int)Interop.FloatAsInt(value);
}
