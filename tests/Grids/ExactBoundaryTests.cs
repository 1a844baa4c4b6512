using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;

namespace GpuMlp.Tests.Grids;

/// <summary>The exact line of a ReLU network with one hidden layer, compared with the boundary found on a fine grid.</summary>
public class ExactBoundaryTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Theory]
    [InlineData("2-50-1")]
    [InlineData("2-7-1")]
    [InlineData("2-1-1")]
    [InlineData("2-200-1")]
    public void ItIsTheFineGridsBoundary(string net)
    {
        using var device = ComputeDevice.Open("cpu");
        GridSpec fine = GridSpec.FromSize(Shown, 2049, 1281);
        double cell = 4.0 / 2048, slack = 2 * cell;
        int found = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            using Sequential network = BoundaryFinderTests.Random(device, net, Activation.ReLU, seed);
            Boundary exact = BoundaryFinder.FindExact(network, Shown);
            Boundary grid = BoundaryFinder.Find(network, fine, TestContext.Current.CancellationToken);
            foreach (BoundaryPoint p in Spread(exact, 0.05))
                Assert.True(Distance(grid, p) < slack, $"{net}, seed {seed}: the exact line is at {p}, the grid's is not");
            foreach (BoundaryPoint p in Spread(grid, 0.05))
                Assert.True(Distance(exact, p) < slack, $"{net}, seed {seed}: the grid's line is at {p}, the exact one is not");
            found += exact.Lines.Count;
        }
        Assert.True(found > 10);
    }

    [Fact]
    public void ADiamondHasFourCorners()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = BoundaryFinderTests.Diamond(device);
        var line = Assert.Single(BoundaryFinder.FindExact(network, new(-1, 1.5, -1, 1)).Lines);
        Assert.Equal(line[0], line[^1]);
        var corners = line.Select(p => (Math.Round(p.X, 9), Math.Round(p.Y, 9))).Distinct();
        Assert.Equal([(-0.5, 0), (0, -0.5), (0, 0.5), (0.5, 0)], corners.Order());
        Assert.Equal(0.5, line.Zip(line.Skip(1), (a, b) => (a.X * b.Y - a.Y * b.X) / 2).Sum(), 1e-9);
    }

    [Fact]
    public void OtherNetworksHaveNone()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential deep = GridEvaluatorTests.Build(device, "2-3-3-1", Activation.ReLU, 0);
        using Sequential smooth = GridEvaluatorTests.Build(device, "2-3-1", Activation.Tanh, 0);
        Assert.False(BoundaryFinder.HasExactLine(deep) || BoundaryFinder.HasExactLine(smooth));
        Assert.Contains("one hidden layer of ReLU", Assert.Throws<ArgumentException>(() => BoundaryFinder.FindExact(deep, Shown)).Message);
    }

    static IEnumerable<BoundaryPoint> Spread(Boundary boundary, double step)
    {
        foreach (var line in boundary.Lines)
        {
            double travelled = step;
            for (int k = 0; k + 1 < line.Count; k++)
            {
                double dx = line[k + 1].X - line[k].X, dy = line[k + 1].Y - line[k].Y;
                travelled += Math.Sqrt(dx * dx + dy * dy);
                if (travelled < step) continue;
                travelled = 0;
                yield return new((line[k].X + line[k + 1].X) / 2, (line[k].Y + line[k + 1].Y) / 2);
            }
        }
    }

    static double Distance(Boundary boundary, BoundaryPoint p)
    {
        double least = double.PositiveInfinity;
        foreach (var line in boundary.Lines)
            for (int k = 0; k + 1 < line.Count; k++)
            {
                double dx = line[k + 1].X - line[k].X, dy = line[k + 1].Y - line[k].Y, length = dx * dx + dy * dy;
                double t = length == 0 ? 0 : Math.Clamp(((p.X - line[k].X) * dx + (p.Y - line[k].Y) * dy) / length, 0, 1);
                double ex = p.X - line[k].X - t * dx, ey = p.Y - line[k].Y - t * dy;
                least = Math.Min(least, ex * ex + ey * ey);
            }
        return Math.Sqrt(least);
    }
}
