using System.Text.Json;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tests.Support;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace GpuMlp.Tests.Records;

/// <summary>ONNX Runtime computes from an exported model what this library computes.</summary>
public class OnnxFileTests
{
    const int Rows = 10_000;

    public static TheoryData<string, Activation, string, bool> Models =>
    [
        .. Activations.All.Select(function =>
            new TheoryDataRow<string, Activation, string, bool>("2-16-1", function.Activation, "bce", false)),
        ("2-1", Activation.ReLU, "bce", false), ("3-8-8-1", Activation.Tanh, "bce-logits", true),
        ("4-16-5", Activation.ReLU, "cross-entropy", false), ("3-9-7-3", Activation.GELU, "cross-entropy", true),
        ("2-12-1", Activation.SiLU, "mse", true), ("2-300-1", Activation.ReLU, "mse", false),
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void OutputsAreTheSame(string net, Activation activation, string loss, bool standardize)
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        Loss trained = Loss.Names.Parse(loss);
        NetworkSpec spec = NetworkSpec.Parse(net, activation) with { LinearOutput = trained.Labels != LabelKind.Binary };
        using Sequential network = spec.Build(device, Initialization.He, new PhiloxStream(3, StreamPurpose.Initialization), trained);
        int features = network.Inputs, outputs = network.Outputs;
        var random = new Random(7);
        // float32 has no more than six different values between 5,000,000 and 5,000,003
        (double from, double width) = standardize ? (5e6, 3) : (-3, 6);
        double[] raw = [.. Enumerable.Range(0, Rows * features).Select(_ => from + width * random.NextDouble())];
        Standardizer? standardizer = !standardize ? null
            : new Standardizer([.. Enumerable.Repeat(5e6 + 1.5, features)], [.. Enumerable.Repeat(0.9, features)]);
        string[] classes = trained.Labels == LabelKind.Number ? []
            : [.. Enumerable.Range(0, Math.Max(2, outputs)).Select(k => $"résiné {k}")];
        // targets are scaled where inputs are
        Standardizer? targets = standardize && trained.Labels == LabelKind.Number ? new Standardizer([3e5], [7e4]) : null;
        ModelFile.Save(folder.File("m"), new Model(network, null, standardizer, classes) { Targets = targets });
        OnnxFile.Write(folder.File("m.onnx"), ModelFile.Read(folder.File("m")));

        float[] inputs = [.. raw.Select((x, k) => (float)(standardizer is null ? x
            : (x - standardizer.Mean[k % features]) / standardizer.Deviation[k % features]))];
        float[] expected = network.Predict(inputs);
        if (trained.Labels == LabelKind.Class) expected = [.. expected.Chunk(outputs).SelectMany(Softmax)];

        if (targets is not null) expected = [.. expected.Select(value => (float)targets.Undo(value, 0))];

        using InferenceSession session = Open(folder.File("m.onnx"));
        Assert.Equal(["x"], session.InputNames);
        string output = trained.Labels == LabelKind.Number ? "value" : "probability";
        Assert.Equal(output, session.OutputNames[0]);
        Assert.Equal(output, OnnxFile.OutputOf(ModelFile.Read(folder.File("m"))));
        Assert.Equal([-1, features], session.InputMetadata["x"].Dimensions);
        Assert.Equal([-1, outputs], session.OutputMetadata[output].Dimensions);
        Assert.Equal(classes, session.ModelMetadata.CustomMetadataMap.TryGetValue("class_names", out string? names)
            ? JsonSerializer.Deserialize<string[]>(names) : []);
        NamedOnnxValue x = standardize ? NamedOnnxValue.CreateFromTensor("x", new DenseTensor<double>(raw, [Rows, features]))
            : NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(inputs, [Rows, features]));
        using var results = session.Run([x]);
        float[] found = [.. results[0].AsTensor<float>()];
        Assert.Equal(expected.Length, found.Length);
        for (int k = 0; k < found.Length; k++) Assert.Equal(expected[k], found[k], 1e-5f * Math.Max(1, Math.Abs(expected[k])));
    }

    static IEnumerable<float> Softmax(float[] z)
    {
        double[] powers = [.. z.Select(value => Math.Exp(value - z.Max()))];
        return powers.Select(power => (float)(power / powers.Sum()));
    }

    static InferenceSession Open(string path)
    {
        string? missing = null;
        try { return new InferenceSession(path); }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException)
        {
            missing = e.GetBaseException().Message.ReplaceLineEndings(" ");
        }
        Requirement.Need("onnx", false, $"ONNX Runtime's native library does not load: {missing}");
        throw new InvalidOperationException("not reached");
    }
}
