using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Tables;

namespace GpuMlp.Records;

/// <summary>A trained network with what it takes to use it on a user's own rows: columns, scaling, classes.</summary>
/// <param name="Network">The network; the code that loads it disposes it.</param>
/// <param name="Window">The part of the input plane that its pictures show, in the data's own units; null if there is none.</param>
/// <param name="Standardizer">How its inputs were standardized; null if they are the data's own values.</param>
/// <param name="ClassNames">The name of each class, by class number; empty if the network returns numbers.</param>
public sealed record Model(Sequential Network, Window? Window, Standardizer? Standardizer, IReadOnlyList<string> ClassNames)
{
    /// <summary>How its inputs were made of a table; null if they are the table's columns as they are, all numbers.</summary>
    public TablePreprocessor? Columns { get; init; }

    /// <summary>How the targets of a regression were scaled; null if the network returns them in their own units.</summary>
    public Standardizer? Targets { get; init; }

    /// <summary>The predicted class of each row, by class number; -1 where the network returned no number.</summary>
    /// <param name="table">Rows in their own units, with the columns that the network was trained on; labels are not needed.</param>
    /// <param name="rows">The rows of the table, in their order; null for all.</param>
    /// <exception cref="InvalidDataException">The table lacks a column, or a value is missing or not allowed.</exception>
    /// <exception cref="InvalidOperationException">The network returns numbers and no classes.</exception>
    public int[] PredictClass(DataTable table, IReadOnlyList<int>? rows = null)
    {
        float[] probabilities = PredictProbability(table, rows);
        int classes = Math.Max(2, Network.Outputs);
        var predicted = new int[probabilities.Length / classes];
        // of one output it is the probability of class 1 that decides
        int first = Network.Outputs == 1 ? 1 : 0;
        for (int row = 0; row < predicted.Length; row++)
            predicted[row] = Classification.ClassOf(probabilities.AsSpan(row * classes + first, classes - first)) ?? -1;
        return predicted;
    }

    /// <summary>The probability of each class for each row, (rows, classes) row after row.</summary>
    /// <inheritdoc cref="PredictClass" path="/param"/>
    /// <inheritdoc cref="PredictClass" path="/exception"/>
    public float[] PredictProbability(DataTable table, IReadOnlyList<int>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ClassNames);
        if (ClassNames.Count == 0) throw new InvalidOperationException("the network returns numbers and no classes; take Predict");
        return Probabilities(Encode(table, rows));
    }

    /// <summary>The predicted numbers of a regression in their own units, (rows, targets) row after row.</summary>
    /// <inheritdoc cref="PredictClass" path="/param"/>
    /// <exception cref="InvalidDataException">The table lacks a column, or a value is missing or not allowed.</exception>
    /// <exception cref="InvalidOperationException">The network returns classes and no numbers.</exception>
    public double[] Predict(DataTable table, IReadOnlyList<int>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ClassNames);
        if (ClassNames.Count > 0) throw new InvalidOperationException(
            "the network returns classes and no numbers; take PredictProbability");
        return Numbers(Encode(table, rows));
    }

    /// <summary>How its inputs are made of a table: <see cref="Columns"/>, or the first columns as they are.</summary>
    public TablePreprocessor Preprocessor => Columns ?? TablePreprocessor.OfNumbers(Network.Inputs, ClassNames ?? [], Network.Outputs);

    float[] Encode(DataTable table, IReadOnlyList<int>? rows) => Preprocessor.Encode(table, Standardizer, rows);

    float[] Probabilities(float[] inputs)
    {
        float[] outputs = Network.PredictLogits(inputs);
        int columns = Network.Outputs, count = outputs.Length / columns;
        if (columns > 1)
        {
            for (int row = 0; row < count; row++) Classification.Softmax(outputs.AsSpan(row * columns, columns));
            return outputs;
        }
        var probabilities = new float[2 * count];
        for (int row = 0; row < count; row++)
        {
            float one = Sigmoid.Of(outputs[row]);
            (probabilities[2 * row], probabilities[2 * row + 1]) = (1 - one, one);
        }
        return probabilities;
    }

    double[] Numbers(float[] inputs)
    {
        float[] outputs = Network.Predict(inputs);
        var numbers = new double[outputs.Length];
        for (int k = 0; k < numbers.Length; k++) numbers[k] = Targets?.Undo(outputs[k], k % Network.Outputs) ?? outputs[k];
        return numbers;
    }
}
