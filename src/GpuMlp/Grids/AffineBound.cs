using System.Runtime.Intrinsics;
using GpuMlp.Kernels.Numerics;
using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>
/// Bounds of a network's logit over a box of the input plane; they hold for every float32 evaluation at a point of the box.
/// </summary>
/// <remarks>
/// This is affine arithmetic (de Figueiredo and Stolfi, "Affine arithmetic: concepts and applications", 2004) in float64. It has two noise
/// symbols, the position in the box along x and along y; everything else goes into one radius. The radius includes float32's rounding: a
/// sum of products that rounds d times is off by at most d·2⁻²⁴·Σ|w||x| to first order; one more rounding covers the higher orders.
/// </remarks>
sealed class AffineBound
{
    const double UnitRoundoff = 1.0 / (1 << 24), Underflow = 1e-30, Largest = 3e38;

    readonly List<(double[]? Weights, double[]? Biases, ActivationFunction? Activation)> layers = [];

    // per unit. forms: value at the centre, change to the edge along x, change to the edge along y, 0. slacks: radius, largest magnitude.
    Vector256<double>[] forms, nextForms;
    Vector128<double>[] slacks, nextSlacks;
    bool overflows;

    /// <exception cref="ArgumentException">A parameter is not finite, or no bounds are known for a layer.</exception>
    internal AffineBound(Sequential network, bool endsInSigmoid)
    {
        int widest = 2;
        GridNetwork.RequireFinite(network);
        foreach (Layer layer in endsInSigmoid ? network.Layers.SkipLast(1) : network.Layers)
        {
            if (layer is Linear linear)
            {
                layers.Add((Doubles(linear.Weight.Value.ToArray()), Doubles(linear.Bias.Value.ToArray()), null));
                widest = Math.Max(widest, linear.Bias.Length);
            }
            else layers.Add((null, null, Activations.Of(layer)
                ?? throw new ArgumentException($"the boundary of a network with {layer.Name} cannot be bounded")));
        }
        (forms, nextForms) = (new Vector256<double>[widest], new Vector256<double>[widest]);
        (slacks, nextSlacks) = (new Vector128<double>[widest], new Vector128<double>[widest]);
    }

    /// <summary>Bounds of the logit for x from x0 to x1 and y from y0 to y1; infinite if float32 might overflow in between.</summary>
    internal (double Low, double High) Over(double x0, double x1, double y0, double y1)
    {
        forms[0] = Vector256.Create((x0 + x1) / 2, (x1 - x0) / 2, 0, 0);
        forms[1] = Vector256.Create((y0 + y1) / 2, 0, (y1 - y0) / 2, 0);
        slacks[0] = Vector128.Create(0, Math.Max(Math.Abs(x0), Math.Abs(x1)));
        slacks[1] = Vector128.Create(0, Math.Max(Math.Abs(y0), Math.Abs(y1)));
        int width = 2;
        overflows = false;
        foreach (var (weights, biases, activation) in layers)
        {
            if (activation is not null) Activate(activation, width);
            else width = Multiply(weights!, biases!, width);
        }
        return overflows ? (double.NegativeInfinity, double.PositiveInfinity) : Range(0);
    }

    (double Low, double High) Range(int unit)
    {
        Vector256<double> form = forms[unit];
        double radius = Math.Abs(form[1]) + Math.Abs(form[2]) + slacks[unit][0];
        return (form[0] - radius, form[0] + radius);
    }

    int Multiply(double[] weights, double[] biases, int inputs)
    {
        int outputs = biases.Length;
        for (int o = 0; o < outputs; o++)
        {
            Vector256<double> form = Vector256.CreateScalar(biases[o]);
            Vector128<double> slack = Vector128.Create(0, Math.Abs(biases[o]));
            for (int i = 0, at = o; i < inputs; i++, at += outputs)
            {
                form += Vector256.Create(weights[at]) * forms[i];
                slack += Vector128.Create(Math.Abs(weights[at])) * slacks[i];
            }
            nextForms[o] = form;
            overflows |= !(slack[1] < Largest);
            nextSlacks[o] = Vector128.Create(slack[0] + (Roundings(inputs, outputs) + 1) * UnitRoundoff * slack[1] + Underflow, 0);
        }
        (forms, nextForms, slacks, nextSlacks) = (nextForms, forms, nextSlacks, slacks);
        for (int o = 0; o < outputs; o++)
        {
            (double low, double high) = Range(o);
            slacks[o] = slacks[o].WithElement(1, Math.Max(Math.Abs(low), Math.Abs(high)));
        }
        return outputs;
    }

    // The roundings that one product goes through: those of its block (for one output of a partial sum, the tree and the bias), then one
    // for each block.
    static int Roundings(int inputs, int outputs)
    {
        int block = Math.Min(inputs, BlockedSum.Length), partial = (block + StridedSum.Partials - 1) / StridedSum.Partials;
        return (outputs == 1 ? partial + StridedSum.TreeDepth + 1 : block) + BlockedSum.Count(inputs);
    }

    void Activate(ActivationFunction activation, int width)
    {
        for (int u = 0; u < width; u++)
        {
            (double low, double high) = Range(u);
            (double slope, double least, double most) = activation.Bounds.Enclose(low, high);
            double centre = (least + most) / 2, radius = (most - least) / 2;
            double magnitude = Math.Max(Math.Abs(activation.Value(low)), Math.Abs(activation.Value(high)));
            // an ulp is at most two unit roundoffs
            double rounding = 2 * activation.Bounds.Ulps * UnitRoundoff * Math.Max(magnitude, activation.Bounds.Floor);
            radius += Math.Abs(slope) * slacks[u][0] + rounding + Underflow;
            forms[u] = forms[u] * slope + Vector256.CreateScalar(centre);
            slacks[u] = Vector128.Create(radius, Math.Max(magnitude, activation.Bounds.Floor) + radius);
        }
    }

    static double[] Doubles(float[] values) => [.. values.Select(v => (double)v)];
}
