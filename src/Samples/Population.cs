#:project ../GpuMlp/GpuMlp.csproj
// Sixty-four networks with eight learning rates, trained side by side in the launches of one population.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Optimizers;
using GpuMlp.Training;

using ComputeDevice device = ComputeDevice.Open("auto");
DataSet moons = DataSets.MakeMoons(500, noise: 0.2);
Recipe[] recipes = [.. from rate in Enumerable.Range(0, 8).Select(k => 0.001f * MathF.Pow(2, k))
    from seed in Enumerable.Range(0, 8)
    select new Recipe { Seed = (ulong)seed, Steps = 5000, Optimizer = new OptimizerSpec { LearningRate = rate } }];
IReadOnlyList<PopulationResult> results = new Population(device, recipes, [PopulationData.Of(moons)]).Run();
foreach (var rate in recipes.Zip(results).GroupBy(pair => pair.First.Optimizer.LearningRate))
    Console.WriteLine($"rate {rate.Key}: mean accuracy {rate.Average(pair => pair.Second.Accuracy):P1}");
Console.WriteLine($"{100 * results.Max(result => result.Accuracy)} % of the rows");
