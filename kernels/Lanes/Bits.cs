namespace GpuMlp.Kernels.Lanes;

/// <summary>Bit patterns that several lanes share.</summary>
static class Bits
{
    /// <summary>√½ as float32: mantissas are taken from [√½, √2) so that log's argument is centred on 1.</summary>
    public const uint SqrtHalf = 0x3F3504F3;
}
