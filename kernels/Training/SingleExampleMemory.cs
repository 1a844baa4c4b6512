using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Training;

/// <summary>A group's scratch memory: the table of where things begin, and the way of the parameters in and out.</summary>
public readonly partial struct SingleExampleTraining<TActivation, TLoss, TView>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void WriteTable<T>(TView m, int table) where T : struct, ILanes<T, TView>
    {
        int w = table + NetworkShape.TableLength, a = w;
        for (int l = 0; l < shape.Depth; l++) a += shape.ScratchLength(l, T.Width);
        for (int k = 0; k <= shape.Depth; k++)
        {
            T.SetInt(m, table + k * Row, shape.Width(k));
            T.SetInt(m, table + k * Row + Units, a);
            T.SetInt(m, table + k * Row + Weights, w);
            a += 3 * NetworkShape.Pad(shape.Width(k), T.Width);
            if (k < shape.Depth) w += shape.ScratchLength(k, T.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Unpack<T>(TView m, int table, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1), row = shape.RowLength(l, T.Width), length = shape.WeightsLength(l, T.Width);
            int w = T.GetInt(m, table + l * Row + Weights), padded = shape.ScratchLength(l, T.Width);
            if (T.Width > 1)                                         // scalar lanes have no padding, and others work alone
                for (int k = 0; k < padded; k++) T.Set(m, w + k, 0f);
            for (int i = 0; i < inputs; i++)
                for (int o = lane; o < outputs; o += lanes) T.Set(m, w + i * row + o, T.Get(views.Parameters, arena + i * outputs + o));
            for (int o = lane; o < outputs; o += lanes) T.Set(m, w + length + o, T.Get(views.Parameters, arena + inputs * outputs + o));
            arena += shape.ArenaLength(l);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Pack<T>(TView m, int table, TView target, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = shape.Width(l), outputs = shape.Width(l + 1), row = shape.RowLength(l, T.Width), length = shape.WeightsLength(l, T.Width);
            int w = T.GetInt(m, table + l * Row + Weights);
            for (int i = 0; i < inputs; i++)
                for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + i * outputs + o, T.Get(m, w + i * row + o));
            for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + inputs * outputs + o, T.Get(m, w + length + o));
            arena += shape.ArenaLength(l);
        }
    }
}
