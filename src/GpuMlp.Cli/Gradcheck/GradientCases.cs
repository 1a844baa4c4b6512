using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using static System.Math;

namespace GpuMlp.Cli.Gradcheck;

/// <summary>Every op, layer and loss, each with its definition in float64.</summary>
static class GradientCases
{
    // each shape takes another branch in the kernels: flat, rows, repeated rows, columns, values
    static readonly (int, int)[] Shapes = [(1, 1), (1, 17), (19, 1), (7, 5), (3, 33)];

    internal static IEnumerable<GradientCase> All() =>
        [.. Elementwise(), .. Arithmetic(), .. Products(), .. Rest(), .. Losses(), .. LayersOnVariables()];

    static Matrix Values(int rows, int columns, int seed = 1, double low = -2, double high = 2) =>
        Matrix.Random(rows, columns, low, high, new Random(seed));

    // moves values away from kinks, where a central difference is no derivative
    static Matrix OffKinks(Matrix x, params double[] kinks) => x.Map(v => kinks.Any(k => Abs(v - k) < 1e-3) ? v + 0.0078125 : v);

    static IEnumerable<GradientCase> Elementwise()
    {
        (string, Func<Variable, Variable>, Func<double, double>, double, double)[] functions =
        [
            ("relu", x => x.Relu(), Activations.Of(Activation.ReLU).Value, -2, 2),
            ("leaky-relu", x => x.LeakyRelu(), Activations.Of(Activation.LeakyReLU).Value, -2, 2),
            ("tanh", x => x.Tanh(), Tanh, -3, 3),
            ("sigmoid", x => x.Sigmoid(), References.Sigmoid, -6, 6),
            ("silu", x => x.Silu(), Activations.Of(Activation.SiLU).Value, -6, 6),
            ("exp", x => x.Exp(), Exp, -3, 2),
            ("log", x => x.Log(), Log, 0.1, 5),
            ("softplus", x => x.Softplus(), References.Softplus, -6, 6),
            ("clamp", x => x.Clamp(-0.5f, 1), x => Clamp(x, -0.5, 1), -2, 2),
            ("clamp-min", x => x.Clamp(min: 0), x => Max(x, 0), -2, 2),
            ("negate", x => -x, x => -x, -2, 2),
            ("scalars", x => 2f * x / 4f - 1f + (3f - x) * 0.5f, x => 2 * x / 4 - 1 + (3 - x) * 0.5, -2, 2),
            ("inverse", x => 1f / x, x => 1 / x, 0.5, 3),
        ];
        foreach (var (name, device, host, low, high) in functions)
            foreach (var (rows, columns) in Shapes)
            {
                Matrix[] input = [OffKinks(Values(rows, columns, 1, low, high), 0, -0.5, 1)];
                yield return new($"{name} {rows}x{columns}", input, x => device(x[0]), x => x[0].Map(host));
            }
    }

    static IEnumerable<GradientCase> Arithmetic()
    {
        (string, Func<Variable, Variable, Variable>, Func<double, double, double>)[] operators =
        [
            ("+", (a, b) => a + b, (a, b) => a + b),
            ("-", (a, b) => a - b, (a, b) => a - b),
            ("*", (a, b) => a * b, (a, b) => a * b),
            ("/", (a, b) => a / b, (a, b) => a / b),
        ];
        ((int, int), (int, int))[] shapes =
        [
            ((7, 5), (7, 5)), ((1, 1), (1, 1)), ((9, 21), (1, 21)), ((1, 21), (9, 21)), ((9, 21), (9, 1)), ((9, 1), (9, 21)),
            ((9, 21), (1, 1)), ((1, 1), (9, 21)), ((9, 1), (1, 21)), ((1, 21), (9, 1)), ((19, 1), (1, 1)), ((19, 1), (19, 1)),
        ];
        foreach (var (name, device, host) in operators)
            foreach (var ((m, n), (p, q)) in shapes)
            {
                Matrix[] inputs = [Values(m, n), Values(p, q, 2, 0.5, 2)];
                yield return new($"{name} {m}x{n} {p}x{q}", inputs, x => device(x[0], x[1]), x => Matrix.Zip(x[0], x[1], host));
            }
        yield return new("x * x", [Values(5, 3)], x => x[0] * x[0], x => x[0].Map(v => v * v));
    }

    static IEnumerable<GradientCase> Products()
    {
        foreach (var (n, i, o) in ((int, int, int)[])[(1, 1, 1), (1, 2, 50), (1, 50, 1), (5, 3, 1), (7, 17, 5), (3, 5, 33)])
        {
            Matrix[] inputs = [Values(n, i), Values(i, o, 2)];
            yield return new($"matmul {n}x{i} {i}x{o}", inputs, x => x[0].MatMul(x[1]), x => Matrix.Product(x[0], x[1]));
        }
    }

    static IEnumerable<GradientCase> Rest()
    {
        foreach (var (rows, columns) in Shapes)
        {
            string shape = $"{rows}x{columns}";
            Matrix[] input = [Values(rows, columns)];
            yield return new($"sum {shape}", input, x => x[0].Sum(), x => x[0].Total(1));
            yield return new($"mean {shape}", input, x => x[0].Mean(), x => x[0].Total(rows * columns));
            yield return new($"softmax {shape}", input, x => x[0].Softmax(), x => x[0].Softmax());
            yield return new($"transpose {shape}", input, x => x[0].Transpose(),
                x => Matrix.Make(columns, rows, (r, c) => x[0].Values[c * columns + r]));
            yield return new($"reshape {shape}", input, x => x[0].Reshape(columns, rows),
                x => x[0] with { Rows = columns, Columns = rows });
            yield return new($"row {shape}", input, x => x[0].Row(rows - 1), x => new Matrix(1, columns, x[0].Values[^columns..]));
        }
    }

    static IEnumerable<GradientCase> Losses()
    {
        Matrix y = new(9, 1, [0, 1, 1, 0, 0, 1, 0, 1, 1]);
        foreach (Loss loss in (Loss[])[new BceLoss(), new BceLoss(BceForm.Torch)])
            yield return new($"{loss.Name} of sigmoid", [Values(9, 1)],
                x => loss.Forward(x[0].Sigmoid(), Labels(x[0].Device, y)),
                x => References.MeanLoss(loss, x[0], y));
        yield return new("bce of probabilities", [Values(9, 1, 1, 0.1, 0.9)],
            x => new BceLoss().Forward(x[0], Labels(x[0].Device, y)),
            x => Matrix.Zip(x[0], y, (p, t) => -Log((t > 0.5 ? p : 1 - p) + 1e-10)).Total(9));
        yield return new("bce-logits", [Values(9, 1)],
            x => new BceWithLogitsLoss().Forward(x[0], Labels(x[0].Device, y)),
            x => References.MeanLoss(new BceWithLogitsLoss(), x[0], y));
        yield return new("bce doubled", [Values(9, 1)],
            x => new BceLoss().Forward(x[0].Sigmoid(), Labels(x[0].Device, y)) * 2f,
            x => References.MeanLoss(new BceLoss(), x[0], y).Map(v => 2 * v));
        Matrix target = Values(7, 5, 3);
        yield return new("mse", [Values(7, 5)],
            x => new MseLoss().Forward(x[0], Variable.From(x[0].Device, target.ToFloat())),
            x => References.MeanLoss(new MseLoss(), x[0], target));
        foreach (int classes in (int[])[2, 3, 19])
        {
            Matrix labels = new(5, 1, [0, 1, 1, 0, classes - 1]);
            yield return new($"cross-entropy of {classes}", [Values(5, classes)],
                x => new CrossEntropyLoss().Forward(x[0], Labels(x[0].Device, labels)),
                x => References.MeanLoss(new CrossEntropyLoss(), x[0], labels));
        }
    }

    static Variable Labels(ComputeDevice device, Matrix y) => Variable.From(device, [.. y.Values.Select(v => (float)v)]);

    static IEnumerable<GradientCase> LayersOnVariables()
    {
        foreach (ActivationFunction function in Activations.All)
            yield return new($"{function.NewLayer().Name} layer", [OffKinks(Values(7, 5), 0)],
                x => function.NewLayer().Forward(x[0]), x => x[0].Map(function.Value));
        foreach (int outputs in (int[])[1, 5, 300])
        {
            Matrix[] inputs = [Values(4, outputs, 5), Values(1, outputs, 6), Values(3, 4)];
            yield return new($"Linear layer 4-{outputs}", inputs, device =>
            {
                var linear = new Linear(device, 4, outputs);
                linear.Weight.Value.CopyFrom([.. inputs[0].Values.Select(v => (float)v)]);
                linear.Bias.Value.CopyFrom([.. inputs[1].Values.Select(v => (float)v)]);
                Variable x = Variable.From(device, inputs[2].ToFloat(), wantsGradient: true);
                return ([linear.Weight, linear.Bias, x], linear.Forward(x));
            }, m => Matrix.Zip(Matrix.Product(m[2], m[0]), m[1], (p, q) => p + q))
            { Tensors = ["weight", "bias", "input"] };
        }
    }
}
