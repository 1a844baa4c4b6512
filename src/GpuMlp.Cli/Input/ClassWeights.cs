using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>How much a row of each class counts in the training loss.</summary>
static class ClassWeights
{
    const string Balanced = "balanced";

    /// <summary>The weights that a config asks for, by class number; null if it asks for none.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="training">The rows to train on: balanced weights are rows / (classes · rows of the class), of these rows alone.</param>
    /// <exception cref="UsageException">The text is no list of weights, or names a class that there is not.</exception>
    public static float[]? Of(TrainConfig config, DataSet training)
    {
        if (config.ClassWeight is not string text) return null;
        if (training.ClassCount == 0) throw Wrong(text, "the labels are numbers; weights are for classes");
        int[] rows = new int[Math.Max(2, training.ClassCount)];
        foreach (float label in training.Labels) rows[(int)label]++;
        if (text == Balanced)
            return [.. rows.Select(count => count == 0 ? 1 : (float)((double)training.Count / rows.Length / count))];
        float[] weights = [.. rows.Select(_ => 1f)];
        var given = new HashSet<int>();
        foreach (string part in text.Split(','))
        {
            int colon = part.LastIndexOf(':');
            if (colon < 0) throw Wrong(text, $"a weight is NAME:WEIGHT, several are separated by commas; or {Balanced}");
            string name = part[..colon].Trim();
            int k = Enumerable.Range(0, training.ClassCount).FirstOrDefault(k => training.ClassNames[k] == name, -1);
            string classes = string.Join(", ", training.ClassNames.Take(20).Select(UsageException.Cut));
            if (k < 0) throw Wrong(text, $"there is no class '{UsageException.Cut(name)}'; the classes are {classes}");
            if (!given.Add(k)) throw Wrong(text, $"class {UsageException.Cut(name)} stands there twice");
            if (!float.TryParse(part[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float weight)
                || !(weight >= 0 && float.IsFinite(weight)))
                throw Wrong(text, $"the weight of class {UsageException.Cut(name)} is a number of 0 or more");
            weights[k] = weight;
        }
        return weights.Any(weight => weight > 0) ? weights : throw Wrong(text, "one class at least has a weight above 0");
    }

    static UsageException Wrong(string text, string why) => UsageException.For("class-weight", text, why);
}
