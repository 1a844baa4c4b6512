using GpuMlp.Layers;
using GpuMlp.Losses;
using static System.Math;

namespace GpuMlp.Cli.Gradcheck;

/// <summary>Activations and losses by their definitions in float64.</summary>
static class References
{
    internal static double Sigmoid(double x) => 1 / (1 + Exp(-x));

    internal static double Softplus(double x) => Max(x, 0) + Log(1 + Exp(-Abs(x)));

    /// <summary>Binary cross-entropy of a logit z against a label y of 0 or 1.</summary>
    internal static double Bce(double z, double y) => Softplus(y > 0.5 ? -z : z);

    /// <summary>The mean loss (1,1), from what a network's last linear layer returned (a sigmoid may follow that layer).</summary>
    internal static Matrix MeanLoss(Loss loss, Matrix z, Matrix label) => loss switch
    {
        MseLoss => Matrix.Zip(z, label, (a, b) => (a - b) * (a - b)).Total(z.Values.Length),
        CrossEntropyLoss => new(1, 1,
            [Enumerable.Range(0, z.Rows).Average(r => -Log(z.Softmax().Values[r * z.Columns + (int)label.Values[r]]))]),
        BceLoss or BceWithLogitsLoss => Matrix.Zip(z, label, Bce).Total(z.Rows),
        _ => throw new ArgumentException($"there is no reference for the loss {loss.Name}", nameof(loss)),
    };
}
