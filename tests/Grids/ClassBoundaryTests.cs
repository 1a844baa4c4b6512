using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Randomness;

namespace GpuMlp.Tests.Grids;

/// <summary>The lines between the classes of a network of several outputs.</summary>
public class ClassBoundaryTests
{
    static readonly Window Square = new(-1, 1, -1, 1);

    [Fact]
    public void ThreeSectorsAreThreeLinesThatMeetInOnePoint()
    {
        using var device = ComputeDevice.Open("cpu");
        using Sequential network = Linear(device, [1, -0.5f, -0.5f, 0, 0.8660254f, -0.8660254f], [0, 0, 0]);
        Boundary boundary = Find(network, 64);
        Assert.Equal(3, boundary.Lines.Count);
        BoundaryPoint[] ends = [.. boundary.Lines.SelectMany(line => (BoundaryPoint[])[line[0], line[^1]])];
        BoundaryPoint middle = Assert.Single(ends.Distinct(), end => ends.Count(other => other == end) == 3);
        Assert.Equal(0, middle.X, 0.03);
        Assert.Equal(0, middle.Y, 0.03);
        Assert.Equal(3, ends.Count(AtEdge));
        Assert.All(boundary.Lines.SelectMany(line => line).Where(p => Math.Abs(p.X) + Math.Abs(p.Y) > 0.1), p =>
        {
            float[] z = [.. network.Predict([(float)p.X, (float)p.Y]).Order()];
            Assert.Equal(z[^1], z[^2], 1e-5f);
        });
    }

    [Fact]
    public void EachLineHasOneClassOnEachSideAndEndsAtTheEdgeOrWhereOthersMeet()
    {
        using var device = ComputeDevice.Open("cpu");
        int lines = 0;
        for (ulong seed = 1; seed <= 10; seed++)
        {
            using Sequential network = Random(device, "2-12-5", seed);
            Boundary boundary = Find(network, 200);
            BoundaryPoint[] ends = [.. boundary.Lines.Where(line => line[0] != line[^1])
                .SelectMany(line => (BoundaryPoint[])[line[0], line[^1]])];
            Assert.All(ends, end => Assert.True(AtEdge(end) || ends.Count(other => other == end) >= 3, $"{end}"));
            foreach (IReadOnlyList<BoundaryPoint> line in boundary.Lines)
            {
                lines++;
                // halfway, a cell to the left and to the right
                (BoundaryPoint a, BoundaryPoint b) = (line[(line.Count - 1) / 2], line[(line.Count - 1) / 2 + 1]);
                double dx = b.X - a.X, dy = b.Y - a.Y, length = Math.Sqrt(dx * dx + dy * dy);
                if (length < 1e-3 || line.Count < 12) continue;
                (double x, double y) = ((a.X + b.X) / 2, (a.Y + b.Y) / 2);
                double nx = -dy / length * 0.01, ny = dx / length * 0.01;
                float[] z = network.Predict([(float)(x + nx), (float)(y + ny), (float)(x - nx), (float)(y - ny)]);
                Assert.NotEqual(Classification.ClassOf(z.AsSpan(0, 5)), Classification.ClassOf(z.AsSpan(5, 5)));
            }
        }
        Assert.True(lines > 20, $"{lines} lines");
    }

    static Sequential Linear(ComputeDevice device, float[] weights, float[] biases)
    {
        Sequential network = Random(device, "2-3", 0);
        network.Layers[0].Parameters()[0].Value.CopyFrom(weights);
        network.Layers[0].Parameters()[1].Value.CopyFrom(biases);
        return network;
    }

    static Sequential Random(ComputeDevice device, string net, ulong seed) => NetworkSpec.Parse(net).Build(
        device, Initialization.He, new PhiloxStream(seed, StreamPurpose.Initialization), new GpuMlp.Losses.CrossEntropyLoss());

    static Boundary Find(Sequential network, int points) =>
        BoundaryFinder.Find(network, GridSpec.FromSize(Square, points, points), TestContext.Current.CancellationToken);

    static bool AtEdge(BoundaryPoint p) => Math.Abs(p.X) == 1 || Math.Abs(p.Y) == 1;
}
