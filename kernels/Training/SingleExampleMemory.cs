using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Randomness;

namespace GpuMlp.Kernels.Training;

// a group's scratch memory: the table of where things begin, and how parameters are copied in and out
public readonly partial struct SingleExampleTraining<TActivation, TLoss, TView>
{
    // The scratch memory of a network, in this order: partial sums of the output; the table; parameters; units. At its end lie the memory
    // of SideBySideTraining, then the logits and labels whose losses are still to be computed.
    internal int Table(int network) => network * plan.ScratchLength + shape.PartialSums;

    internal int Records(int network) => (network + 1) * plan.ScratchLength - TrainingScratch.RecordLength;

    internal int FirstRow<T>(int network) where T : struct, ILanes<T, TView> =>
        T.GetInt(views.Networks, NetworkRow.Length * network + NetworkRow.FirstRow);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal PhiloxBlock Draw<T>(int network, int step) where T : struct, ILanes<T, TView>
    {
        int row = NetworkRow.Length * network;
        uint low = (uint)T.GetInt(views.Networks, row + NetworkRow.SeedLow);
        uint high = (uint)T.GetInt(views.Networks, row + NetworkRow.SeedHigh);
        return Philox.StreamBlock(low, high, (ulong)(step >> 2), plan.Stream, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void WriteTable<T>(TView m, int table) where T : struct, ILanes<T, TView>
    {
        // each width is read from the shape once: a device's compiler writes out the whole choice of Width for every call
        int w = table + TrainingScratch.TableLength, a = w;
        for (int k = 0; k <= shape.Depth; k++) T.SetInt(m, table + k * Row, shape.Width(k));
        for (int t = table; t < table + shape.Depth * Row; t += Row)
            a += NetworkShape.ScratchLength(T.GetInt(m, t), T.GetInt(m, t + Row), T.Width);
        for (int k = 0; k <= shape.Depth; k++)
        {
            int t = table + k * Row, units = T.GetInt(m, t);
            T.SetInt(m, t + Units, a);
            T.SetInt(m, t + Weights, w);
            a += 3 * NetworkShape.Pad(units, T.Width);
            if (k < shape.Depth) w += NetworkShape.ScratchLength(units, T.GetInt(m, t + Row), T.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Unpack<T>(TView m, int table, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int t = table + l * Row, inputs = T.GetInt(m, t), outputs = T.GetInt(m, t + Row), w = T.GetInt(m, t + Weights);
            int row = NetworkShape.RowLength(outputs, T.Width), length = NetworkShape.WeightsLength(inputs, outputs, T.Width);
            int padded = NetworkShape.ScratchLength(inputs, outputs, T.Width);
            if (T.Width > 1)                                         // scalar lanes have no padding; wider ones are alone in their group
                for (int k = 0; k < padded; k++) T.Set(m, w + k, 0f);
            for (int i = 0; i < inputs; i++)
                for (int o = lane; o < outputs; o += lanes) T.Set(m, w + i * row + o, T.Get(views.Parameters, arena + i * outputs + o));
            for (int o = lane; o < outputs; o += lanes) T.Set(m, w + length + o, T.Get(views.Parameters, arena + inputs * outputs + o));
            arena += NetworkShape.ArenaLength(inputs, outputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Pack<T>(TView m, int table, TView target, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int t = table + l * Row, inputs = T.GetInt(m, t), outputs = T.GetInt(m, t + Row), w = T.GetInt(m, t + Weights);
            int row = NetworkShape.RowLength(outputs, T.Width), length = NetworkShape.WeightsLength(inputs, outputs, T.Width);
            for (int i = 0; i < inputs; i++)
                for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + i * outputs + o, T.Get(m, w + i * row + o));
            for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + inputs * outputs + o, T.Get(m, w + length + o));
            arena += NetworkShape.ArenaLength(inputs, outputs);
        }
    }
}
