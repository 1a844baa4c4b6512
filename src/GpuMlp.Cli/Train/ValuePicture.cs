using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;

namespace GpuMlp.Cli.Train;

/// <summary>The picture of a network that is no map of classes: curves over one feature, or a map of numbers over two.</summary>
/// <param name="input">The data, and the axes of the picture.</param>
/// <param name="network">The network on these axes.</param>
sealed class ValuePicture(TrainInput input, Sequential network)
{
    const int CurvePoints = 500;

    DataSet Points => input.Axes.Points;

    bool IsNumber => Points.ClassCount == 0;

    /// <summary>Draws the picture.</summary>
    public void Save(string path, string title, PlotOptions options)
    {
        if (input.Axes.Window is Window window) SaveMap(window, path, title, options);
        else SaveCurves(path, title, options);
    }

    void SaveMap(Window window, string path, string title, PlotOptions options)
    {
        GridSpec grid = input.Grid(window, new PictureSize(options.Width, options.Height));
        float[] outputs = input.FeaturePlane.IsDerived ? input.FeaturePlane.Outputs(network, grid, GridValue.Logit)
            : new GridEvaluator(network).Evaluate(grid, GridValue.Logit);
        float[] values = [.. outputs.Select(value => (float)Number(value))];
        var rows = Enumerable.Range(0, Points.Count);
        (double, double, double)[] points =
            [.. rows.Select(row => (Points.Value(row, 0), Points.Value(row, 1), (double)Points.Labels[row]))];
        HeatMapPlot.Save(path, grid, values, points, title, options);
    }

    void SaveCurves(string path, string title, PlotOptions options)
    {
        double[] data = [.. Enumerable.Range(0, Points.Count).Select(row => Points.Value(row, 0))];
        double low = data.Min(), high = data.Max(), pad = high > low ? 0.1 * (high - low) : Math.Max(0.5, 0.1 * Math.Abs(low));
        double[] places = [.. Enumerable.Range(0, CurvePoints).Select(k => low - pad + (high - low + 2 * pad) * k / (CurvePoints - 1))];
        float[] z = network.PredictLogits([.. places.Select(Input)]);
        int outputs = network.Outputs;
        if (IsNumber)
        {
            double[] labels = [.. Points.Labels.Select(label => (double)label)];
            Curve curve = new("network", places, [.. z.Select(value => Number(value))]);
            CurvePlot.Save(path, [curve], [new Curve("data", data, labels)], title, options with { YLabel = "value" });
            return;
        }
        Curve[] curves = outputs == 1
            ? [new Curve($"P({options.ClassNames[1]})", places, [.. z.Select(value => 1 / (1 + Math.Exp(-value)))])]
            : [.. Enumerable.Range(0, outputs).Select(k => new Curve(options.ClassNames[k], places, Softmax(z, outputs, k)))];
        // two classes lie where their probability is right; more stand below the curves, class by class
        double Height(int k) => outputs == 1 ? k : -0.04 * (k + 1);
        Curve[] classes = [.. Enumerable.Range(0, Points.ClassCount).Select(k => Class(k, data, Height(k), options.ClassNames[k]))];
        CurvePlot.Save(path, curves, classes, title, options with { YLabel = "probability" });
    }

    Curve Class(int k, double[] data, double height, string name)
    {
        double[] places = [.. data.Where((_, row) => (int)Points.Labels[row] == k)];
        return new Curve(network.Outputs == 1 ? name : null, places, [.. places.Select(_ => height)]);
    }

    static double[] Softmax(float[] z, int outputs, int k)
    {
        var shares = new double[z.Length / outputs];
        for (int row = 0; row < shares.Length; row++)
        {
            ReadOnlySpan<float> logits = z.AsSpan(row * outputs, outputs);
            double sum = 0;
            foreach (float logit in logits) sum += Math.Exp(logit - logits[k]);
            shares[row] = 1 / sum;
        }
        return shares;
    }

    float Input(double value) =>
        (float)(input.Standardizer is Standardizer scale ? (value - scale.Mean[0]) / scale.Deviation[0] : value);

    double Number(float value) => input.Targets?.Undo(value, 0) ?? value;
}
