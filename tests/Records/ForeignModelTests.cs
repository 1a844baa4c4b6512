using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>Linear layers that other programs wrote, whatever their names, and what a file does not say.</summary>
public sealed class ForeignModelTests : IDisposable
{
    static readonly ModelHints Bce = new() { Activation = Activation.ReLU, Loss = new BceLoss() };
    static readonly float[] Points = [0, 0, 1, -1, -1.5f, 2];

    readonly ScratchFolder folder = new();
    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose()
    {
        device.Dispose();
        folder.Dispose();
    }

    static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "Records/Files", name);

    float[] Predict(string path, ModelHints? hints)
    {
        using Sequential network = ModelFile.Read(path, hints).Build(device).Network;
        return network.Predict(Points);
    }

    string Save(params SafeTensor[] tensors)
    {
        string path = folder.File("m.safetensors");
        new SafetensorsFile(tensors).Write(path);
        return path;
    }

    static SafeTensor Matrix(string name, int outputs, int inputs, float value = 0.5f) =>
        SafeTensor.Float32(name, [outputs, inputs], [.. Enumerable.Repeat(value, outputs * inputs)]);

    static SafeTensor Vector(string name, int length, float value = 1) =>
        SafeTensor.Float32(name, [length], [.. Enumerable.Repeat(value, length)]);

    string Error(ModelHints? hints, params SafeTensor[] tensors) =>
        Assert.Throws<InvalidDataException>(() => ModelFile.Read(Save(tensors), hints)).Message;

    [Theory]
    [InlineData("torch-seq-nometa")]
    [InlineData("torch-seq-pt")]
    [InlineData("torch-seq-emptymeta")]
    [InlineData("torch-fc")]
    public void WhatPyTorchSavedComputesWhatItComputedThere(string name)
    {
        float[] probabilities = Predict(Example($"{name}.safetensors"), Bce);
        foreach ((float value, float wanted) in probabilities.Zip([0.463453f, 0.007518f, 0.900425f])) Assert.Equal(wanted, value, 1e-6f);
        using Sequential network = ModelFile.Read(Example($"{name}.safetensors"), Bce with { Loss = new MseLoss() }).Build(device).Network;
        foreach ((float value, float wanted) in network.Predict(Points).Zip([-0.146449f, -4.882939f, 2.201951f]))
            Assert.Equal(wanted, value, 1e-5f);
    }

    [Fact]
    public void MissingBiasesAreZeroAndSeveralOutputsAreClasses()
    {
        StoredModel none = ModelFile.Read(Example("torch-nobias.safetensors"), Bce);
        Assert.Equal("2-8-1", none.Net.ToString());
        Assert.Equal(0.5f, Predict(Example("torch-nobias.safetensors"), Bce)[0]);
        StoredModel three = ModelFile.Read(Example("torch-three-class.safetensors"), Bce with { Loss = new CrossEntropyLoss() });
        Assert.Equal(("2-8-3", true), (three.Net.ToString(), three.Net.LinearOutput));
        Assert.Equal(["0", "1", "2"], three.ClassNames);
    }

    [Theory]
    [InlineData("own-resaved-nometa")]
    [InlineData("own-resaved-pt")]
    public void OurOwnWeightsThroughAnotherProgramNeedHintsOrTheRecordBeside(string name)
    {
        float[] original = Predict(Example("own-extra-meta.safetensors"), null);
        Assert.Equal(original, Predict(Example($"{name}.safetensors"), Bce));
        string copy = folder.File("model.safetensors");
        File.Copy(Example($"{name}.safetensors"), copy);
        Assert.Contains("does not say its activation and its loss: give --activation (relu, ",
            Assert.Throws<InvalidDataException>(() => ModelFile.Read(copy)).Message);

        void Record(string config) => File.WriteAllText(folder.File("run.json"), $"{{\"config\": {{{config}}}}}");
        Record("\"net\": \"2-16-1\", \"activation\": \"relu\", \"loss\": \"bce\", \"window\": \"0:1,0:2\"");
        Assert.Equal(original, Predict(copy, null));
        StoredModel read = ModelFile.Read(copy);
        Assert.Contains("run.json beside it says relu and bce", Assert.Single(read.Notes));
        Assert.Equal(2, read.Window!.Value.Y1);
        Assert.Empty(ModelFile.Read(copy, Bce).Notes);
        Record("\"net\": \"2-17-1\"");
        Assert.Throws<InvalidDataException>(() => ModelFile.Read(copy));
        Record("\"net\": \"2-16-1\", \"standardize\": true");
        Assert.Contains("has lost its means and deviations", Assert.Throws<InvalidDataException>(() => ModelFile.Read(copy, Bce)).Message);
    }

    [Fact]
    public void OurOwnFilesHavePyTorchsFormatAndKeysThatWeDoNotKnowChangeNothing()
    {
        ModelFile.Read(Example("own-extra-meta.safetensors")).Save(folder.File("m.safetensors"));
        SafetensorsFile file = SafetensorsFile.Read(folder.File("m.safetensors"));
        Assert.Equal(("pt", "2"), (file.Metadata["format"], file.Metadata["gpumlp"]));
        new SafetensorsFile(file.Tensors, new Dictionary<string, string>(file.Metadata) { ["note"] = "tried" }).Write(folder.File("n"));
        Assert.Equal(Predict(folder.File("m.safetensors"), null), Predict(folder.File("n"), null));
        Assert.Contains("says that its activation is relu, not tanh; leave --activation out", Assert.Throws<InvalidDataException>(
            () => ModelFile.Read(folder.File("n"), new ModelHints { Activation = Activation.Tanh })).Message);
        Assert.Contains("says that its loss is bce, not mse; leave --loss out",
            Assert.Throws<InvalidDataException>(() => ModelFile.Read(folder.File("n"), new ModelHints { Loss = new MseLoss() })).Message);
        ModelFile.Read(folder.File("n"), Bce);
    }

    [Theory]
    [InlineData("First/bce")]
    [InlineData("First/classes")]
    [InlineData("First/number")]
    [InlineData("torch-fc")]
    [InlineData("torch-nobias")]
    [InlineData("torch-three-class")]
    public void ThroughNumPyAndBackTheBytesAreTheSame(string name)
    {
        ModelHints? hints = name == "torch-three-class" ? Bce with { Loss = new CrossEntropyLoss() } : name[0] == 't' ? Bce : null;
        StoredModel model = ModelFile.Read(Example($"{name}.safetensors"), hints);
        model.Save(folder.File("a.safetensors"));
        model.Save(folder.File("a.npz"));
        ModelFile.Read(folder.File("a.npz")).Save(folder.File("b.safetensors"));
        ModelFile.Read(folder.File("b.safetensors")).Save(folder.File("b.npz"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("b.safetensors")));
        Assert.Equal(File.ReadAllBytes(folder.File("a.npz")), File.ReadAllBytes(folder.File("b.npz")));
        SafetensorsFile source = SafetensorsFile.Read(Example($"{name}.safetensors"));
        string first = name == "torch-fc" ? "fc1" : "0";
        Assert.Equal(source.Find($"{first}.weight")!.Floats, NpzFile.Read(folder.File("a.npz")).Find("0.weight")!.Values<float>());
    }

    [Theory]
    [InlineData("fc1,fc2,fc3")]
    [InlineData("net.0,net.2,net.4")]
    [InlineData("_orig_mod.0,_orig_mod.2,_orig_mod.4")]
    [InlineData("module.layers.9,module.layers.10,module.layers.11")]
    [InlineData("fc_in,fc_hidden,fc_out")]
    [InlineData("z,hidden,a")]
    public void NamesAreFreeAndFilesMayBeSorted(string names)
    {
        string[] layers = names.Split(',');
        int[] widths = [2, 5, 4, 1];
        SafeTensor[] tensors = [.. layers.SelectMany((name, l) => (SafeTensor[])
            [Matrix($"{name}.weight", widths[l + 1], widths[l]), Vector($"{name}.bias", widths[l + 1])])];
        foreach (SafeTensor[] order in (SafeTensor[][])[tensors, [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)]])
            Assert.Equal("2-5-4-1", ModelFile.Read(Save(order), Bce).Net.ToString());
    }

    [Fact]
    public void LayersOfEqualWidthsGoByTheirNumbersAndByTheFile()
    {
        SafeTensor[] sorted = [Matrix("0.weight", 3, 3, 0), Matrix("10.weight", 3, 3, 10), Matrix("2.weight", 3, 3, 2)];
        Assert.Equal([0f, 2, 10], Weights(sorted));
        Assert.Equal([7f, 8, 9], Weights([Matrix("b.weight", 3, 3, 7), Matrix("a.weight", 3, 3, 8), Matrix("c.weight", 3, 3, 9)]));
        Assert.Equal([5f], Weights([Matrix("weight", 3, 3, 5), Vector("bias", 3)]));

        IEnumerable<float> Weights(SafeTensor[] tensors)
        {
            StoredModel model = ModelFile.Read(Save(tensors), Bce with { Loss = new MseLoss() });
            return Enumerable.Range(0, model.Net.Depth).Select(l => model.Rows(l)[0]);
        }
    }

    // the weights of torch-fc.safetensors as other programs call and lay them
    [Theory]
    [InlineData("params.Dense_0.kernel,params.Dense_0.bias,params.Dense_1.kernel,params.Dense_1.bias", true, false)]
    [InlineData("dense/kernel:0,dense/bias:0,dense_1/kernel:0,dense_1/bias:0", true, false)]
    [InlineData("w1,b1,w2,b2", true, true)]
    [InlineData("W1,b1,W2,b2", false, false)]
    [InlineData("layers.0.W,layers.0.b,layers.1.W,layers.1.b", true, true)]
    [InlineData("0.weight,0.bias,2.weight,2.bias", true, false)]
    [InlineData("0.weight,0.bias,2.weight,2.bias", false, true)]
    [InlineData("weights_1,biases_1,weights_2,biases_2", true, false)]
    public void OtherNamesAndLayoutsAreTaken(string names, bool turned, bool biasesAreRows)
    {
        SafetensorsFile file = SafetensorsFile.Read(Example("torch-fc.safetensors"));
        SafeTensor[] torch = [.. ((string[])["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]).Select(name => file.Find(name)!)];
        string[] called = names.Split(',');
        SafeTensor Weight(int k) => !turned ? SafeTensor.Float32(called[k], [.. torch[k].Shape], torch[k].Floats)
            : SafeTensor.Float32(called[k], [torch[k].Shape[1], torch[k].Shape[0]],
                StoredModel.Transpose(torch[k].Floats, torch[k].Shape[0], torch[k].Shape[1]));
        SafeTensor Bias(int k) => SafeTensor.Float32(
            called[k], biasesAreRows ? [1, torch[k].Shape[0]] : [torch[k].Shape[0]], torch[k].Floats);
        string path = Save(Weight(0), Bias(1), Weight(2), Bias(3));
        Assert.Equal(Predict(Example("torch-fc.safetensors"), Bce), Predict(path, Bce));
        Assert.Equal(turned ? 1 : 0, ModelFile.Read(path, Bce).Notes.Count(note => note.Contains("lie as (inputs, outputs)")));
        if (!turned) return;
        // without biases that weights follow from each other says how they lie
        Assert.Equal("2-8-1", ModelFile.Read(Save(Weight(0), Weight(2)), Bce).Net.ToString());
        File.WriteAllBytes(folder.File("ours"), File.ReadAllBytes(Example("own-extra-meta.safetensors")));
        new SafetensorsFile([Weight(0), Bias(1), Weight(2), Bias(3)], SafetensorsFile.Read(folder.File("ours")).Metadata).Write(path);
        Assert.Contains("those of a model of gpumlp are (outputs, inputs)",
            Assert.Throws<InvalidDataException>(() => ModelFile.Read(path)).Message);
    }

    [Fact]
    public void LayersThatWeLackAreNamedAndOtherTensorsLeftOut()
    {
        SafeTensor[] linear = [Matrix("0.weight", 1, 2), Vector("0.bias", 1)];
        SafeTensor[] normalization = [Vector("1.weight", 3), Vector("1.running_mean", 3)];
        Assert.Contains("'1.weight' (3) is of a batch normalization", Error(Bce, [.. linear, .. normalization]));
        Assert.Contains("'1.running_var' (3) is of a batch normalization", Error(Bce, [.. linear, Vector("1.running_var", 3)]));
        Assert.Contains("'n.weight' (3) is of a normalization or a PReLU", Error(Bce, [.. linear, Vector("n.weight", 3)]));
        SafeTensor convolution = SafeTensor.Float32("c.weight", [1, 1, 3, 3], new float[9]);
        Assert.Contains("'c.weight' (1, 1, 3, 3) is of a convolution, which gpumlp has not", Error(Bce, [.. linear, convolution]));
        Assert.Contains("is of a recurrent layer", Error(Bce, [.. linear, Matrix("r.weight_ih_l0", 4, 2)]));
        Assert.Contains("is of an attention", Error(Bce, [.. linear, Matrix("a.in_proj_weight", 6, 2)]));
        Assert.Contains("is of a weight that is computed from others", Error(Bce, [.. linear, Matrix("0.weight_g", 1, 1)]));

        StoredModel model = ModelFile.Read(Save([.. linear, SafeTensor.Int64("step", [], [5]), Vector("ema", 7)]), Bce);
        Assert.EndsWith("tensors that belong to no linear layer are left out: 'step', 'ema'", Assert.Single(model.Notes));
    }

    [Fact]
    public void ALayersNameMayHoldAnyCharacters()
    {
        string path = Save(Matrix("a\u001b[31m\nb.weight", 8, 2), Matrix("c.weight", 1, 8));
        Assert.Equal("2-8-1", ModelFile.Read(path, Bce).Net.ToString());
    }

    [Fact]
    public void LayersThatDoNotFitAreNamed()
    {
        Assert.Contains("holds no linear layer", Error(Bce));
        Assert.Contains("its tensors are 'theta', 'b1'", Error(Bce, Matrix("theta", 2, 2), Vector("b1", 2)));
        Assert.Contains("'W1' (2, 2) is square, so its shape does not say how it lies", Error(Bce, Matrix("W1", 2, 2), Vector("b1", 2)));
        Assert.Contains("do not follow from each other, each taking what the one before gives: 'a.weight' (3, 2), 'b.weight' (1, 4)",
            Error(Bce, Matrix("a.weight", 3, 2), Matrix("b.weight", 1, 4)));
        Assert.Contains("fit together in more than one order",
            Error(Bce, Matrix("b.weight", 3, 2), Matrix("d.weight", 1, 3), Matrix("c.weight", 3, 3), Matrix("a.weight", 3, 3)));
        Assert.Contains("'0.bias' (3); (1) is needed beside a weight (1, 2)", Error(Bce, Matrix("0.weight", 1, 2), Vector("0.bias", 3)));
        Assert.Contains("'0.bias' (8); (2) is needed beside a weight (2, 8)", Error(Bce, Matrix("0.weight", 2, 8), Vector("0.bias", 8),
            Matrix("2.weight", 1, 8), Vector("2.bias", 1)));
        Assert.Contains("'0.bias' (2, 1); biases are one number for each output",
            Error(Bce, Matrix("0.weight", 1, 2), Matrix("0.bias", 2, 1)));
        Assert.Contains("'0.bias' (3) has no weight beside it", Error(Bce, Matrix("1.weight", 1, 2), Vector("0.bias", 3)));
        Assert.Contains("'0.kernel' (1, 2) is the second of its kind in one layer",
            Error(Bce, Matrix("0.weight", 1, 2), Matrix("0.kernel", 1, 2)));
        Assert.Contains("'0.weight' (0, 2) is empty", Error(Bce, Matrix("0.weight", 0, 2)));
        Assert.Contains("holds I64; F32, F64, F16 or BF16 is needed", Error(Bce, SafeTensor.Int64("0.weight", [1, 2], [1, 2])));
        Assert.Contains("the loss bce needs one output; the network has 3", Error(Bce, Matrix("0.weight", 3, 2)));
        Assert.Contains("the loss cross-entropy needs two outputs or more; the network has 1",
            Error(Bce with { Loss = new CrossEntropyLoss() }, Matrix("0.weight", 1, 2)));
        Assert.Contains("does not say its loss: give --loss (bce for a probability, mse for a number)",
            Error(null, Matrix("0.weight", 1, 2)));
        Assert.Contains("does not say its activation: give --activation",
            Error(Bce with { Activation = null }, Matrix("0.weight", 3, 2), Matrix("1.weight", 1, 3)));
        Assert.Contains("not finite", Error(Bce, Matrix("0.weight", 1, 2, float.PositiveInfinity)));
    }

    [Fact]
    public void FilesOfOtherKindsAreNamedAndNeverReadAsModels()
    {
        string Refusal(string name, byte[] bytes)
        {
            File.WriteAllBytes(folder.File(name), bytes);
            return Assert.Throws<InvalidDataException>(() => ModelFile.Read(folder.File(name), Bce)).Message;
        }
        using var zip = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(zip, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            archive.CreateEntry("net/data.pkl").Open().Dispose();
        foreach (byte[] pickle in (byte[][])[zip.ToArray(), zip.ToArray()[..60], [0x80, 2, .. "}q\0."u8, .. new byte[9]]])
        {
            Assert.Contains("is a pickle, as torch.save writes (.pth, .pt), which is never read", Refusal("renamed.safetensors", pickle));
            Assert.Contains("numpy.savez", Refusal("renamed.safetensors", pickle));
        }
        Assert.Contains("is JSON text, such as run.json", Refusal("run.json", [.. "{\"config\": {}}"u8]));
        Assert.Contains("is an HDF5 file", Refusal("keras.h5", [0x89, .. "HDF\r\n\u001a\n..."u8]));
        Assert.Contains("is an ONNX file, which is written and not read", Refusal("net.onnx", [8, 8, 18, 6, .. "gpumlp"u8]));
        Assert.Contains("is a single NumPy array", Refusal("w.npy", [0x93, .. "NUMPY\u0001\0..."u8]));
        Assert.Contains("is an ONNX file", Refusal("renamed.npz", [8, 8, 18, 7, .. "pytorch"u8, 26, 5]));
        Assert.Contains("is a pointer of Git LFS: git lfs pull brings", Refusal("m.safetensors", [.. "version https://git-lfs"u8]));
        Assert.Contains("is text, it begins with '<!DOCTYP'", Refusal("m.html", [.. "<!DOCTYPE html>"u8]));
        Assert.Contains("is text, it begins with 'step,los'", Refusal("losses.csv", [.. "step,loss\n0,1\n"u8]));
        Assert.Contains("is packed by gzip", Refusal("m.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Contains("shorter than the 8 bytes", Refusal("empty", []));
    }
}
