using GpuMlp.Autograd;
using GpuMlp.Devices;

namespace GpuMlp.Cli.Gradcheck;

/// <summary>
/// A function of matrices, given twice: on a device, where its inputs are variables or parameters that hold those matrices, and in float64.
/// </summary>
sealed record GradientCase(
    string Name,
    Matrix[] Inputs,
    Func<ComputeDevice, (Variable[] Inputs, Variable Result)> OnDevice,
    Func<Matrix[], Matrix> OnHost)
{
    // at most so many values of a tensor are checked, drawn at random: each takes two evaluations in float64
    const int MostValues = 1500;

    /// <summary>A function of variables alone: it has no parameters.</summary>
    internal GradientCase(string name, Matrix[] inputs, Func<Variable[], Variable> onDevice, Func<Matrix[], Matrix> onHost)
        : this(name, inputs, device => On(device, inputs, onDevice), onHost) { }

    static (Variable[], Variable) On(ComputeDevice device, Matrix[] inputs, Func<Variable[], Variable> function)
    {
        Variable[] x = [.. inputs.Select(m => Variable.From(device, m.ToFloat(), wantsGradient: true))];
        return (x, function(x));
    }

    /// <summary>The name of each input.</summary>
    internal string[] Tensors { get; init; } = [.. Inputs.Select((_, k) => $"input {k}")];

    /// <summary>The largest error that passes, as <see cref="Error"/> measures it.</summary>
    internal double Tolerance { get; init; } = 2e-5;

    /// <summary>
    /// What an error is divided by: the tensor's largest |difference|, but at least this. Null: by 1 + |difference|, value by value.
    /// </summary>
    internal double? LeastScale { get; init; }

    /// <summary>The largest error of the gradient of one input.</summary>
    /// <param name="places">Indices of the values that are checked.</param>
    /// <param name="differences">The central difference at each of those indices.</param>
    /// <param name="gradient">The gradient of the whole input, as the device computed it.</param>
    internal double Error(int[] places, double[] differences, float[] gradient)
    {
        double scale = LeastScale is double least ? Math.Max(least, differences.Max(Math.Abs)) : 0, error = 0;
        for (int n = 0; n < places.Length; n++)
        {
            double off = Math.Abs(differences[n] - gradient[places[n]]) / (scale > 0 ? scale : 1 + Math.Abs(differences[n]));
            if (!(off <= error)) error = off;                    // NaN too
        }
        return double.IsFinite(error) ? error : double.MaxValue;
    }

    /// <summary>The indices of the values of input k that are checked.</summary>
    internal int[] Places(int k)
    {
        int[] all = [.. Enumerable.Range(0, Inputs[k].Values.Length)];
        if (all.Length <= MostValues) return all;
        new Random(k).Shuffle(all);
        return all[..MostValues];
    }

    /// <summary>d(Σ direction · y)/d input k by central differences, for the values at some indices, by default at all.</summary>
    internal double[] Differences(int k, Matrix direction, IEnumerable<int>? places = null)
    {
        const double h = 1e-5;
        double[] values = Inputs[k].Values;
        return [.. (places ?? Enumerable.Range(0, values.Length)).Select(Difference)];

        double Difference(int i)
        {
            double centre = values[i];
            values[i] = centre + h;
            double up = DirectionalSum();
            values[i] = centre - h;
            double down = DirectionalSum();
            values[i] = centre;
            return (up - down) / (2 * h);
        }

        double DirectionalSum() => OnHost(Inputs).Values.Zip(direction.Values, (a, b) => a * b).Sum();
    }
}
