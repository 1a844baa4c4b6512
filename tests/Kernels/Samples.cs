namespace GpuMlp.Tests.Kernels;

/// <summary>Seeded random inputs for kernels.</summary>
static class Samples
{
    /// <summary>Zeros, infinities, NaN, subnormals, saturation and overflow.</summary>
    internal static readonly float[] Edges =
    [
        0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-39f, -1e-39f,
        1.17549435e-38f, -1.17549435e-38f, 1e-10f, -1e-10f, 1f, -1f, 0.5f, -0.5f, 17f, -17f, 88f, -88f, 89f, -89f, 100f, -100f, 104f, -104f,
        1e4f, -1e4f, 1e30f, -1e30f, float.MaxValue, float.MinValue,
    ];

    /// <summary>Even on -1 … 1.</summary>
    internal static float[] Even(Random random, int count) => Fill(count, _ => random.NextSingle() * 2 - 1);

    /// <summary>Even on 0 … 1.</summary>
    internal static float[] Probabilities(Random random, int count) =>
        Fill(count, k => k % 37 == 5 ? 0f : k % 37 == 6 ? 1f : random.NextSingle());

    /// <summary>Zeros and ones.</summary>
    internal static float[] Labels(Random random, int count) => Fill(count, _ => random.Next(2));

    /// <summary>Even on -10 … 10, then wider, with the edges between them; arrays of different lengths start at different edges.</summary>
    internal static float[] WithEdges(Random random, int count) => Fill(count, k => (k % 4) switch
    {
        0 => Edges[(k / 4 + count) % Edges.Length],
        1 => (random.NextSingle() * 2 - 1) * 110f,
        _ => (random.NextSingle() * 2 - 1) * 10f,
    });

    static float[] Fill(int count, Func<int, float> value)
    {
        var values = new float[count];
        for (int k = 0; k < count; k++) values[k] = value(k);
        return values;
    }
}
