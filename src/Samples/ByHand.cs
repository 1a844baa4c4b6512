#:project ../GpuMlp/GpuMlp.csproj
#:project ../GpuMlp.Plotting/GpuMlp.Plotting.csproj
// The notebook's first half: layers whose backward is written by hand, its loop, and the picture of the boundary.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Tensors;

using ComputeDevice device = ComputeDevice.Open("auto");
using var net = new Sequential(new Linear(device, 2, 50), new ReLU(), new Linear(device, 50, 1), new Sigmoid());
DataSet moons = DataSets.MakeMoons(2000);
using Tensor x = new(device, 1, 2), label = new(device, 1, 1);        // made once, filled in each step
var random = new Random(0);
for (int step = 0; step < 10_000; step++)
{
    int row = random.Next(moons.Count);
    x.CopyFrom(moons.Flat.Slice(2 * row, 2));
    label.CopyFrom(moons.Labels.AsSpan(row, 1));
    Tensor output = net.Forward(x);
    net.ComputeLoss(output, label);
    net.Backward();
    net.Step(learningRate: 0.01f);
}
float[] p = net.Predict(moons.Flat);
int right = Enumerable.Range(0, moons.Count).Count(row => p[row] > 0.5f == (moons.Labels[row] == 1));
Console.WriteLine($"{100.0 * right / moons.Count} % of the rows");

GridSpec grid = GridSpec.ForPicture(new Window(-1.5, 2.5, -1, 1.5), 160, 120);
using var picture = new BoundaryPlot(grid, moons);
picture.Save("by-hand.png", GridEvaluator.Evaluate(net, grid), "10,000 steps by hand");
