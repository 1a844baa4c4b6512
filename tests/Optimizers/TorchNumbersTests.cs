using System.Text.Json;
using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Optimizers;

/// <summary>Ten steps of each optimizer on five networks, compared with PyTorch's numbers; all routes give equal results.</summary>
[Collection<KernelTests>]
public class TorchNumbersTests(DeviceRoutes routes, ITestOutputHelper log)
{
    const double LossTolerance = 1e-5, GradientTolerance = 1e-6;

    static readonly AllNumbers Golden = JsonSerializer.Deserialize<AllNumbers>(
        File.ReadAllText(GpuMlp.Tests.Support.Golden.PathOf("optimizers.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> Networks() => [.. Enumerable.Range(0, Golden.Networks.Length)];

    [Theory, MemberData(nameof(Networks))]
    public void TenStepsMatch(int number)
    {
        NetworkNumbers network = Golden.Networks[number];
        foreach (OptimizerNumbers expected in network.Runs)
        {
            Outcome? first = null;
            foreach (Route route in routes.All())
            {
                Outcome actual = Run(route.Device, network, expected);
                string at = $"{network.Net} {network.Loss}, {expected.Title}, {route}";
                if (first is null) Compare(at, expected, first = actual);
                else if (!route.Device.SameBits) Compare(at, expected, actual);
                else Assert.True(first.Values.SequenceEqual(actual.Values), $"{at}: other bits than the first route's");
            }
        }
    }

    void Compare(string at, OptimizerNumbers expected, Outcome actual)
    {
        double loss = Largest(expected.Losses, actual.Losses, 1), gradient = Worst(expected.LastGradients, actual.Last);
        if (expected.FirstGradients is not null) gradient = Math.Max(gradient, Worst(expected.FirstGradients, actual.First));
        log.WriteLine($"{at}: losses within {loss:0.0e-00}, gradients within {gradient:0.0e-00}");
        Assert.True(loss <= LossTolerance, $"{at}: a loss is off by {loss}");
        Assert.True(gradient <= GradientTolerance, $"{at}: a gradient is off by {gradient}");
    }

    static double Worst(Dictionary<string, double[]> expected, Dictionary<string, float[]> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        return expected.Max(e => Largest(e.Value, actual[e.Key], (actual[e.Key].Length + e.Value.Length - 1) / e.Value.Length));
    }

    // of a large tensor only every second, third … value is in the file
    static double Largest(double[] expected, float[] actual, int every)
    {
        Assert.Equal(expected.Length, (actual.Length + every - 1) / every);
        return expected.Select((e, k) => Math.Abs(e - actual[k * every])).Max();
    }

    static Outcome Run(ComputeDevice device, NetworkNumbers numbers, OptimizerNumbers definition)
    {
        Loss loss = Loss.Names.Parse(numbers.Loss);
        NetworkSpec spec = NetworkSpec.Parse(numbers.Net, Activations.Names.Parse(numbers.Activation));
        using Sequential network = (spec with { LinearOutput = loss is MseLoss }).Build(device, loss);
        var parameters = network.NamedParameters();
        foreach ((string name, var parameter) in parameters) parameter.Value.CopyFrom(numbers.Parameters[name]);
        using Optimizer optimizer = Make(definition, network);
        var losses = new float[Golden.Steps];
        Dictionary<string, float[]> first = [];
        int inputs = network.Inputs;
        for (int step = 0; step < losses.Length; step++)
        {
            float[] inputsOfStep = numbers.Inputs.AsSpan(step * Golden.Batch * inputs, Golden.Batch * inputs).ToArray();
            float[] labelsOfStep = numbers.Labels.AsSpan(step * Golden.Batch, Golden.Batch).ToArray();
            using Variable x = Variable.From(device, inputsOfStep), y = Variable.From(device, labelsOfStep);
            Variable value = loss.Forward(network.Forward(x.Reshape(Golden.Batch, inputs)), y);
            optimizer.ZeroGrad();
            value.Backward();
            losses[step] = value.Item();
            if (step == 0) first = Gradients();
            if (step == losses.Length - 1) return new Outcome(losses, first, Gradients());
            optimizer.Step();
        }
        throw new InvalidOperationException();

        Dictionary<string, float[]> Gradients() => parameters.ToDictionary(p => p.Name, p => p.Parameter.Gradient.ToArray());
    }

    static Optimizer Make(OptimizerNumbers o, Sequential network)
    {
        Schedule schedule = o.Schedule switch
        {
            "step" => Schedule.Step(o.Every, 0.5f),
            "cosine" => Schedule.Cosine(o.Every),
            _ => Schedule.Constant,
        };
        float? clip = o.ClipNorm > 0 ? o.ClipNorm : null;
        return o.Optimizer switch
        {
            "adam" => new Adam(network.Parameters(), o.LearningRate, weightDecay: o.WeightDecay) { Schedule = schedule, ClipNorm = clip },
            "adamw" => new AdamW(network.Parameters(), o.LearningRate, weightDecay: o.WeightDecay) { Schedule = schedule, ClipNorm = clip },
            _ => new Sgd(network.Parameters(), o.LearningRate, o.Momentum, o.Nesterov, o.WeightDecay)
            {
                Schedule = schedule,
                ClipNorm = clip,
            },
        };
    }

    sealed record Outcome(float[] Losses, Dictionary<string, float[]> First, Dictionary<string, float[]> Last)
    {
        internal IEnumerable<float> Values => [.. Losses, .. First.Values.SelectMany(g => g), .. Last.Values.SelectMany(g => g)];
    }

    // tests/Golden/optimizers.json, which bench/GpuMlp.Peers/Numbers.cs writes

    sealed record AllNumbers(int Steps, int Batch, NetworkNumbers[] Networks);

    sealed record NetworkNumbers(
        string Net, string Activation, string Loss, float[] Inputs, float[] Labels,
        Dictionary<string, float[]> Parameters, OptimizerNumbers[] Runs);

    sealed record OptimizerNumbers(
        string Optimizer, float LearningRate, float Momentum, bool Nesterov, float WeightDecay, float ClipNorm, string? Schedule, int Every,
        double[] Losses, Dictionary<string, double[]>? FirstGradients, Dictionary<string, double[]> LastGradients)
    {
        internal string Title => string.Join(' ', ((string?[])[Optimizer, Momentum > 0 ? Nesterov ? "nesterov" : "momentum" : null,
            WeightDecay > 0 ? "decay" : null, ClipNorm > 0 ? "clipped" : null, Schedule]).OfType<string>());
    }
}
