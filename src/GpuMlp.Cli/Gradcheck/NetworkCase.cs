using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;

namespace GpuMlp.Cli.Gradcheck;

/// <summary>
/// A whole network and its loss over a few random examples, as a function of each layer's weights and biases and of the network's input.
/// </summary>
static class NetworkCase
{
    const int Examples = 5;

    /// <summary>Parameters of the largest network whose central differences take seconds, not minutes.</summary>
    internal const int MostParameters = 300_000;

    /// <summary>The smallest |pre-activation|: a difference must not reach over the kink at 0.</summary>
    internal const double Kink = 1e-3;

    internal static GradientCase Make(NetworkSpec spec, Loss loss, Random random)
    {
        Matrix x = Matrix.Random(Examples, spec.Widths[0], -2, 2, random);
        Matrix label = Label(loss, spec.Widths[^1], random);
        Matrix[] inputs = [.. Parameters(spec, x, random), x];
        string name = $"{spec} {Activations.Names.Of(spec.Activation)} {loss.Name}";
        return new(name, inputs,
            device => OnDevice(device, spec, loss, inputs, label),
            m => References.MeanLoss(loss, Logits(spec, m), label))
        {
            Tensors = [.. Enumerable.Range(0, 2 * spec.Depth).Select(k => $"layer {k / 2} {(k % 2 == 0 ? "weight" : "bias")}"), "input"],
            LeastScale = 1e-4,
            Tolerance = Tolerance(spec),
        };
    }

    // A sum of K products may be off by K + 2 units in the last place. Each layer takes three sums:
    // forward over its inputs, backward over its outputs and over the examples.
    static double Tolerance(NetworkSpec spec) =>
        Math.Pow(2, -24) * spec.Widths.Zip(spec.Widths.Skip(1), (i, o) => i + o + Examples + 6).Sum();

    static Matrix Label(Loss loss, int outputs, Random random) => loss.Labels == LabelKind.Number
        ? Matrix.Random(Examples, outputs, -1, 1, random)
        : Matrix.Make(Examples, 1, (_, _) => random.Next(loss.Labels == LabelKind.Class ? outputs : 2));

    // the bound keeps activations at one size from layer to layer (He et al. 2015); biases are drawn until no pre-activation is near a kink
    static IEnumerable<Matrix> Parameters(NetworkSpec spec, Matrix x, Random random)
    {
        for (int l = 0; l < spec.Depth; l++)
        {
            int i = spec.Widths[l], o = spec.Widths[l + 1];
            double bound = Math.Sqrt(6.0 / i);
            Matrix w = Matrix.Random(i, o, -bound, bound, random), b = Matrix.Random(1, o, -0.5, 0.5, random);
            Matrix xw = Matrix.Product(x, w);
            for (int c = 0; c < o; c++)
            {
                while (Enumerable.Range(0, x.Rows).Any(r => Math.Abs(xw.At(r, c) + b.Values[c]) < Kink))
                    b.Values[c] = (float)(random.NextDouble() - 0.5);
            }
            yield return w;
            yield return b;
            x = Matrix.Zip(xw, b, (p, q) => p + q).Map(Activations.Of(spec.Activation).Value);
        }
    }

    /// <summary>What the last linear layer returns; <paramref name="m"/> holds the parameters in order, then the input.</summary>
    internal static Matrix Logits(NetworkSpec spec, Matrix[] m)
    {
        Matrix x = m[^1];
        for (int l = 0; l < spec.Depth; l++)
        {
            if (l > 0) x = x.Map(Activations.Of(spec.Activation).Value);
            x = Matrix.Zip(Matrix.Product(x, m[2 * l]), m[2 * l + 1], (p, q) => p + q);
        }
        return x;
    }

    static (Variable[], Variable) OnDevice(ComputeDevice device, NetworkSpec spec, Loss loss, Matrix[] inputs, Matrix label)
    {
        Sequential network = spec.Build(device, loss);
        var parameters = network.Parameters();
        for (int k = 0; k < parameters.Count; k++) parameters[k].Value.CopyFrom([.. inputs[k].Values.Select(v => (float)v)]);
        Variable x = Variable.From(device, inputs[^1].ToFloat(), wantsGradient: true);
        return ([.. parameters.Select(p => (Variable)p), x], loss.Forward(network.Forward(x), Variable.From(device, label.ToFloat())));
    }
}
