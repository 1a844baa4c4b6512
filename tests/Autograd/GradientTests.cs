using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Tests;

/// <summary>Every op: forward against float64, gradients against float64 central differences, on every device, odd shapes and broadcasts.</summary>
public class GradientTests
{
    static readonly Dictionary<string, GradientCase> All = GradientCases.All().ToDictionary(c => c.Name);

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (DeviceDescription device in ComputeDevice.List().Where(d => d.IsAvailable))
            foreach (string name in All.Keys) cases.Add(device.Id, name);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndGradientsMatchFloat64(string deviceId, string name)
    {
        ComputeDevice device = Opened.Device(deviceId);
        GradientCase test = All[name];
        Variable[] x = [.. test.Inputs.Select(m => Variable.From(device, m.ToFloat(), wantsGradient: true))];
        Variable y = test.OnDevice(x);
        Matrix expected = test.OnHost(test.Inputs);
        Close($"{name} forward", expected.Values, y.ToArray(), 4e-6);

        Matrix direction = Matrix.Random(y.Rows, y.Columns, -1, 1, new Random(7));
        y.Backward(Variable.From(device, direction.ToFloat()));
        for (int k = 0; k < x.Length; k++)
            Close($"{name} gradient {k}", test.Differences(k, direction), x[k].Gradient!.ToArray(), 2e-5);
    }

    static void Close(string what, double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs(expected[k] - actual[k]);
            Assert.True(error <= tolerance * (1 + Math.Abs(expected[k])), $"{what}: element {k} is {actual[k]:R}, {expected[k]:R} is right");
        }
    }

    static class Opened
    {
        static readonly Dictionary<string, ComputeDevice> Devices = [];

        internal static ComputeDevice Device(string id)
        {
            if (!Devices.TryGetValue(id, out ComputeDevice? device)) Devices[id] = device = ComputeDevice.Open(id);
            return device;
        }
    }
}

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
