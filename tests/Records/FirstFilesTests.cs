using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Records;

namespace GpuMlp.Tests.Records;

/// <summary>Models and records that the first version wrote (tests/Records/Files/First, by commit 9befcf0) still open.</summary>
public class FirstFilesTests
{
    static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "Records/Files/First", name);

    [Theory]
    [InlineData("bce", "2-4-1", "bce", Activation.ReLU, false, "0,1")]
    [InlineData("classes", "2-4-3", "cross-entropy", Activation.Tanh, true, "0,1,2")]
    [InlineData("number", "2-3-1", "mse", Activation.ReLU, false, "")]
    public void ModelsOpen(string name, string net, string loss, Activation activation, bool standardized, string classes)
    {
        StoredModel model = ModelFile.Read(Example($"{name}.safetensors"));
        Assert.Equal((net, loss, activation), (model.Net.ToString(), model.Loss.Name, model.Net.Activation));
        Assert.Equal((standardized, name != "bce"), (model.Standardizer is not null, model.Net.LinearOutput));
        Assert.Equal(classes, string.Join(',', model.ClassNames));
        Assert.Empty(model.Notes);
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = model.Build(device).Network;
        Assert.All(network.Predict([0.5f, -0.25f]), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData("bce", "2-4-1", 300)]
    [InlineData("classes", "2-4-3", 300)]
    [InlineData("number", "2-3-1", 100)]
    public void RecordsAreConfigs(string name, string net, int steps)
    {
        TrainConfig config = RunRecord.ReadConfig(Example($"{name}.json"));
        Assert.Equal((net, steps), (config.Net.ToString(), config.Steps));
        Assert.Equal(ModelFile.Read(Example($"{name}.safetensors")).Loss.Name, config.Loss.Name);
    }

    [Fact]
    public void AModelIsWrittenAnewWithTheSameTensors()
    {
        string path = Path.GetTempFileName();
        try
        {
            SafetensorsFile before = SafetensorsFile.Read(Example("classes.safetensors"));
            ModelFile.Read(Example("classes.safetensors")).Save(path);
            SafetensorsFile after = SafetensorsFile.Read(path);
            Assert.Equal(before.Tensors.Select(tensor => tensor.Name), after.Tensors.Select(tensor => tensor.Name));
            foreach ((SafeTensor old, SafeTensor now) in before.Tensors.Zip(after.Tensors)) Assert.Equal(old.Floats, now.Floats);
            Assert.Equal(before.Metadata["standardizer"], after.Metadata["standardizer"]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
