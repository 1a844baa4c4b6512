#:project ../GpuMlp/GpuMlp.csproj
// A network over a million points, into memory that the caller owns and uses again.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Training;

using ComputeDevice device = ComputeDevice.Open("auto");
DataSet moons = DataSets.MakeMoons(2000);
var recipe = new Recipe();
using Sequential network = recipe.Build(device);
using (var trainer = new Trainer(network, moons, recipe)) trainer.Run();

GridSpec grid = GridSpec.FromSize(new Window(-1.5, 2.5, -1, 1.5), 1024, 1024);
var values = new float[grid.Points];
var evaluator = new GridEvaluator(network);
evaluator.Evaluate(grid, values.AsSpan());                             // probabilities, row by row
int above = values.Count(value => value > 0.5f);
evaluator.Evaluate(grid, values.AsSpan(), GridValue.Logit);            // the same memory
Console.WriteLine($"{evaluator.Form}: {above} of {values.Length} points are in class 1, {values.Count(z => z > 0)} by their logits");
float[] p = network.Predict(moons.Flat);
int right = Enumerable.Range(0, moons.Count).Count(row => p[row] > 0.5f == (moons.Labels[row] == 1));
Console.WriteLine($"{100.0 * right / moons.Count} % of the rows");
