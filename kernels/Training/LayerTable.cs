using System.Runtime.CompilerServices;
using GpuMlp.Kernels.Lanes;

namespace GpuMlp.Kernels.Training;

/// <summary>
/// The table of a network's layers in a group's scratch memory. Row k holds the number of units of width k, where their values begin, and
/// where the weights of layer k begin, which leads from width k to width k + 1.
/// </summary>
/// <remarks>A kernel asks it at every step: a device's compiler writes out a choice of eight per call of NetworkShape.Width.</remarks>
/// <param name="memory">The scratch memory.</param>
/// <param name="at">Where the table begins in it.</param>
readonly struct LayerTable<T, TView>(TView memory, int at) where T : struct, ILanes<T, TView> where TView : struct
{
    // columns of a row
    const int UnitsColumn = 0, ValuesColumn = 1, WeightsColumn = 2;

    /// <summary>The number of units of width k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Units(int k) => T.GetInt(memory, at + LayerTable.RowLength * k + UnitsColumn);

    /// <summary>Where the values of width k begin, which lie as <see cref="UnitValues"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Values(int k) => T.GetInt(memory, at + LayerTable.RowLength * k + ValuesColumn);

    /// <summary>Where the weights of layer k begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Weights(int k) => T.GetInt(memory, at + LayerTable.RowLength * k + WeightsColumn);

    /// <summary>Sets the number of units of width k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetUnits(int k, int units) => T.SetInt(memory, at + LayerTable.RowLength * k + UnitsColumn, units);

    /// <summary>Sets where the values of width k and the weights of layer k begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetPlaces(int k, int values, int weights)
    {
        T.SetInt(memory, at + LayerTable.RowLength * k + ValuesColumn, values);
        T.SetInt(memory, at + LayerTable.RowLength * k + WeightsColumn, weights);
    }
}

/// <summary>The size of a table of layers.</summary>
static class LayerTable
{
    /// <summary>Integers per row; a whole number of 16 bytes.</summary>
    internal const int RowLength = 4;

    /// <summary>Integers of the table of the deepest network, rounded up to whole vectors.</summary>
    internal const int Length = 48;
}

/// <summary>How the values of one width lie: activations, pre-activations and the gradients of these, each as long as the others.</summary>
static class UnitValues
{
    /// <summary>Floats of all three, of so many values each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Length(int count) => 3 * count;

    /// <summary>Where the pre-activations begin whose activations begin at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int PreActivations(int activations, int count) => activations + count;

    /// <summary>Where the gradients begin of pre-activations whose activations begin at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Gradients(int activations, int count) => activations + 2 * count;
}
