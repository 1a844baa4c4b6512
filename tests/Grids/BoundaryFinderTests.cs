using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Records;

namespace GpuMlp.Tests.Grids;

/// <summary>The boundary that is found adaptively is the boundary of the full grid.</summary>
public class BoundaryFinderTests
{
    static readonly Window Shown = new(-1.5, 2.5, -1, 1.5);

    [Fact]
    public void AHundredRandomNetworksHaveTheFullGridsCells()
    {
        using var device = ComputeDevice.Open("cpu");
        string[] nets = ["2-50-1", "2-1", "2-1-1", "2-16-1", "2-12-9-1", "2-300-1", "2-8-7-6-1"];
        int crossed = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            Activation activation = Activations.All[seed / nets.Length % Activations.All.Count].Activation;
            using Sequential network = Random(device, nets[seed % nets.Length], activation, (ulong)seed);
            GridSpec grid = GridSpec.FromSize(Shown, 300 + seed, 211);
            var expected = CellsOfGrid(new GridEvaluator(network).EvaluateClasses(grid), grid);
            Assert.True(expected.SetEquals(BoundaryFinder.Cells(network, grid)), $"seed {seed}: other cells");
            crossed += expected.Count > 0 ? 1 : 0;
        }
        Assert.InRange(crossed, 60, 100);
    }

    [Fact]
    public void LinesKeepClassOneOnTheirLeftAndEndAtTheEdgeOrWhereTheyBegan()
    {
        using var device = ComputeDevice.Open("cpu");
        GridSpec grid = GridSpec.FromSize(Shown, 257, 129);
        for (ulong seed = 0; seed < 20; seed++)
        {
            using Sequential network = Random(device, "2-50-1", Activation.ReLU, seed);
            Boundary boundary = BoundaryFinder.Find(network, grid, TestContext.Current.CancellationToken);
            foreach (var line in boundary.Lines)
            {
                if (line[0] != line[^1]) Assert.True(AtEdge(line[0]) && AtEdge(line[^1]), "an open line ends inside the window");
                for (int k = 0; k + 1 < line.Count; k++)
                {
                    double dx = line[k + 1].X - line[k].X, dy = line[k + 1].Y - line[k].Y, length = Math.Sqrt(dx * dx + dy * dy);
                    if (length < 1e-3) continue;
                    float mx = (float)((line[k].X + line[k + 1].X) / 2), my = (float)((line[k].Y + line[k + 1].Y) / 2);
                    float nx = (float)(-dy / length * 0.004), ny = (float)(dx / length * 0.004);
                    float[] p = network.Predict([mx + nx, my + ny, mx - nx, my - ny]);
                    Assert.True(p[0] > p[1], $"seed {seed}: class 1 is not on the left at {mx}, {my}");
                }
            }
        }

        static bool AtEdge(BoundaryPoint p) => p.X == Shown.X0 || p.X == Shown.X1 || p.Y == Shown.Y0 || p.Y == Shown.Y1;
    }

    [Fact]
    public void ADiamondIsOneClosedLine()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Diamond(device);
        GridSpec grid = GridSpec.FromSize(new(-1, 1, -1, 1), 100, 100);
        Boundary boundary = BoundaryFinder.Find(network, grid, TestContext.Current.CancellationToken);
        var line = Assert.Single(boundary.Lines);
        Assert.Equal(line[0], line[^1]);
        Assert.All(line, p => Assert.Equal(0.5, Math.Abs(p.X) + Math.Abs(p.Y), 0.02));
        double area = line.Zip(line.Skip(1), (a, b) => (a.X * b.Y - a.Y * b.X) / 2).Sum();
        Assert.Equal(0.5, area, 0.01);                                          // positive, so counterclockwise: class 1 is inside
    }

    [Fact]
    public void AFineGridCostsUnderAPercent()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Random(device, "2-50-1", Activation.ReLU, 3);
        GridSpec grid = GridSpec.FromSize(Shown, 65_536, 65_536);
        Boundary boundary = BoundaryFinder.Find(network, grid, TestContext.Current.CancellationToken);
        Assert.NotEmpty(boundary.Lines);
        // a bound needs four numbers per unit, an evaluation one
        Assert.InRange(boundary.Evaluations + 4 * boundary.Bounds, 1, grid.Points / 100);
    }

    [Fact]
    public void BoundsHoldForEveryPointOfTheirBox()
    {
        using var device = ComputeDevice.Open("cpu");
        var random = new Random(1);
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            using Sequential network = Random(device, "2-9-8-1", activation, 5);
            var bound = new AffineBound(network, true);
            for (int box = 0; box < 50; box++)
            {
                double size = Math.Pow(10, -4 * random.NextDouble()), x = 4 * random.NextDouble() - 2, y = 4 * random.NextDouble() - 2;
                GridSpec grid = GridSpec.FromSize(new(x, x + size, y, y + size), 9, 9);
                (double low, double high) = bound.Over(grid.X[0], grid.X[^1], grid.Y[0], grid.Y[^1]);
                Assert.All(new GridEvaluator(network).Evaluate(grid, GridValue.Logit), z => Assert.InRange(z, low, high));
            }
        }
    }

    [Fact]
    public void LinesAreWrittenAsTextAndPicture()
    {
        var boundary = new Boundary(new(0, 2, 0, 1), [[new(0, 0.25), new(2, 0.5)]], 0, 0);
        var csv = new StringWriter();
        boundary.WriteCsv(csv);
        Assert.Equal("line,x,y\n0,0,0.25\n0,2,0.5\n", csv.ToString());
        var svg = new StringWriter();
        boundary.WriteSvg(svg);
        Assert.Contains("viewBox=\"0 0 1000 500\"", svg.ToString());
        Assert.Contains("<polyline points=\"0,375 1000,250\"/>", svg.ToString());
    }

    [Fact]
    public void ParametersThatAreNotFiniteAreRefused()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Random(device, "2-3-1", Activation.ReLU, 0);
        network.Layers[0].Parameters()[1].Value.CopyFrom([1, float.NaN, 1]);
        GridSpec grid = GridSpec.FromSize(Shown, 9, 9);
        var e = Assert.Throws<ArgumentException>(
            () => BoundaryFinder.Find(network, grid, TestContext.Current.CancellationToken));
        Assert.Contains("not finite", e.Message);
    }

    // a network that computes ½ - |x| - |y|
    internal static Sequential Diamond(ComputeDevice device)
    {
        var weights = new GpuMlp.Randomness.PhiloxStream(0, GpuMlp.Randomness.StreamPurpose.Initialization);
        Sequential network = NetworkSpec.Parse("2-4-1")
            .Build(device, Initialization.Normal, weights, new GpuMlp.Losses.BceLoss());
        network.Layers[0].Parameters()[0].Value.CopyFrom([1, -1, 0, 0, 0, 0, 1, -1]);
        network.Layers[0].Parameters()[1].Value.CopyFrom([0, 0, 0, 0]);
        network.Layers[2].Parameters()[0].Value.CopyFrom([-1, -1, -1, -1]);
        network.Layers[2].Parameters()[1].Value.CopyFrom([0.5f]);
        return network;
    }

    // the output's bias is set to minus the mean output, so that the boundary usually crosses the window
    internal static Sequential Random(ComputeDevice device, string net, Activation activation, ulong seed)
    {
        Sequential network = GridEvaluatorTests.Build(device, net, activation, seed);
        float[] logits = new GridEvaluator(network).Evaluate(GridSpec.FromSize(Shown, 16, 16), GridValue.Logit);
        var bias = network.Layers[^2].Parameters()[1].Value;
        bias.CopyFrom([bias.Item() - logits.Average()]);
        return network;
    }

    static HashSet<(int, int)> CellsOfGrid(byte[] classes, GridSpec grid)
    {
        var cells = new HashSet<(int, int)>();
        for (int row = 0; row + 1 < grid.Height; row++)
            for (int column = 0; column + 1 < grid.Width; column++)
            {
                int at = row * grid.Width + column;
                int corners = classes[at] + classes[at + 1] + classes[at + grid.Width] + classes[at + grid.Width + 1];
                if (corners is > 0 and < 4) cells.Add((column, row));
            }
        return cells;
    }
}
