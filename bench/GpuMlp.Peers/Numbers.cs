using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace GpuMlp.Peers;

/// <summary>
/// Ten steps of each optimizer on five networks, computed by TorchSharp in float64 and written as JSON, the contents of
/// tests/Golden/optimizers.json. Weights are (in, out), as GpuMlp's are.
/// </summary>
static class Numbers
{
    const int Steps = 10, Batch = 4;

    // of a tensor with more values only every second, third … value of its gradient is written
    const int MostValues = 64;

    static readonly NetworkNumbers[] Networks =
    [
        new("2-50-1", "relu", "bce"), new("2-64-64-1", "tanh", "bce-logits"), new("3-16-3", "relu", "cross-entropy"),
        new("4-8-8-1", "leaky-relu", "mse"), new("2-10-10-10-1", "silu", "bce-torch"),
    ];

    static readonly OptimizerNumbers[] Optimizers =
    [
        new("sgd", 0.1),
        new("sgd", 0.1, WeightDecay: 0.05),
        new("sgd", 0.05, Momentum: 0.9),
        new("sgd", 0.05, Momentum: 0.9, Nesterov: true, WeightDecay: 0.01),
        new("adam", 0.01),
        new("adam", 0.01, WeightDecay: 0.1),
        new("adamw", 0.01, WeightDecay: 0.1),
        new("sgd", 0.2, ClipNorm: 0.1),
        new("sgd", 0.2, Schedule: "step", Every: 3),
        new("adam", 0.02, Schedule: "cosine", Every: 10),
    ];

    internal static void Write(string file)
    {
        string by = $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)} in float64: bench/GpuMlp.Peers/run numbers FILE";
        var options = new JsonSerializerOptions
        {
            WriteIndented = true,
            IndentSize = 1,
            NewLine = "\n",
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new OnOneLine() },
        };
        File.WriteAllText(file, JsonSerializer.Serialize(new AllNumbers(by, Steps, Batch, [.. Networks.Select(Compute)]), options) + "\n");
    }

    static NetworkNumbers Compute(NetworkNumbers empty, int number)
    {
        var random = new Random(number);
        int[] widths = [.. empty.Net.Split('-').Select(int.Parse)];
        int rows = Steps * Batch, inputs = widths[0], outputs = widths[^1];
        double[] x = Draw(rows * inputs, 2, 2, random);
        double[] y = empty.Loss == "mse"
            ? Draw(rows, 1, 2, random)
            : [.. Enumerable.Range(0, rows).Select(_ => (double)random.Next(outputs == 1 ? 2 : outputs))];
        var parameters = new Dictionary<string, double[]>();
        for (int l = 0; l + 1 < widths.Length; l++)
        {
            double bound = Math.Sqrt(3.0 / widths[l]);
            parameters[$"{2 * l}.weight"] = Draw(widths[l] * widths[l + 1], bound, 3, random);
            parameters[$"{2 * l}.bias"] = Draw(widths[l + 1], 0.5, 3, random);
        }
        NetworkNumbers begun = empty with { Inputs = x, Labels = y, Parameters = parameters };
        return begun with { Runs = [.. Optimizers.Select(optimizer => Run(begun, optimizer))] };
    }

    // few decimals: the file then holds exactly the numbers that TorchSharp began with
    static double[] Draw(int count, double bound, int decimals, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Round((2 * random.NextDouble() - 1) * bound, decimals))];

    static OptimizerNumbers Run(NetworkNumbers numbers, OptimizerNumbers definition)
    {
        using DisposeScope scope = NewDisposeScope();
        TorchModule network = Network(numbers);
        var named = network.named_parameters().ToList();
        foreach ((string name, Parameter parameter) in named)
            using (no_grad()) parameter.copy_(Transposed(tensor(numbers.Parameters![name], ScalarType.Float64), parameter));
        optim.Optimizer optimizer = Optimizer(definition, [.. named.Select(p => p.parameter)]);
        optim.lr_scheduler.LRScheduler? schedule = definition.Schedule switch
        {
            "step" => optim.lr_scheduler.StepLR(optimizer, definition.Every, 0.5),
            "cosine" => optim.lr_scheduler.CosineAnnealingLR(optimizer, definition.Every),
            _ => null,
        };
        const int rows = Steps * Batch;
        Tensor x = tensor(numbers.Inputs!, rows, numbers.Inputs!.Length / rows, ScalarType.Float64);
        Tensor y = tensor(numbers.Labels!, rows, 1, ScalarType.Float64);
        var losses = new double[Steps];
        Dictionary<string, double[]> first = [], last = [];
        for (int step = 0; step < Steps; step++)
        {
            Tensor loss = Loss(numbers.Loss, network.forward(x.narrow(0, step * Batch, Batch)), y.narrow(0, step * Batch, Batch));
            losses[step] = loss.item<double>();
            optimizer.zero_grad();
            loss.backward();
            if (step == 0) first = Gradients(named);
            if (step == Steps - 1) last = Gradients(named);
            if (definition.ClipNorm > 0) nn.utils.clip_grad_norm_([.. named.Select(p => p.parameter)], definition.ClipNorm);
            optimizer.step();
            schedule?.step();
        }
        return definition with { Losses = losses, FirstGradients = definition == Optimizers[0] ? first : null, LastGradients = last };
    }

    static TorchModule Network(NetworkNumbers numbers)
    {
        int[] widths = [.. numbers.Net.Split('-').Select(int.Parse)];
        var layers = new List<TorchModule>();
        for (int l = 0; l + 1 < widths.Length; l++)
        {
            layers.Add(nn.Linear(widths[l], widths[l + 1], dtype: ScalarType.Float64));
            if (l + 2 < widths.Length) layers.Add(Activation(numbers.Activation));
        }
        return nn.Sequential(layers);
    }

    static TorchModule Activation(string name) => name switch
    {
        "relu" => nn.ReLU(),
        "tanh" => nn.Tanh(),
        "leaky-relu" => nn.LeakyReLU(0.01),
        "silu" => nn.SiLU(),
        _ => throw new ArgumentException($"{name} is no activation of this file", nameof(name)),
    };

    static Tensor Loss(string name, Tensor z, Tensor y) => name switch
    {
        "bce" or "bce-torch" => nn.functional.binary_cross_entropy(z.sigmoid(), y),
        "bce-logits" => nn.functional.binary_cross_entropy_with_logits(z, y),
        "mse" => nn.functional.mse_loss(z, y),
        _ => nn.functional.cross_entropy(z, y.squeeze(1).to(ScalarType.Int64)),
    };

    static optim.Optimizer Optimizer(OptimizerNumbers o, Parameter[] parameters) => o.Optimizer switch
    {
        "adam" => optim.Adam(parameters, o.LearningRate, weight_decay: o.WeightDecay),
        "adamw" => optim.AdamW(parameters, o.LearningRate, weight_decay: o.WeightDecay),
        _ => optim.SGD(parameters, o.LearningRate, o.Momentum, weight_decay: o.WeightDecay, nesterov: o.Nesterov),
    };

    // PyTorch's weights are (out, in)
    static Tensor Transposed(Tensor values, Tensor like) => like.dim() == 1 ? values : values.reshape(like.shape[1], like.shape[0]).t();

    static Dictionary<string, double[]> Gradients(List<(string Name, Parameter Parameter)> named) => named.ToDictionary(p => p.Name, p =>
    {
        double[] all = [.. (p.Parameter.dim() == 1 ? p.Parameter.grad! : p.Parameter.grad!.t().contiguous()).data<double>()];
        int every = (all.Length + MostValues - 1) / MostValues;
        return (double[])[.. all.Where((_, k) => k % every == 0)];
    });

    sealed class OnOneLine : JsonConverter<double[]>
    {
        public override double[] Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, double[] value, JsonSerializerOptions options) =>
            writer.WriteRawValue($"[{string.Join(",", value.Select(v => v.ToString("G8", CultureInfo.InvariantCulture)))}]");
    }
}

/// <summary>The contents of the file.</summary>
/// <param name="MadeBy">The program and command that made it.</param>
/// <param name="Steps">Steps of each training.</param>
/// <param name="Batch">Rows per step: step k takes the rows from k · Batch on.</param>
/// <param name="Networks">All networks.</param>
sealed record AllNumbers(string MadeBy, int Steps, int Batch, NetworkNumbers[] Networks);

/// <summary>One network: its data and first parameters, and its trainings. Matrices are row-major, weights (in, out).</summary>
sealed record NetworkNumbers(string Net, string Activation, string Loss,
    double[]? Inputs = null, double[]? Labels = null, Dictionary<string, double[]>? Parameters = null, OptimizerNumbers[]? Runs = null);

/// <summary>One optimizer and the results of its training; gradients are those of the backward pass, before clipping.</summary>
sealed record OptimizerNumbers(
    string Optimizer, double LearningRate, double Momentum = 0, bool Nesterov = false, double WeightDecay = 0, double ClipNorm = 0,
    string? Schedule = null, int Every = 0, double[]? Losses = null,
    Dictionary<string, double[]>? FirstGradients = null, Dictionary<string, double[]>? LastGradients = null);
