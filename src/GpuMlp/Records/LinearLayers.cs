using System.Text.RegularExpressions;
using GpuMlp.Formats;

namespace GpuMlp.Records;

/// <summary>Finds the linear layers among the tensors of any program's file, and their order.</summary>
static partial class LinearLayers
{
    const int MostFamilies = 8;                                    // more are not tried in every order

    /// <summary>The layers in the order in which they follow each other.</summary>
    /// <exception cref="InvalidDataException">
    /// There is none; one is of a kind that this program has not, which is named; or they do not fit together.
    /// </exception>
    public static FoundLayers Find(string path, SafetensorsFile file)
    {
        (List<LinearLayer> layers, List<string> others, bool? turned) = LayerTensors.Find(path, file);
        if (layers.Count == 0)
        {
            string found = others.Count == 0 ? "" : $"; its tensors are {Quoted.List([.. others.Select(Quoted.Quote)])}";
            throw new InvalidDataException(
                $"{path}: holds no linear layer, which is two tensors, NAME.weight (outputs, inputs) and NAME.bias (outputs){found}");
        }
        // where no bias says how weights lie, that they follow from each other does
        LinearLayer[][] orders = Orders(layers);
        if (orders.Length == 0 && turned is null && Orders([.. layers.Select(LayerTensors.Turn)]) is [var only])
            return new FoundLayers(only, [.. others], true);
        if (orders is [LinearLayer[] one]) return new FoundLayers(one, [.. others], turned == true);
        string shown = Quoted.List([.. layers.Select(layer => Shown(layer.Weight))]);
        throw new InvalidDataException(orders.Length == 0
            ? $"{path}: its linear layers do not follow from each other, each taking what the one before gives: {shown}"
            : $"{path}: its linear layers fit together in more than one order: {shown}; number their names");
    }

    /// <summary>A tensor's name and shape as messages show it.</summary>
    public static string Shown(SafeTensor tensor) => $"{Quoted.Quote(tensor.Name)} {Shape(tensor)}";

    /// <summary>A tensor's shape as messages show it.</summary>
    public static string Shape(SafeTensor tensor) => RawBytes.Text([.. tensor.Shape]);

    // The orders that fit: one, none, or two of several. A file lists layers as they were made, or sorted: 0, 10, 2. So names that
    // differ in numbers alone go by their numbers.
    static LinearLayer[][] Orders(List<LinearLayer> layers)
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
        if (IsChain(asListed)) return [asListed];
        LinearLayer[] natural = [.. layers.OrderBy(layer => Natural(layer.Name), StringComparer.Ordinal)];
        if (IsChain(natural)) return [natural];
        return families.Length > MostFamilies ? [] : [.. Orders([], families).Where(IsChain).Take(2)];
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
