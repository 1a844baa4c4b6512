using System.Text.RegularExpressions;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>A linear layer as PyTorch lays it out.</summary>
/// <param name="Name">Its tensors' name without what says which of the two it is; empty where they have no more than that.</param>
/// <param name="Weight">The weights (outputs, inputs).</param>
/// <param name="Bias">The biases (outputs); null if there are none.</param>
readonly record struct LinearLayer(string Name, SafeTensor Weight, SafeTensor? Bias)
{
    public int Inputs => Weight.Shape[1];

    public int Outputs => Weight.Shape[0];
}

/// <summary>The linear layers of a file.</summary>
/// <param name="Layers">In the order in which they follow each other.</param>
/// <param name="Others">The names of tensors that belong to none.</param>
/// <param name="Turned">Whether the weights lay as (inputs, outputs).</param>
readonly record struct FoundLayers(LinearLayer[] Layers, string[] Others, bool Turned);

/// <summary>
/// Tells which tensors are a layer's: NAME.weight and NAME.bias as in PyTorch, NAME.kernel and NAME.bias as in Keras and Flax, W1 and b1 as
/// in programs with NumPy; and whether their weights lie as (outputs, inputs) or the other way round.
/// </summary>
static partial class LayerTensors
{
    const string Kernel = "kernel";

    /// <summary>What a tensor is by its name.</summary>
    /// <param name="Layer">The layer's name.</param>
    /// <param name="Part">The last part of the tensor's name.</param>
    readonly record struct Role(string Layer, string Part)
    {
        public bool IsWeight => Part is "weight" or "weights" or Kernel or "W" or "w";

        /// <summary>Whether nothing else has that name.</summary>
        public bool IsSure => Part is "weight" or Kernel or "bias";
    }

    /// <summary>The layers in the order of the file, their weights as (outputs, inputs).</summary>
    /// <exception cref="InvalidDataException">
    /// A tensor is of a kind of layer that this program has not, or does not fit the other one of its layer.
    /// </exception>
    public static (List<LinearLayer> Layers, List<string> Others, bool? Turned) Find(string path, SafetensorsFile file)
    {
        var weights = new OrderedDictionary<string, (SafeTensor Tensor, Role Role)>();
        var biases = new Dictionary<string, (SafeTensor Tensor, Role Role)>();
        var others = new List<string>();
        foreach (SafeTensor tensor in file.Tensors)
        {
            if (OtherKind(tensor, file) is string kind)
            {
                throw new InvalidDataException(
                    $"{path}: tensor {LinearLayers.Shown(tensor)} is of {kind}, which gpumlp has not; it has linear layers");
            }
            if (RoleOf(tensor.Name) is not Role role || (role.IsWeight && tensor.Shape.Count != 2)) others.Add(tensor.Name);
            else if (!(role.IsWeight ? weights.TryAdd(role.Layer, (tensor, role)) : biases.TryAdd(role.Layer, (tensor, role))))
                throw new InvalidDataException($"{path}: tensor {LinearLayers.Shown(tensor)} is the second of its kind in one layer");
        }
        foreach ((_, (SafeTensor tensor, Role role)) in biases.Where(bias => !weights.ContainsKey(bias.Key)))
        {
            if (role.IsSure) throw new InvalidDataException($"{path}: tensor {LinearLayers.Shown(tensor)} has no weight beside it");
            others.Add(tensor.Name);
        }
        List<LinearLayer> layers = [.. weights.Select(weight => new LinearLayer(weight.Key, Checked(path, weight.Value.Tensor),
            biases.TryGetValue(weight.Key, out var bias) ? Flat(path, bias.Tensor) : null))];
        bool? turned = weights.Any(weight => weight.Value.Role.Part == Kernel) ? true : IsTurned(layers);
        bool isSquare = layers.TrueForAll(layer => layer.Weight.Shape[0] == layer.Weight.Shape[1]);
        if (turned is null && isSquare && layers.Count > 0 && !weights.Any(weight => weight.Value.Role.IsSure))
        {
            throw new InvalidDataException(
                $"{path}: tensor {LinearLayers.Shown(layers[0].Weight)} is square, so its shape does not say how it lies: " +
                "call it NAME.weight if it is (outputs, inputs), NAME.kernel if it is (inputs, outputs)");
        }
        if (turned == true) layers = [.. layers.Select(Turn)];
        foreach (LinearLayer layer in layers) Check(path, layer);
        return (layers, others, turned);
    }

    /// <summary>A layer whose weights lie as (inputs, outputs) as one of ours.</summary>
    public static LinearLayer Turn(LinearLayer layer)
    {
        (int rows, int columns) = (layer.Weight.Shape[0], layer.Weight.Shape[1]);
        float[] turned = StoredModel.Transpose(layer.Weight.Floats, rows, columns);
        return layer with { Weight = SafeTensor.Float32(layer.Weight.Name, [columns, rows], turned) };
    }

    // as their biases say, all of one file alike; null where they do not
    static bool? IsTurned(List<LinearLayer> layers)
    {
        bool Fits(LinearLayer layer, int axis) => layer.Bias is null || layer.Bias.Shape[0] == layer.Weight.Shape[axis];
        if (!layers.TrueForAll(layer => Fits(layer, 0))) return layers.TrueForAll(layer => Fits(layer, 1));
        return layers.TrueForAll(layer => Fits(layer, 1)) ? null : false;
    }

    static void Check(string path, LinearLayer layer)
    {
        if (layer.Bias is not SafeTensor bias || bias.Shape[0] == layer.Outputs) return;
        throw new InvalidDataException(
            $"{path}: tensor {LinearLayers.Shown(bias)}; ({layer.Outputs}) is needed beside a weight {LinearLayers.Shape(layer.Weight)}");
    }

    static SafeTensor Checked(string path, SafeTensor tensor)
    {
        if (tensor.Dtype != "F32")
        {
            throw new InvalidDataException(
                $"{path}: tensor {Quoted.Quote(tensor.Name)} holds {Quoted.Cut(tensor.Dtype)}; F32, F64, F16 or BF16 is needed");
        }
        return !tensor.Shape.Contains(0) ? tensor : throw new InvalidDataException($"{path}: tensor {LinearLayers.Shown(tensor)} is empty");
    }

    // biases as a row, as a matrix of one row has them, are taken too
    static SafeTensor Flat(string path, SafeTensor bias) => Checked(path, bias).Shape switch
    {
        [_] => bias,
        [1, int length] => SafeTensor.Float32(bias.Name, [length], bias.Floats),
        _ => throw new InvalidDataException($"{path}: tensor {LinearLayers.Shown(bias)}; biases are one number for each output"),
    };

    static Role? RoleOf(string name) => Names().Match(name) is { Success: true } match
        ? new Role(match.Groups["layer"].Value.TrimEnd('.', '/') + match.Groups["number"].Value, match.Groups["part"].Value) : null;

    [GeneratedRegex(@"^(?<layer>(.*[./])?)(?<part>weights?|kernel|[Ww]|bias|biases|[Bb])_?(?<number>[0-9]*)(:0)?\z",
        RegexOptions.Singleline)]
    private static partial Regex Names();

    // the kinds of layers that PyTorch's names and shapes give away
    static string? OtherKind(SafeTensor tensor, SafetensorsFile file)
    {
        const string Weight = "weight";
        string part = tensor.Name[(tensor.Name.LastIndexOf('.') + 1)..], layer = tensor.Name[..^part.Length];
        if (part is "running_mean" or "running_var") return "a batch normalization";
        if (part is Weight or Kernel && tensor.Shape.Count > 2) return "a convolution";
        if (part == Weight && tensor.Shape.Count < 2)
            return file.Find($"{layer}running_mean") is not null ? "a batch normalization" : "a normalization or a PReLU";
        if (part.StartsWith("weight_ih", StringComparison.Ordinal) || part.StartsWith("weight_hh", StringComparison.Ordinal))
            return "a recurrent layer";
        if (part.StartsWith("in_proj", StringComparison.Ordinal)) return "an attention";
        if (part is "weight_g" or "weight_v" or "weight_orig" or "weight_mask" || tensor.Name.Contains("parametrizations."))
            return "a weight that is computed from others";
        return null;
    }
}
