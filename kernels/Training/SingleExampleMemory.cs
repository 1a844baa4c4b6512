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
        var layers = new LayerTable<T, TView>(m, table);
        int w = table + LayerTable.Length, a = w;
        for (int k = 0; k <= shape.Depth; k++) layers.SetUnits(k, shape.Width(k));
        for (int l = 0; l < shape.Depth; l++) a += NetworkShape.ScratchLength(layers.Units(l), layers.Units(l + 1), T.Width);
        for (int k = 0; k <= shape.Depth; k++)
        {
            layers.SetPlaces(k, a, w);
            a += UnitValues.Length(NetworkShape.Pad(layers.Units(k), T.Width));
            if (k < shape.Depth) w += NetworkShape.ScratchLength(layers.Units(k), layers.Units(k + 1), T.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Unpack<T>(TView m, int table, int arena, int lane, int lanes) where T : struct, ILanes<T, TView>
    {
        var layers = new LayerTable<T, TView>(m, table);
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = layers.Units(l), outputs = layers.Units(l + 1), w = layers.Weights(l);
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
        var layers = new LayerTable<T, TView>(m, table);
        for (int l = 0; l < shape.Depth; l++)
        {
            int inputs = layers.Units(l), outputs = layers.Units(l + 1), w = layers.Weights(l);
            int row = NetworkShape.RowLength(outputs, T.Width), length = NetworkShape.WeightsLength(inputs, outputs, T.Width);
            for (int i = 0; i < inputs; i++)
                for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + i * outputs + o, T.Get(m, w + i * row + o));
            for (int o = lane; o < outputs; o += lanes) T.Set(target, arena + inputs * outputs + o, T.Get(m, w + length + o));
            arena += NetworkShape.ArenaLength(inputs, outputs);
        }
    }
}
