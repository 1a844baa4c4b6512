namespace GpuMlp.Kernels.Lanes;

/// <summary>Four floats that lie together in memory: a device reads them in one instruction.</summary>
public readonly struct Four(float v0, float v1, float v2, float v3)
{
    internal readonly float V0 = v0, V1 = v1, V2 = v2, V3 = v3;
}
