using GpuMlp.Randomness;
using GpuMlp.Settings;

namespace GpuMlp.Data;

/// <summary>Collects labelled points of the plane in float64 and makes a data set of them.</summary>
sealed class PointBuilder
{
    readonly double[] coordinates;
    readonly int[] labels;
    readonly double? noise;
    int count;

    /// <summary>Allocates the points. Noise is the deviation of the noise that Finish adds; null for none, which draws nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public PointBuilder(int samples, double? noise)
    {
        Ranges.Samples.Require(samples);
        if (noise is double deviation) Ranges.Noise.Require(deviation, nameof(noise));
        (coordinates, labels, this.noise) = (new double[2 * samples], new int[samples], noise);
    }

    public void Add(double x, double y, int label)
    {
        (coordinates[2 * count], coordinates[2 * count + 1], labels[count]) = (x, y, label);
        count++;
    }

    /// <summary>Shuffles the points, then adds the noise in row-major order, which is the order of scikit-learn's draws.</summary>
    public DataSet Finish(string name, RandomStream random, bool shuffle, int classes = 2)
    {
        ArgumentNullException.ThrowIfNull(random);
        int[] rows = [.. Enumerable.Range(0, count)];
        if (shuffle) random.Shuffle<int>(rows);
        var values = new double[count, 2];
        var rowLabels = new float[count];
        for (int row = 0; row < count; row++)
        {
            for (int axis = 0; axis < 2; axis++)
            {
                double added = noise is double deviation ? deviation * random.NextNormal() : 0;
                values[row, axis] = coordinates[2 * rows[row] + axis] + added;
            }
            rowLabels[row] = labels[rows[row]];
        }
        return new DataSet(name, values, rowLabels, [.. Enumerable.Range(0, classes).Select(label => label.ToString())]);
    }
}
