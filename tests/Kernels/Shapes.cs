namespace GpuMlp.Tests.Kernels;

/// <summary>Three sizes: n batch rows, i inputs, o outputs. Slow routes take only some shapes.</summary>
readonly record struct Shape(int N, int I, int O, bool SlowToo)
{
    /// <inheritdoc/>
    public override string ToString() => $"{N}×{I}→{O}";
}

/// <summary>The shapes of the kernel matrix.</summary>
static class Shapes
{
    /// <summary>Sizes around the widths of lanes, tiles and blocks.</summary>
    internal static readonly int[] Sizes = [1, 2, 3, 7, 16, 31, 33, 50, 64, 127, 129, 257];

    /// <summary>
    /// 144 triples that cover once every pair of sizes on any two axes: a Latin square with its rows, columns and symbols shuffled. Then
    /// some larger ones: with several blocks of 256 terms, and with enough work for one output to be split over cores.
    /// </summary>
    internal static IReadOnlyList<Shape> Triples { get; } = Make();

    /// <summary>Lengths for ops over flat arrays; the last two are long enough to be split over cores.</summary>
    internal static IEnumerable<int> Lengths => [.. Sizes, 10_003, 100_019];

    static List<Shape> Make()
    {
        var random = new Random(1);
        int[] n = Shuffled(random), i = Shuffled(random), o = Shuffled(random);
        var triples = new List<Shape>();
        for (int row = 0; row < n.Length; row++)
            for (int column = 0; column < i.Length; column++)
                triples.Add(new Shape(n[row], i[column], o[(row + column) % o.Length], (row * n.Length + column) % 4 == 0));
        triples.Add(new Shape(401, 515, 1, true));
        triples.Add(new Shape(5, 1030, 37, true));
        triples.Add(new Shape(770, 3, 300, false));
        triples.Add(new Shape(3, 40, 513, false));
        return triples;
    }

    static int[] Shuffled(Random random)
    {
        int[] sizes = [.. Sizes];
        random.Shuffle(sizes);
        return sizes;
    }
}
