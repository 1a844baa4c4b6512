namespace GpuMlp.Cli.Gradcheck;

/// <summary>A matrix of float64 values, row-major. Inputs of a <see cref="GradientCase"/> hold values that float32 can represent.</summary>
sealed record Matrix(int Rows, int Columns, double[] Values)
{
    internal static Matrix Random(int rows, int columns, double low, double high, Random random) =>
        new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => (double)(float)(low + (high - low) * random.NextDouble()))]);

    // a matrix of one row or one column is repeated, as ops broadcast it
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

    internal static Matrix Product(Matrix a, Matrix b)
    {
        var values = new double[a.Rows * b.Columns];
        for (int r = 0; r < a.Rows; r++)
            for (int k = 0; k < a.Columns; k++)
                for (int c = 0; c < b.Columns; c++)
                    values[r * b.Columns + c] += a.Values[r * a.Columns + k] * b.Values[k * b.Columns + c];
        return new(a.Rows, b.Columns, values);
    }

    // 1 / Σₖ exp(xₖ - x): no exponential overflows before the quotient is 0
    internal Matrix Softmax() => Make(Rows, Columns, (r, c) =>
        1 / Enumerable.Range(0, Columns).Sum(k => Math.Exp(Values[r * Columns + k] - Values[r * Columns + c])));

    /// <summary>The sum of all values over a divisor, as a 1 by 1 matrix.</summary>
    internal Matrix Total(double divisor) => new(1, 1, [Values.Sum() / divisor]);
}
