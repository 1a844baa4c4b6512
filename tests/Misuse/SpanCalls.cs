using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Metrics;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Training;

namespace GpuMlp.Tests.Misuse;

/// <summary>
/// The public methods that take spans, under names Type_Method and with arrays for spans, since reflection cannot pass spans.
/// </summary>
static class SpanCalls
{
    public static Tensor Tensor_From(ComputeDevice device, float[] values, int rows, int columns) =>
        Tensor.From(device, values.AsSpan(), rows, columns);

    public static void Tensor_CopyFrom(Tensor tensor, float[] values) => tensor.CopyFrom(values);

    public static void Tensor_CopyTo(Tensor tensor, float[] target) => tensor.CopyTo(target);

    public static void Sequential_LoadParameters(Sequential network, float[] values) => network.LoadParameters(values);

    public static void NetworkSlice_Load(NetworkSlice slice, float[] parameters) => slice.Load(parameters);

    public static float[] Sequential_Predict(Sequential network, float[] points, int batch) => network.Predict(points, batch);

    public static double DerivedFeature_Of(DerivedFeature feature, double[] features) => feature.Of(features);

    public static float[][] Sequential_PredictHidden(Sequential network, float[] points) => network.PredictHidden(points);

    public static float[] Sequential_PredictLogits(Sequential network, float[] points, int batch) => network.PredictLogits(points, batch);

    public static ConfusionMatrix ConfusionMatrix_Of(float[] labels, int[] predictions, int classes) =>
        ConfusionMatrix.Of(labels, [.. predictions.Select(prediction => (int?)prediction)], classes);

    public static RocCurve? RocCurve_Of(float[] labels, float[] scores) =>
        RocCurve.Of([.. labels.Select(label => label == 1)], [.. scores.Select(score => (double)score)]);

    public static IReadOnlyList<RocCurve?> RocCurve_OneVersusRest(float[] labels, float[] scores, int classes) =>
        RocCurve.OneVersusRest(labels, [.. scores.Select(score => (double)score)], classes);

    public static RegressionMetrics RegressionMetrics_Of(float[] targets, float[] predictions) =>
        RegressionMetrics.Of([.. targets.Select(target => (double)target)], [.. predictions.Select(value => (double)value)]);

    public static double? Baseline_Accuracy(Baseline baseline, float[] labels) => baseline.Accuracy(labels);

    public static double? Baseline_RootMeanSquareError(Baseline baseline, float[] labels) => baseline.RootMeanSquareError(labels);

    public static Score Score_Of(Loss loss, float[] z, bool sigmoid, DataSet data, Baseline baseline) =>
        Score.Of(loss, z, sigmoid, data, baseline);

    public static void GridEvaluator_Evaluate(GridEvaluator evaluator, GridSpec grid, float[] target, GridValue value) =>
        evaluator.Evaluate(grid, target.AsSpan(), value);

    public static int NaNs_Count(float[] values, byte[] classes) => NaNs.Count(values) + NaNs.Count(classes);

    public static int Classification_ArgMax(float[] values) => Classification.ArgMax(values);

    public static float TrainingResult_MeanOfLast(float[] losses) => TrainingResult.MeanOfLast(losses);

    public static void Classification_Softmax(float[] logits) => Classification.Softmax(logits);

    public static int? Classification_ClassOf(float[] outputs) => Classification.ClassOf(outputs);

    public static double Classification_Accuracy(float[] outputs, float[] labels) => Classification.Accuracy(outputs, labels);

    public static float ClassEvaluator_Region(float[] values) => ClassEvaluator.Region(values);

    public static DataSet DataSet_Rows(DataSet data, int[] rows) => data.Rows(rows);

    public static float[] DataSet_Flat(DataSet data) => data.Flat.ToArray();

    public static void RandomStream_Shuffle(RandomStream random, int[] items) => random.Shuffle<int>(items);

    public static double Loss_Mean(Loss loss, float[] z, float[] labels, bool sigmoid) => loss.Mean(z, labels, sigmoid);

    public static void Npy_Write(string path, float[] values, int[] shape) => Npy.Write<float>(path, values, shape);

    public static NpyArray NpyArray_Of(int[] shape, float[] values) => NpyArray.Of(shape, values);

    public static void NpyWriter_Write(Stream stream, int[] shape, float[] values)
    {
        var writer = new NpyWriter<float>(stream, shape);
        writer.Write(values);
        writer.Finish();
    }

    public static void PngWriter_Write(Stream stream, int width, int height, uint[] palette, byte[] rows)
    {
        using var writer = new PngWriter(stream, width, height, palette);
        writer.Write(rows);
        writer.Finish();
    }

    public static SafeTensor SafeTensor_Float32(string name, int[] shape, float[] values) => SafeTensor.Float32(name, shape, values);

    public static SafeTensor SafeTensor_Int64(string name, int[] shape, long[] values) => SafeTensor.Int64(name, shape, values);

    public static SafeTensor SafeTensor_UInt64(string name, int[] shape, long[] values) => SafeTensor.UInt64(name, shape, values);

    public static void LossesCsv_Write(string path, float[] losses) => LossesCsv.Write(path, losses);

    public static void LossesCsv_WriteThinned(string path, float[] losses) => LossesCsv.WriteThinned(path, losses, null, 1);

    public static void LossesCsvWriter_Write(LossesCsvWriter writer, float[] losses) => writer.Write(losses);
}
