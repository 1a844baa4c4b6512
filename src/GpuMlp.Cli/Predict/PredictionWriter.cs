using System.Globalization;
using System.Text;
using GpuMlp.Cli.Output;
using GpuMlp.Layers;
using GpuMlp.Records;

namespace GpuMlp.Cli.Predict;

/// <summary>Writes predictions as CSV: the class and the probability of each, or the value, one line per row.</summary>
sealed class PredictionWriter
{
    const int LongestNumber = 32;

    readonly Stream stream;
    readonly Model model;
    readonly byte[][] names;
    readonly byte[] buffer = new byte[1 << 16];
    int used;

    /// <summary>Writes the header.</summary>
    public PredictionWriter(Stream stream, Model model)
    {
        (this.stream, this.model) = (stream, model);
        string[] classes = [.. model.ClassNames.Count == 1 ? [model.ClassNames[0], "other"] : model.ClassNames];
        names = [.. classes.Select(name => Encoding.UTF8.GetBytes(CsvField.Of(name)))];
        IReadOnlyList<Data.FeatureColumn> labels = model.Preprocessor.Labels;
        string header = classes.Length > 0 ? $"class,{string.Join(',', classes.Select(name => CsvField.Of($"p({name})")))}"
            : model.Network.Outputs == 1 ? "value" : string.Join(',', labels.Select(label => CsvField.Of($"value({label.Label})")));
        Write(Encoding.UTF8.GetBytes(header));
        Write("\n"u8);
        Columns = classes.Length > 0 ? 1 + classes.Length : model.Network.Outputs;
    }

    /// <summary>The number of fields per line.</summary>
    int Columns { get; }

    /// <summary>How many rows had an output that is no finite number.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Writes the classes of some rows.</summary>
    /// <param name="probabilities">The probability of each class, row after row.</param>
    /// <param name="complete">Which of the rows they are.</param>
    /// <param name="rows">The number of rows: those that are not complete have empty fields.</param>
    public void Classes(float[] probabilities, int[] complete, int rows)
    {
        int count = names.Length;
        Rows(complete, rows, k =>
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(k * count, count);
            if (Classification.ClassOf(model.Network.Outputs == 1 ? row[1..] : row) is int best) Write(names[best]);
            else NotFinite++;
            foreach (float probability in row) Number(probability, separated: true);
        });
    }

    /// <summary>Writes the values of some rows.</summary>
    /// <param name="values">The values, row after row.</param>
    /// <param name="complete">Which of the rows they are.</param>
    /// <param name="rows">The number of rows: those that are not complete have empty fields.</param>
    public void Values(double[] values, int[] complete, int rows) => Rows(complete, rows, k =>
    {
        bool finite = true;
        for (int column = 0; column < Columns; column++)
        {
            float value = (float)values[k * Columns + column];
            finite &= float.IsFinite(value);
            Number(value, separated: column > 0);
        }
        if (!finite) NotFinite++;
    });

    void Rows(int[] complete, int rows, Action<int> write)
    {
        for (int row = 0, k = 0; row < rows; row++)
        {
            if (k < complete.Length && complete[k] == row) write(k++);
            else for (int column = 1; column < Columns; column++) Write(","u8);
            Write("\n"u8);
        }
    }

    void Number(float value, bool separated)
    {
        if (buffer.Length - used < LongestNumber) Flush();
        if (separated) buffer[used++] = (byte)',';
        value.TryFormat(buffer.AsSpan(used), out int written, default, CultureInfo.InvariantCulture);
        used += written;
    }

    void Write(ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length - used < bytes.Length) Flush();
        if (bytes.Length > buffer.Length) stream.Write(bytes);
        else
        {
            bytes.CopyTo(buffer.AsSpan(used));
            used += bytes.Length;
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Flush()
    {
        stream.Write(buffer.AsSpan(0, used));
        used = 0;
    }
}
