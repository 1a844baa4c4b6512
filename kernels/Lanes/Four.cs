namespace GpuMlp.Kernels.Lanes;

/// <summary>Four floats that lie together in memory: a device reads or writes them in one instruction.</summary>
public readonly struct Four(float v0, float v1, float v2, float v3)
{
    internal readonly float V0 = v0, V1 = v1, V2 = v2, V3 = v3;

    /// <summary>Writes the floats one by one, for memory that has no wider access.</summary>
    internal void Store<T, TView>(TView view, int i) where T : struct, ILanes<T, TView> where TView : struct
    {
        T.Set(view, i, V0);
        T.Set(view, i + 1, V1);
        T.Set(view, i + 2, V2);
        T.Set(view, i + 3, V3);
    }
}
