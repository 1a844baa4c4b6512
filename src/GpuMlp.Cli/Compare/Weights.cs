using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GpuMlp.Layers;
using static System.FormattableString;

namespace GpuMlp.Cli.Compare;

/// <summary>A network's weights and biases in order, as a training left them.</summary>
/// <param name="Values">All of them, one parameter after the other.</param>
/// <param name="Names">Each parameter's name and length.</param>
sealed record Weights(float[] Values, IReadOnlyList<(string Name, int Length)> Names)
{
    public static Weights Of(Sequential network)
    {
        var parameters = network.NamedParameters();
        return new([.. parameters.SelectMany(p => p.Parameter.Value.ToArray())],
            [.. parameters.Select(p => (p.Name, p.Parameter.Length))]);
    }

    /// <summary>The SHA-256 of the values as little-endian float32, in hexadecimal digits.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Values.AsSpan())));

    /// <summary>How the weights differ from those of another network of the same shape; null if all bits are the same.</summary>
    public WeightDifference? From(Weights other)
    {
        int count = 0, at = 0;
        double largest = -1;
        for (int k = 0; k < Values.Length; k++)
        {
            if (BitConverter.SingleToInt32Bits(Values[k]) == BitConverter.SingleToInt32Bits(other.Values[k])) continue;
            count++;
            double distance = Math.Abs((double)Values[k] - other.Values[k]);
            if (double.IsNaN(distance)) distance = double.PositiveInfinity;
            if (distance > largest) (largest, at) = (distance, k);
        }
        return count == 0 ? null : new WeightDifference(count, largest, other.NameOf(at));
    }

    string NameOf(int at)
    {
        foreach ((string name, int length) in Names)
        {
            if (at < length) return Invariant($"{name}[{at}]");
            at -= length;
        }
        throw new ArgumentOutOfRangeException(nameof(at), at, "there are fewer weights");
    }
}

/// <summary>How the weights of two networks differ.</summary>
/// <param name="Count">How many differ.</param>
/// <param name="Largest">The largest distance; infinite where one of the two is not a number.</param>
/// <param name="At">The weight with that distance.</param>
sealed record WeightDifference(int Count, double Largest, string At);
