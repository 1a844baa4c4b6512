using GpuMlp.Data;
using GpuMlp.Kernels.Losses;
using GpuMlp.Losses;

namespace GpuMlp.Training;

/// <summary>
/// Labels that carry the weights of their classes, as <see cref="Weighted{TLoss}"/> and <see cref="WeightedClass"/> read them.
/// </summary>
static class WeightedLabels
{
    /// <summary>The labels as the kernels of a recipe take them.</summary>
    internal static float[] Of(Recipe recipe, DataSet data)
    {
        if (recipe.ClassWeights is not { } weights) return data.Labels;
        return recipe.Loss.Labels == LabelKind.Class
            ? [.. data.Labels.Select(label => WithClass(weights[(int)label], (int)label))]
            : [.. data.Labels.Select(label => label == 1 ? weights[1] : -weights[0])];
    }

    // the weight rounded to the bits that the class leaves it
    static float WithClass(float weight, int label)
    {
        const int HalfStep = (WeightedClass.ClassBits + 1) / 2;
        int bits = BitConverter.SingleToInt32Bits(weight) + HalfStep & ~WeightedClass.ClassBits;
        return BitConverter.Int32BitsToSingle(bits | label);
    }

    /// <summary>Why a recipe's weights do not suit data that its loss takes; null if they do.</summary>
    internal static string? WhyNot(Recipe recipe, DataSet data)
    {
        if (recipe.ClassWeights is not { } weights) return null;
        if (recipe.Loss is HostLoss own)
            return $"class weights are for the library's losses; {own.Name}, one of your own, can weigh its rows itself";
        if (data.ClassCount == 0) return "class weights need classes, the labels are numbers";
        if (data.ClassCount > WeightedClass.ClassBits) return $"class weights are for up to {WeightedClass.ClassBits} classes";
        int classes = Math.Max(2, data.ClassCount);
        return weights.Count == classes ? null : $"{weights.Count} class weights for {classes} classes; each has one";
    }
}
