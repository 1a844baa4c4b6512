#:project ../GpuMlp/GpuMlp.csproj
// A table of your own, end to end: read, encoded, trained on, kept as a model, and predicted from raw rows again.
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Tables;
using GpuMlp.Training;

var random = new Random(0);
File.WriteAllLines("fruit.csv", Enumerable.Range(0, 300).Select(row =>
{
    bool apple = row % 2 == 0;
    double weight = (apple ? 180 : 120) + 20 * random.NextDouble(), width = (apple ? 7 : 4) + 2 * random.NextDouble();
    return FormattableString.Invariant($"{weight:F1},{width:F2},{(random.Next(2) == 0 ? "red" : "yellow")},{(apple ? "apple" : "banana")}");
}).Prepend("weight,width,colour,kind"));

DataTable table = DataTable.Read("fruit.csv");
TablePreprocessor columns = TablePreprocessor.Fit(table, new ColumnOptions { Label = "kind" });
DataSet raw = columns.Transform(table);
Standardizer scale = Standardizer.Fit(raw);
DataSet data = scale.Apply(raw);

using ComputeDevice device = ComputeDevice.Open("auto");
var recipe = new Recipe { Net = NetworkSpec.Parse($"{columns.Inputs}-8-1"), Steps = 5000, Batch = 4 };
using Sequential network = recipe.Build(device);
using (var trainer = new Trainer(network, data, recipe)) trainer.Run();
ModelFile.Save("fruit.safetensors", new Model(network, null, scale, raw.ClassNames) { Columns = columns });

Model model = ModelFile.Load("fruit.safetensors", device);
using Sequential loaded = model.Network;
int[] classes = model.PredictClass(table);
int right = Enumerable.Range(0, raw.Count).Count(row => classes[row] == (int)raw.Labels[row]);
Console.WriteLine($"{100.0 * right / raw.Count} % of the rows");
