using CsCheck;
using GpuMlp.Autograd;
using GpuMlp.Cli.Gradcheck;
using GpuMlp.Devices;
using GpuMlp.Tests.Kernels;

namespace GpuMlp.Tests.Autograd;

/// <summary>Random expression trees: results and gradients of combined ops, compared with float64.</summary>
public class ExpressionTests
{
    const int Cases = 1_000;

    [Fact]
    public void RandomTreesMatchFloat64()
    {
        using var device = ComputeDevice.Open("cpu");
        Gen.Int[0, int.MaxValue - 1].Sample(seed => Check(device, seed), iter: Cases, threads: 1);
    }

    static void Check(ComputeDevice device, int seed)
    {
        var random = new Random(seed);
        Matrix[] inputs =
        [
            Matrix.Random(3, 4, -1, 1, random), Matrix.Random(1, 4, -1, 1, random),
            Matrix.Random(3, 1, -1, 1, random), Matrix.Random(1, 1, -1, 1, random),
        ];
        Expression tree = Expression.Random(random, depth: 4, rows: 3, columns: 4);
        Variable[] x = [.. inputs.Select(m => Variable.From(device, m.ToFloat(), wantsGradient: true))];
        Variable y = tree.OnDevice(x);
        Matrix expected = tree.OnHost(inputs);
        Close(seed, tree, "value", expected.Values, y.ToArray());
        if (y.Rows * y.Columns != 12) throw new InvalidOperationException($"{tree.Text} is {y.Shape}");

        Matrix direction = Matrix.Random(3, 4, -1, 1, random);
        y.Backward(Variable.From(device, direction.ToFloat()));
        var test = new GradientCase(tree.Text, inputs, tree.OnDevice, tree.OnHost);
        for (int k = 0; k < inputs.Length; k++)
            if (x[k].Gradient is Variable gradient) Close(seed, tree, $"gradient {k}", test.Differences(k, direction), gradient.ToArray());
            else Assert.All(test.Differences(k, direction), d => Assert.Equal(0, d, 1e-9));
    }

    static void Close(int seed, Expression tree, string what, double[] expected, float[] actual)
    {
        double scale = 1 + expected.Max(Math.Abs);
        for (int k = 0; k < expected.Length; k++)
        {
            string message = $"seed {seed}, {tree.Text}: {what} {k} is {actual[k]:R}, {expected[k]:R} is right";
            Assert.True(Math.Abs(expected[k] - actual[k]) <= 1e-4 * scale, message);
        }
    }
}

/// <summary>
/// A tree of ops over four inputs: 3 × 4, 1 × 4, 3 × 1 and 1 × 1. Its ops are smooth and keep values small, so that differences can judge
/// it.
/// </summary>
sealed record Expression(string Text, Func<Variable[], Variable> OnDevice, Func<Matrix[], Matrix> OnHost)
{
    static readonly (int Rows, int Columns)[] Inputs = [(3, 4), (1, 4), (3, 1), (1, 1)];

    static readonly (string, Func<Variable, Variable>, Func<double, double>)[] Functions =
    [
        ("tanh", x => x.Tanh(), Math.Tanh), ("sigmoid", x => x.Sigmoid(), v => 1 / (1 + Math.Exp(-v))),
        ("softplus", x => x.Softplus(), v => Math.Log(1 + Math.Exp(v))), ("silu", x => x.Silu(), v => v / (1 + Math.Exp(-v))),
        ("exp-tanh", x => x.Tanh().Exp(), v => Math.Exp(Math.Tanh(v))), ("log-square", x => (x * x + 1f).Log(), v => Math.Log(v * v + 1)),
        ("clamp", x => x.Clamp(-100, 100), v => v), ("negate", x => -x, v => -v),
    ];

    static readonly (string, Func<Variable, Variable, Variable>, Func<double, double, double>)[] Operators =
    [
        ("+", (a, b) => a + b, (a, b) => a + b),
        ("-", (a, b) => a - b, (a, b) => a - b),
        ("*", (a, b) => a.Tanh() * b, (a, b) => Math.Tanh(a) * b),
        ("/", (a, b) => a / (b * b + 1f), (a, b) => a / (b * b + 1)),
    ];

    internal static Expression Random(Random random, int depth, int rows, int columns)
    {
        if (depth == 0) return Leaf(random, rows, columns);
        switch (random.Next(10))
        {
            case < 3:
                var (name, device, host) = Functions[random.Next(Functions.Length)];
                Expression x = Random(random, depth - 1, rows, columns);
                return new($"{name}({x.Text})", v => device(x.OnDevice(v)), m => x.OnHost(m).Map(host));
            case < 7:
                return Binary(random, depth, rows, columns);
            case 7:
                int inner = random.Next(1, 6);
                Expression a = Random(random, depth - 1, rows, inner), b = Random(random, depth - 1, inner, columns);
                return new($"({a.Text} @ {b.Text})",
                    v => a.OnDevice(v).Tanh().MatMul(b.OnDevice(v)),
                    m => Matrix.Product(a.OnHost(m).Map(Math.Tanh), b.OnHost(m)));
            case 8:
                Expression t = Random(random, depth - 1, columns, rows);
                return new($"{t.Text}ᵀ", v => t.OnDevice(v).Transpose(), m => Transposed(t.OnHost(m)));
            default:
                Expression s = Random(random, depth - 1, rows, columns);
                return new($"softmax({s.Text})", v => s.OnDevice(v).Softmax(), m => s.OnHost(m).Softmax());
        }
    }

    // the second operand may be repeated to the first one's shape, or be the same expression
    static Expression Binary(Random random, int depth, int rows, int columns)
    {
        var (name, device, host) = Operators[random.Next(Operators.Length)];
        Expression a = Random(random, depth - 1, rows, columns);
        Expression Repeated() => Random(random, depth - 1, random.Next(2) == 0 ? 1 : rows, random.Next(2) == 0 ? 1 : columns);
        Expression b = random.Next(4) == 0 ? a : Repeated();
        (Expression left, Expression right) = random.Next(2) == 0 ? (a, b) : (b, a);
        return new($"({left.Text} {name} {right.Text})",
            v => device(left.OnDevice(v), right.OnDevice(v)),
            m => Matrix.Zip(left.OnHost(m), right.OnHost(m), host));
    }

    // an input of this shape, else the mean of an input, repeated
    static Expression Leaf(Random random, int rows, int columns)
    {
        int[] fitting = [.. Enumerable.Range(0, 4).Where(k => Inputs[k] == (rows, columns))];
        if (fitting.Length > 0) return new($"x{fitting[0]}", v => v[fitting[0]], m => m[fitting[0]]);
        int input = random.Next(4);
        var ones = new float[rows, columns];
        foreach (ref float one in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref ones[0, 0], ones.Length)) one = 1;
        return new($"mean(x{input})", v => v[input].Mean() * Variable.From(v[input].Device, ones),
            m => Matrix.Make(rows, columns, (_, _) => m[input].Values.Average()));
    }

    static Matrix Transposed(Matrix a) => Matrix.Make(a.Columns, a.Rows, (r, c) => a.Values[c * a.Columns + r]);
}
