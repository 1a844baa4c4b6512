#:project ../GpuMlp/GpuMlp.csproj
// A training that stops, is kept in a file, goes on in another network, and ends in the bits of one that never stopped; then ONNX.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Training;

using ComputeDevice device = ComputeDevice.Open("auto");
DataSet moons = DataSets.MakeMoons(2000);
var recipe = new Recipe { Steps = 10_000, Optimizer = new OptimizerSpec { Kind = OptimizerKind.Adam } };

using Sequential whole = recipe.Build(device);
using (var trainer = new Trainer(whole, moons, recipe)) trainer.Run();

Recipe half = recipe with { Steps = 4_000 };
using (Sequential network = half.Build(device))
using (var trainer = new Trainer(network, moons, half))
{
    trainer.Run();
    TrainingStateFile.Write("state.safetensors", trainer.ReadState());
}
using Sequential rest = recipe.Build(device);
using (var trainer = new Trainer(rest, moons, recipe))
{
    trainer.Continue(TrainingStateFile.Read("state.safetensors"));
    trainer.Run();
}
float[] p = rest.Predict(moons.Flat);
Console.WriteLine($"the same bits: {p.AsSpan().SequenceEqual(whole.Predict(moons.Flat))}");

ModelFile.Save("model.safetensors", new Model(rest, null, null, moons.ClassNames));
OnnxFile.Write("model.onnx", ModelFile.Read("model.safetensors"));
int right = Enumerable.Range(0, moons.Count).Count(row => p[row] > 0.5f == (moons.Labels[row] == 1));
Console.WriteLine($"{100.0 * right / moons.Count} % of the rows");
