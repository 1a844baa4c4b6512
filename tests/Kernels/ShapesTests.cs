namespace GpuMlp.Tests.Kernels;

/// <summary>The matrix of shapes covers what it claims to.</summary>
public sealed class ShapesTests
{
    [Fact]
    public void EveryPairOfSizesOccursOnEveryTwoAxes()
    {
        int pairs = Shapes.Sizes.Length * Shapes.Sizes.Length;
        List<Shape> matrix = Shapes.Triples.Take(pairs).ToList();
        Assert.Equal(pairs, matrix.Select(s => (s.N, s.I)).Distinct().Count());
        Assert.Equal(pairs, matrix.Select(s => (s.N, s.O)).Distinct().Count());
        Assert.Equal(pairs, matrix.Select(s => (s.I, s.O)).Distinct().Count());
        Assert.InRange(Shapes.Triples.Count(s => s.SlowToo), 36, 42);
    }
}
