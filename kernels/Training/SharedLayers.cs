using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Numerics;

namespace GpuMlp.Kernels.Training;

/// <summary>A layer's inputs in shared memory, and the weights that lead on from them.</summary>
/// <param name="units">The number of inputs.</param>
/// <param name="values">
/// Where their values begin, 64 floats each: activations, pre-activations, and the biases of these.
/// </param>
/// <param name="weights">
/// Where the weights begin: per four outputs a run, in which an input has four weights. The weights of a single output are in a row.
/// </param>
/// <param name="run">Floats from one run to the next.</param>
readonly struct SharedLayer(int units, int values, int weights, int run)
{
    /// <summary>Integers of a layer in the table of layers, and of that table.</summary>
    internal const int RowLength = 4, TableLength = RowLength * NetworkShape.MaxDepth;

    internal const int PreActivations = 64, Biases = 128, ValuesLength = 192;

    // terms of a sum over inputs, and over outputs, that are taken together
    internal const int InputsTogether = 8, OutputsTogether = StridedSum.Partials;

    internal readonly int Units = units, Values = values, Weights = weights, Run = run;

    /// <summary>Floats of a run: four more than there are weights, so that neighbouring runs lie in other banks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int RunLength(int inputs) => 4 * NetworkShape.Pad(inputs, InputsTogether) + 4;

    /// <summary>Floats of a layer's weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int WeightsLength(int inputs, int outputs) =>
        outputs == 1 ? 64 : NetworkShape.Pad(outputs, OutputsTogether) / 4 * RunLength(inputs);

    /// <summary>Floats of all layers.</summary>
    internal static int Floats(NetworkShape shape)
    {
        int floats = 0;
        for (int l = 0; l < shape.Depth; l++) floats += ValuesLength + WeightsLength(shape.Width(l), shape.Width(l + 1));
        return floats;
    }
}

/// <summary>The layers of a network in shared memory, for <see cref="SharedTraining{TActivation, TLoss, TSize, TView}"/>.</summary>
/// <param name="shared">The memory.</param>
/// <param name="table">Where the table of layers begins in it.</param>
readonly struct SharedLayers<T, TView>(TView shared, int table) where T : struct, ILanes<T, TView> where TView : struct
{
    internal SharedLayer this[int l]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Four row = T.GetFour(shared, table + SharedLayer.RowLength * l);
            return new(Bits.Of(row.V0), Bits.Of(row.V1), Bits.Of(row.V2), Bits.Of(row.V3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteTable(NetworkShape shape, int at)
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            int units = shape.Width(l), row = table + SharedLayer.RowLength * l;
            T.SetInt(shared, row, units);
            T.SetInt(shared, row + 1, at);
            at += SharedLayer.ValuesLength;
            T.SetInt(shared, row + 2, at);
            T.SetInt(shared, row + 3, SharedLayer.RunLength(units));
            at += SharedLayer.WeightsLength(units, shape.Width(l + 1));
        }
    }

    /// <summary>Fills values with 0 and weights with -0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Clear(NetworkShape shape, int lane, int lanes)
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            SharedLayer layer = this[l];
            int end = layer.Weights + SharedLayer.WeightsLength(layer.Units, shape.Width(l + 1));
            for (int k = layer.Values + lane; k < end; k += lanes) T.Set(shared, k, k < layer.Weights ? 0f : -0f);
        }
    }

    /// <summary>Reads the parameters, which begin at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Load(NetworkShape shape, TView parameters, int at, int lane, int lanes)
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            SharedLayer layer = this[l];
            int outputs = shape.Width(l + 1), weights = layer.Units * outputs;
            for (int k = lane; k < weights; k += lanes)
                T.Set(shared, layer.Weights + Place(k, outputs, layer.Run), T.Get(parameters, at + k));
            if (outputs > 1 && lane < outputs)
                T.Set(shared, this[l + 1].Values + SharedLayer.Biases + lane, T.Get(parameters, at + weights + lane));
            at += NetworkShape.ArenaLength(layer.Units, outputs);
        }
    }

    /// <summary>Writes the parameters back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Save(NetworkShape shape, TView parameters, int at, int lane, int lanes)
    {
        for (int l = 0; l < shape.Depth; l++)
        {
            SharedLayer layer = this[l];
            int outputs = shape.Width(l + 1), weights = layer.Units * outputs;
            for (int k = lane; k < weights; k += lanes)
                T.Set(parameters, at + k, T.Get(shared, layer.Weights + Place(k, outputs, layer.Run)));
            if (outputs > 1 && lane < outputs)
                T.Set(parameters, at + weights + lane, T.Get(shared, this[l + 1].Values + SharedLayer.Biases + lane));
            at += NetworkShape.ArenaLength(layer.Units, outputs);
        }
    }

    // of weight k in the arena
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Place(int k, int outputs, int run) => outputs == 1 ? k : k % outputs / 4 * run + k / outputs * 4 + k % outputs % 4;

    /// <summary>
    /// The pre-activations and activations of two neighbouring units: ascending over the inputs, from their biases. They share what is read
    /// of the inputs, and their weights lie together.
    /// </summary>
    /// <param name="layer">The layer's inputs.</param>
    /// <param name="next">Its units.</param>
    /// <param name="unit">The first of the two.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Forward<TActivation>(SharedLayer layer, SharedLayer next, int unit) where TActivation : struct, IActivation
    {
        if (unit >= next.Units) return;
        TView a = T.From(shared, layer.Values), w = T.From(shared, layer.Weights + (unit >> 2) * layer.Run + (unit & 3));
        TView value = T.From(shared, next.Values + unit);
        Two z = T.GetTwo(value, SharedLayer.Biases);
        for (int left = layer.Units; left > 0; left -= SharedLayer.InputsTogether)
        {
            var x = new Eight(T.GetFour(a, 0), T.GetFour(a, 4));
            z = Two.Fma(x.V0, T.GetTwo(w, 0), z);
            z = Two.Fma(x.V1, T.GetTwo(w, 4), z);
            z = Two.Fma(x.V2, T.GetTwo(w, 8), z);
            z = Two.Fma(x.V3, T.GetTwo(w, 12), z);
            z = Two.Fma(x.V4, T.GetTwo(w, 16), z);
            z = Two.Fma(x.V5, T.GetTwo(w, 20), z);
            z = Two.Fma(x.V6, T.GetTwo(w, 24), z);
            z = Two.Fma(x.V7, T.GetTwo(w, 28), z);
            a = T.From(a, SharedLayer.InputsTogether);
            w = T.From(w, 4 * SharedLayer.InputsTogether);
        }
        float second = EightActivations.Forward<TActivation, T, TView>(z.V1);
        if (unit + 1 == next.Units) second = 0f;                                  // the activation of a unit that is not there stays 0
        T.SetTwo(value, 0, new Two(EightActivations.Forward<TActivation, T, TView>(z.V0), second));
        T.SetTwo(value, SharedLayer.PreActivations, z);
    }

    /// <summary>The gradient at a unit of the last hidden layer, whose weight in the output is then updated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float OutputBackward<TActivation>(TView value, TView weight, float g, float down) where TActivation : struct, IActivation
    {
        float w = T.Get(weight, 0);
        T.Set(weight, 0, Rounding.Fma(down, Rounding.Fma(g, T.Get(value, 0), 0f), w));
        return Derivative<TActivation>(T.Get(value, SharedLayer.PreActivations), Rounding.Fma(g, w, 0f));
    }

    /// <summary>
    /// The gradient at an input of a layer: the strided sum over the outputs, then the activation's derivative. The weights of the input
    /// are updated in passing, and the bias of the output of the same number.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float Backward<TActivation>(SharedLayer layer, SharedLayer next, int unit, TView gradients, float down)
        where TActivation : struct, IActivation
    {
        UpdateBias(next, unit, gradients, down);
        if (unit >= layer.Units) return 0f;
        TView value = T.From(shared, layer.Values + unit), w = T.From(shared, layer.Weights + 4 * unit);
        float x = T.Get(value, 0);
        Eight low = default, high = default;
        for (int left = next.Units; left > 0; left -= SharedLayer.OutputsTogether)
        {
            low = Outputs(gradients, w, layer.Run, x, down, low);
            high = Outputs(T.From(gradients, 8), T.From(w, 2 * layer.Run), layer.Run, x, down, high);
            w = T.From(w, 4 * layer.Run);
            gradients = T.From(gradients, SharedLayer.OutputsTogether);
        }
        return Derivative<TActivation>(T.Get(value, SharedLayer.PreActivations), StridedSum.Total(low, high));
    }

    // the terms of eight outputs, and the update of their weights
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Eight Outputs(TView gradients, TView w, int run, float x, float down, Eight sums)
    {
        TView second = T.From(w, run);
        var dy = new Eight(T.GetFour(gradients, 0), T.GetFour(gradients, 4));
        var weights = new Eight(T.GetFour(w, 0), T.GetFour(second, 0));
        Eight updated = Eight.Fma(down, Eight.Fma(x, dy, default), weights);
        T.SetFour(w, 0, updated.Low);
        T.SetFour(second, 0, updated.High);
        return Eight.Fma(weights, dy, sums);
    }

    /// <summary>Updates the first layer: the weights and the bias of an output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void UpdateFirst(SharedLayer layer, SharedLayer next, int unit, TView gradients, float down)
    {
        UpdateBias(next, unit, gradients, down);
        if (unit >= next.Units) return;
        float g = T.Get(gradients, unit);
        TView x = T.From(shared, layer.Values), w = T.From(shared, layer.Weights + (unit >> 2) * layer.Run + (unit & 3));
        for (int left = layer.Units; left > 0; left--)
        {
            T.Set(w, 0, Rounding.Fma(down, Rounding.Fma(T.Get(x, 0), g, 0f), T.Get(w, 0)));
            x = T.From(x, 1);
            w = T.From(w, 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void UpdateBias(SharedLayer next, int unit, TView gradients, float down)
    {
        if (unit >= next.Units) return;
        TView bias = T.From(shared, next.Values + SharedLayer.Biases + unit);
        T.Set(bias, 0, Rounding.Fma(down, 0f + T.Get(gradients, unit), T.Get(bias, 0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Derivative<TActivation>(float z, float dy) where TActivation : struct, IActivation =>
        T.First(TActivation.Backward<T, TView>(T.Splat(z), T.Splat(dy)));
}
