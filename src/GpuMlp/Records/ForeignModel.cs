using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Records;

/// <summary>A model whose file says nothing but weights: what it lacks comes from hints, or from the run.json beside it.</summary>
static class ForeignModel
{
    const string Record = "run.json";

    /// <summary>What the file of a chain of linear layers does not say.</summary>
    /// <exception cref="InvalidDataException">Neither hints nor run.json say it, or the loss does not suit the network.</exception>
    /// <returns>The model without its weights, and what a user is to be told; null where all of it was given.</returns>
    public static (ModelMetadata Metadata, string? Note) Describe(string path, IReadOnlyList<LinearLayer> layers, ModelHints hints)
    {
        int[] widths = [layers[0].Inputs, .. layers.Select(layer => layer.Outputs)];
        TrainConfig? run = RunBeside(path, widths);
        if (run is { Standardize: true })
        {
            throw new InvalidDataException(
                $"{path}: has lost its means and deviations, by which {Record} beside it says that inputs were standardized; " +
                "take the file that gpumlp wrote, or move this one away to use it as it is");
        }
        bool hidden = layers.Count > 1;                            // without a hidden layer no activation is used
        bool lacks = hints.Loss is null || (hidden && hints.Activation is null);
        if (lacks && run is null) throw Lacking(path, hints, hidden, widths[^1]);
        Activation activation = hints.Activation ?? run?.Activation ?? Activation.ReLU;
        Loss loss = hints.Loss ?? run!.Loss;
        int outputs = widths[^1];
        if (loss.Labels == LabelKind.Class ? outputs < 2 : loss.Labels == LabelKind.Binary && outputs != 1)
        {
            string needs = loss.Labels == LabelKind.Class ? "two outputs or more" : "one output";
            throw new InvalidDataException($"{path}: the loss {loss.Name} needs {needs}; the network has {outputs}");
        }
        NetworkSpec spec = Spec(path, widths, activation).For(loss);
        bool number = loss.Labels == LabelKind.Number;
        string[] classes = number ? [] : [.. Enumerable.Range(0, Math.Max(2, outputs)).Select(k => $"{k}")];
        var metadata = new ModelMetadata(spec with { LinearOutput = spec.LinearOutput || number }, loss, run?.Window, null, classes);
        string? note = !lacks ? null
            : $"{path} does not say its activation and loss; {Record} beside it says {Activations.Names.Of(activation)} and {loss.Name}";
        return (metadata, note);
    }

    static NetworkSpec Spec(string path, int[] widths, Activation activation)
    {
        try { return NetworkSpec.Parse(string.Join('-', widths), activation); }
        catch (FormatException e) { throw new InvalidDataException($"{path}: {e.Message}", e); }
    }

    static InvalidDataException Lacking(string path, ModelHints hints, bool hidden, int outputs)
    {
        var lacking = new List<string>();
        if (hidden && hints.Activation is null) lacking.Add($"--activation ({string.Join(", ", Activations.Names.All)})");
        if (hints.Loss is null)
        {
            lacking.Add(outputs == 1 ? "--loss (bce for a probability, mse for a number)"
                : "--loss (cross-entropy for an output per class, mse for numbers)");
        }
        string what = lacking.Count == 2 ? "its activation and its loss" : hints.Loss is null ? "its loss" : "its activation";
        return new InvalidDataException($"{path}: does not say {what}: give {string.Join(" and ", lacking)}");
    }

    // a run.json of another network says nothing of this one
    static TrainConfig? RunBeside(string path, int[] widths)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Record);
        if (!File.Exists(beside)) return null;
        try
        {
            TrainConfig config = RunRecord.ReadConfig(beside);
            return config.Net.Widths.SequenceEqual(widths) ? config : null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
