using System.Text.RegularExpressions;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>A linear layer as PyTorch names and lays it out.</summary>
/// <param name="Name">Its tensors' name without .weight and .bias; empty where they have no more than that.</param>
/// <param name="Weight">The weights (outputs, inputs).</param>
/// <param name="Bias">The biases (outputs); null if there are none.</param>
readonly record struct LinearLayer(string Name, SafeTensor Weight, SafeTensor? Bias)
{
    public int Inputs => Weight.Shape[1];

    public int Outputs => Weight.Shape[0];
}

/// <summary>Finds the linear layers among the tensors of any program's file, and their order.</summary>
static partial class LinearLayers
{
    const string Weight = "weight", Bias = "bias";
    const int MostFamilies = 8;                                    // more are not tried in every order

    /// <summary>The layers in the order in which they follow each other, and the names of tensors that belong to none.</summary>
    /// <exception cref="InvalidDataException">
    /// There is none; one is of a kind that this program has not, which is named; or they do not fit together.
    /// </exception>
    public static (LinearLayer[] Layers, string[] Others) Find(string path, SafetensorsFile file)
    {
        var layers = new List<LinearLayer>();
        var others = new List<string>();
        foreach (SafeTensor tensor in file.Tensors)
        {
            if (OtherKind(tensor, file) is string kind)
                throw new InvalidDataException($"{path}: tensor {Shown(tensor)} is of {kind}, which gpumlp has not; it has linear layers");
            if (NameOf(tensor, Weight) is string name) layers.Add(Layer(path, file, name, tensor));
            else if (NameOf(tensor, Bias) is null) others.Add(tensor.Name);
            else if (file.Find(tensor.Name[..^Bias.Length] + Weight) is null)
                throw new InvalidDataException($"{path}: tensor {Shown(tensor)} has no weight beside it");
        }
        if (layers.Count == 0)
        {
            string found = others.Count == 0 ? "" : $"; its tensors are {Quoted.List([.. others.Select(Quoted.Quote)])}";
            throw new InvalidDataException(
                $"{path}: holds no linear layer, which is two tensors, NAME.weight (outputs, inputs) and NAME.bias (outputs){found}");
        }
        return (Ordered(path, layers), [.. others]);
    }

    static string? NameOf(SafeTensor tensor, string part) => tensor.Name == part ? ""
        : tensor.Name.EndsWith($".{part}", StringComparison.Ordinal) ? tensor.Name[..^(part.Length + 1)] : null;

    static LinearLayer Layer(string path, SafetensorsFile file, string name, SafeTensor weight)
    {
        SafeTensor? bias = file.Find(name == "" ? Bias : $"{name}.{Bias}");
        foreach (SafeTensor? tensor in (SafeTensor?[])[weight, bias])
        {
            if (tensor is not null and not { Dtype: "F32" })
            {
                throw new InvalidDataException(
                    $"{path}: tensor {Quoted.Quote(tensor.Name)} holds {tensor.Dtype}; F32, F64, F16 or BF16 is needed");
            }
        }
        if (weight.Shape.Contains(0)) throw new InvalidDataException($"{path}: tensor {Shown(weight)} is empty");
        if (bias is not null && (bias.Shape.Count != 1 || bias.Shape[0] != weight.Shape[0]))
            throw new InvalidDataException($"{path}: tensor {Shown(bias)}; ({weight.Shape[0]}) is needed beside a weight {Shape(weight)}");
        return new LinearLayer(name, weight, bias);
    }

    // the kinds of layers that PyTorch's names and shapes give away
    static string? OtherKind(SafeTensor tensor, SafetensorsFile file)
    {
        string part = tensor.Name[(tensor.Name.LastIndexOf('.') + 1)..], layer = tensor.Name[..^part.Length];
        if (part is "running_mean" or "running_var") return "a batch normalization";
        if (part == Weight && tensor.Shape.Count > 2) return "a convolution";
        if (part == Weight && tensor.Shape.Count < 2)
            return file.Find($"{layer}running_mean") is not null ? "a batch normalization" : "a normalization or a PReLU";
        if (part.StartsWith("weight_ih", StringComparison.Ordinal) || part.StartsWith("weight_hh", StringComparison.Ordinal))
            return "a recurrent layer";
        if (part.StartsWith("in_proj", StringComparison.Ordinal)) return "an attention";
        if (part is "weight_g" or "weight_v" or "weight_orig" or "weight_mask" || tensor.Name.Contains("parametrizations."))
            return "a weight that is computed from others";
        return null;
    }

    /// <summary>A tensor's name and shape as messages show it.</summary>
    public static string Shown(SafeTensor tensor) => $"{Quoted.Quote(tensor.Name)} {Shape(tensor)}";

    static string Shape(SafeTensor tensor) => RawBytes.Text([.. tensor.Shape]);

    // A file lists layers as they were made, or sorted: 0, 10, 2. So names that differ in numbers alone go by their numbers.
    static LinearLayer[] Ordered(string path, List<LinearLayer> layers)
    {
        LinearLayer[][] families = [.. layers.GroupBy(layer => Numbers().Replace(layer.Name, "0"))
            .Select(family => family.OrderBy(layer => Natural(layer.Name), StringComparer.Ordinal).ToArray())];
        var next = families.ToDictionary(family => Numbers().Replace(family[0].Name, "0"), family => family.AsEnumerable().GetEnumerator());
        LinearLayer[] asListed = [.. layers.Select(layer =>
        {
            IEnumerator<LinearLayer> family = next[Numbers().Replace(layer.Name, "0")];
            family.MoveNext();
            return family.Current;
        })];
        if (IsChain(asListed)) return asListed;
        LinearLayer[] natural = [.. layers.OrderBy(layer => Natural(layer.Name), StringComparer.Ordinal)];
        if (IsChain(natural)) return natural;
        LinearLayer[][] fitting = families.Length > MostFamilies ? [] : [.. Orders([], families).Where(IsChain).Take(2)];
        if (fitting is [LinearLayer[] only]) return only;
        string shown = Quoted.List([.. layers.Select(layer => Shown(layer.Weight))]);
        throw new InvalidDataException(fitting.Length == 0
            ? $"{path}: its linear layers do not follow from each other, each taking what the one before gives: {shown}"
            : $"{path}: its linear layers fit together in more than one order: {shown}; number their names");
    }

    static bool IsChain(LinearLayer[] layers) => layers.Skip(1).Zip(layers).All(pair => pair.First.Inputs == pair.Second.Outputs);

    static IEnumerable<LinearLayer[]> Orders(LinearLayer[] before, LinearLayer[][] families)
    {
        if (families.Length == 0) return [before];
        return families.Where(family => before.Length == 0 || before[^1].Outputs == family[0].Inputs)
            .SelectMany(family => Orders([.. before, .. family], [.. families.Where(other => other != family)]));
    }

    // numbers of equal length sort by their value
    static string Natural(string name) => Numbers().Replace(name, number => number.Value.TrimStart('0').PadLeft(MostDigits, '0'));

    const int MostDigits = 20;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
