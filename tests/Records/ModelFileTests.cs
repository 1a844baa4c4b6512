using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>A saved network is read back as it was; for a file that is no model the message says why.</summary>
public class ModelFileTests
{
    public static TheoryData<string, Activation> Networks =>
    [
        ("2-50-1", Activation.ReLU), ("3-7-5-1", Activation.LeakyReLU), ("2-4-4-4-1", Activation.Sigmoid), ("2-1", Activation.ReLU),
        .. Activations.All.Select(function => new TheoryDataRow<string, Activation>("2-3-1", function.Activation)),
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void ANetworkComesBackAsItWas(string net, Activation activation)
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = Make(device, net, activation);
        var points = new float[12 * network.Inputs];
        for (int k = 0; k < points.Length; k++) points[k] = k * 0.3f - 2;
        ModelFile.Save(folder.File("m"), new Model(network, new Window(-1.5, 2.5, -1, 0.1), null, ["no", "yes"]));

        Model model = ModelFile.Load(folder.File("m"), device);
        using Sequential loaded = model.Network;
        Assert.Equal(network.Predict(points), loaded.Predict(points));
        Assert.Equal(network.ToString(), loaded.ToString());
        Assert.Equal("bce-torch", loaded.Loss.Name);
        Assert.Equal(new Window(-1.5, 2.5, -1, 0.1), model.Window);
        Assert.Null(model.Standardizer);
        Assert.Equal(["no", "yes"], model.ClassNames);
    }

    [Fact]
    public void WeightsLieAsPyTorchHasThemAndTheStandardizerComesBackExactly()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = Make(device, "2-3-1", Activation.ReLU);
        ModelFile.Save(folder.File("m"), new Model(network, null, new Standardizer([1 / 3.0, -7e-9], [0.1, 1e20]), ["0", "1"]));

        SafetensorsFile file = SafetensorsFile.Read(folder.File("m"));
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([3, 2], file.Find("0.weight")!.Shape);
        float[] ours = ((Linear)network.Layers[0]).Weight.Value.ToArray(), theirs = file.Find("0.weight")!.Floats;
        for (int i = 0; i < 2; i++)
            for (int o = 0; o < 3; o++) Assert.Equal(ours[i * 3 + o], theirs[o * 2 + i]);

        Model model = ModelFile.Load(folder.File("m"), device);
        model.Network.Dispose();
        Assert.Null(model.Window);
        Assert.Equal([1 / 3.0, -7e-9], model.Standardizer!.Mean);
        Assert.Equal([0.1, 1e20], model.Standardizer.Deviation);
    }

    [Theory]
    [InlineData("gpumlp", null, "does not say its activation and its loss: give --activation")]
    [InlineData("gpumlp", "3", "metadata 'gpumlp' is '3': a newer gpumlp wrote it; this one reads up to 2")]
    [InlineData("gpumlp", "3.1", "a newer gpumlp wrote it")]
    [InlineData("gpumlp", "x", "metadata 'gpumlp' is 'x': a version from 1 to 2 is needed")]
    [InlineData("gpumlp", "0", "a version from 1 to 2 is needed")]
    [InlineData("net", "2-4-1", "tensor '0.weight' (3, 2); (4, 2) is needed for the network 2-4-1")]
    [InlineData("net", "2-3-1-1", "2 linear layers; the network 2-3-1-1 has 3")]
    [InlineData("net", "2-1", "tensor '0.weight' (3, 2); (1, 2) is needed")]
    [InlineData("net", "2-x-1", "metadata 'net' is '2-x-1'")]
    [InlineData("activation", "mish", "allowed are relu, leaky-relu")]
    [InlineData("loss", null, "metadata 'loss' is missing")]
    [InlineData("window", "1:2", "metadata 'window' is '1:2'")]
    [InlineData("standardizer", """{"mean":[1],"deviation":[1]}""", "1 means for 2 inputs")]
    [InlineData("standardizer", """{"mean":[1,2]}""", "metadata 'standardizer'")]
    [InlineData("classes", "[null,null]", "a name has 1 to 1000 characters")]
    [InlineData("classes", """["a",""]""", "a name has 1 to 1000 characters")]
    [InlineData("classes", "null", "an array of names is needed")]
    [InlineData("classes", "[]", "0 names, but the network tells 2 classes apart")]
    [InlineData("classes", """["a","b","c"]""", "3 names, but the network tells 2 classes apart")]
    public void WrongMetadataIsNamed(string key, string? value, string message)
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using (Sequential network = Make(device, "2-3-1", Activation.ReLU))
            ModelFile.Save(folder.File("m"), new Model(network, null, null, ["0", "1"]));
        SafetensorsFile file = SafetensorsFile.Read(folder.File("m"));
        var metadata = new Dictionary<string, string>(file.Metadata);
        metadata.Remove(key);
        if (value is not null) metadata[key] = value;
        new SafetensorsFile(file.Tensors, metadata).Write(folder.File("m"));

        int before = device.LiveBuffers;
        string error = Assert.Throws<InvalidDataException>(() => ModelFile.Load(folder.File("m"), device)).Message;
        Assert.StartsWith(folder.File("m") + ": ", error);
        Assert.Contains(message.Split('|'), part => error.Contains(part));
        Assert.Equal(before, device.LiveBuffers);
    }

    [Theory]
    [InlineData("bce", "2-3-1", false, "no,yes", null)]
    [InlineData("bce-torch", "2-3-1", false, "0,1", null)]
    [InlineData("bce-logits", "2-3-1", false, "0,1", null)]
    [InlineData("bce", "2-3-1", false, "", "0 names, but the network tells 2 classes apart")]
    [InlineData("mse", "2-3-1", true, "", null)]
    [InlineData("mse", "2-3-3", true, "", null)]
    [InlineData("mse", "2-3-1", true, "0,1", "2 names, but the network returns numbers")]
    [InlineData("mse", "2-3-1", false, "0,1", null)]
    [InlineData("mse", "2-3-1", false, "one", null)]
    [InlineData("mse", "2-3-1", false, "a,b,c", "3 names")]
    [InlineData("cross-entropy", "2-3-4", true, "a,b,c,d", null)]
    [InlineData("cross-entropy", "2-3-4", true, "a,b,c", "3 names, but the network tells 4 classes apart")]
    [InlineData("bce", "2-3-1", false, "no,LONG", "a name has 1 to 1000 characters")]
    [InlineData("bce", "2-3-1", false, "no,\U0001F600", null)]
    [InlineData("bce", "2-3-1", false, "no,HALF", "a name holds half a surrogate pair")]
    public void AModelHasANameForEachClass(string loss, string net, bool linear, string classes, string? why)
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = (NetworkSpec.Parse(net) with { LinearOutput = linear }).Build(device, Loss.Names.Parse(loss));
        string[] names = [.. classes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => name
            .Replace("LONG", new string('n', 1001)).Replace("HALF", "half \ud83d"))];      // attributes hold UTF-8, and it no half pairs
        void Save() => ModelFile.Save(folder.File("m"), new Model(network, null, null, names));
        if (why is not null)
        {
            Assert.Contains(why, Assert.Throws<ArgumentException>(Save).Message);
            Assert.Empty(folder.Names);
            return;
        }
        Save();
        Model model = ModelFile.Load(folder.File("m"), device);
        model.Network.Dispose();
        Assert.Equal(names, model.ClassNames);
    }

    [Fact]
    public void TensorsThatDoNotBelongAndValuesThatAreNotFiniteAreRefused()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using (Sequential network = Make(device, "2-3-1", Activation.ReLU))
            ModelFile.Save(folder.File("m"), new Model(network, null, null, ["0", "1"]));
        SafetensorsFile file = SafetensorsFile.Read(folder.File("m"));
        new SafetensorsFile([.. file.Tensors, SafeTensor.Float32("4.bias", [1], [0])], file.Metadata).Write(folder.File("more"));
        Assert.Contains("tensor '4.bias' (1) has no weight beside it",
            Assert.Throws<InvalidDataException>(() => ModelFile.Load(folder.File("more"), device)).Message);
        file.Find("2.bias")!.Floats[0] = float.NaN;
        file.Write(folder.File("nan"));
        var e = Assert.Throws<InvalidDataException>(() => ModelFile.Load(folder.File("nan"), device));
        Assert.Contains("'2.bias' has a value that is not finite; --allow-nonfinite takes it", e.Message);
        using Sequential taken = ModelFile.Read(folder.File("nan"), new ModelHints { AllowNonfinite = true }).Build(device).Network;
        Assert.True(float.IsNaN(taken.Predict([1f, 2])[0]));
    }

    [Fact]
    public void ANetworkThatTheFileCannotDescribeIsRefused()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using var mixed = new Sequential(
            new Linear(device, 2, 3), new ReLU(), new Linear(device, 3, 3), new Tanh(), new Linear(device, 3, 1), new Sigmoid());
        using var open = new Sequential(new Linear(device, 2, 1), new Tanh());
        foreach (Sequential network in (Sequential[])[mixed, open])
            Assert.Throws<ArgumentException>(() => ModelFile.Save(folder.File("m"), new Model(network, null, null, [])));
        Assert.Empty(folder.Names);
    }

    static Sequential Make(ComputeDevice device, string net, Activation activation) => NetworkSpec.Parse(net, activation)
        .Build(device, Initialization.Normal, new PhiloxStream(5, StreamPurpose.Initialization), new BceLoss(BceForm.Torch));
}
