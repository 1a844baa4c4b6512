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

    /// <summary>Transposes a square of four by four float by float, for lanes that have no instructions for it.</summary>
    internal static void Transpose<T, TView>(TView from, int fromStep, TView to, int toStep)
        where T : struct, ILanes<T, TView> where TView : struct
    {
        for (int line = 0; line < 4; line++)
            for (int k = 0; k < 4; k++) T.Set(to, k * toStep + line, T.Get(from, line * fromStep + k));
    }
}
