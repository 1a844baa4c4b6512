using GpuMlp.Autograd;

namespace GpuMlp.Cli.Gradients;

/// <summary>A function of matrices, twice: on variables and in float64.</summary>
sealed record GradientCase(string Name, Matrix[] Inputs, Func<Variable[], Variable> OnDevice, Func<Matrix[], Matrix> OnHost)
{
    /// <summary>d(Σ direction · y)/d input k by central differences.</summary>
    internal double[] Differences(int k, Matrix direction)
    {
        const double h = 1e-5;
        double[] values = Inputs[k].Values, gradient = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double centre = values[i];
            values[i] = centre + h;
            double up = Along();
            values[i] = centre - h;
            double down = Along();
            values[i] = centre;
            gradient[i] = (up - down) / (2 * h);
        }
        return gradient;

        double Along() => OnHost(Inputs).Values.Zip(direction.Values, (a, b) => a * b).Sum();
    }
}

/// <summary>A matrix in float64 whose values float32 can hold.</summary>
sealed record Matrix(int Rows, int Columns, double[] Values)
{
    internal static Matrix Random(int rows, int columns, double low, double high, Random random) =>
        new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => (double)(float)(low + (high - low) * random.NextDouble()))]);

    internal double At(int row, int column) => Values[(Rows == 1 ? 0 : row) * Columns + (Columns == 1 ? 0 : column)];

    internal float[,] ToFloat()
    {
        var values = new float[Rows, Columns];
        for (int k = 0; k < Values.Length; k++) values[k / Columns, k % Columns] = (float)Values[k];
        return values;
    }

    internal Matrix Map(Func<double, double> f) => new(Rows, Columns, [.. Values.Select(f)]);

    internal static Matrix Make(int rows, int columns, Func<int, int, double> f) =>
        new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(k => f(k / columns, k % columns))]);

    internal static Matrix Zip(Matrix a, Matrix b, Func<double, double, double> f) =>
        Make(Math.Max(a.Rows, b.Rows), Math.Max(a.Columns, b.Columns), (r, c) => f(a.At(r, c), b.At(r, c)));

    internal static Matrix Product(Matrix a, Matrix b) =>
        Make(a.Rows, b.Columns, (r, c) => Enumerable.Range(0, a.Columns).Sum(k => a.At2(r, k) * b.At2(k, c)));

    double At2(int row, int column) => Values[row * Columns + column];

    internal Matrix Softmax() => Make(Rows, Columns, (r, c) => Math.Exp(At2(r, c)) / Enumerable.Range(0, Columns).Sum(k => Math.Exp(At2(r, k))));

    internal Matrix Total(double divisor) => new(1, 1, [Values.Sum() / divisor]);
}
