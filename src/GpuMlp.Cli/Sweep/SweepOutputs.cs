using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>Writes the outputs of a sweep beside its table: the best networks, and the mosaic of boundaries.</summary>
/// <param name="folder">The folder of the outputs.</param>
/// <param name="grid">The sweep.</param>
/// <param name="sources">Where its data comes from.</param>
/// <param name="summary">Its results.</param>
/// <param name="device">Evaluates the networks of the mosaic.</param>
sealed class SweepOutputs(OutputFolder folder, SweepGrid grid, SweepSources sources, SweepSummary summary, ComputeDevice device)
{
    public const int GridWidth = 80, GridHeight = 60;
    const int FinerForClasses = 4;

    /// <summary>The data of one network.</summary>
    public SweepData DataOf(int row) => new(grid.Common, [grid[row]], sources, CancellationToken.None);

    /// <summary>Writes the best networks as models.</summary>
    public void WriteBest()
    {
        int place = 0;
        foreach (SweepRanking.Ranked ranked in summary.Best) WriteModel(ranked.Row, RunFiles.BestOfSweep(++place));
    }

    void WriteModel(int row, string name)
    {
        SweepData data = DataOf(row);
        using Sequential network = data.Recipes[0].Net!.Build(device, data.Rows[0].Loss);
        network.LoadParameters(summary.Parameters[row]);
        (DataSet raw, Standardizer? standardizer) = data.Load(0);
        Window? window = raw.Features == 2 ? data.WindowOf(0) : null;
        var model = new Model(network, window, standardizer, data.ClassNames(data.Rows[0]))
        { Columns = data.Columns(0), Targets = data.Targets(0) };
        ModelFile.Save(folder[name], model);
    }

    /// <summary>Evaluates on one grid the networks that the mosaic shows.</summary>
    public (GridSpec Grid, List<MosaicTile> Tiles, int Columns) Evaluate(MosaicChoice mosaic)
    {
        int[] shown = mosaic.Rows;
        int count = shown.Length;
        SweepRanking.Ranked? best = summary.Best.FirstOrDefault();
        if (best is not null && !shown.Contains(best.Row)) shown[mosaic.TileOf(best.Row)] = best.Row;
        SweepResult[] results =
            [.. shown.Select(row => row == best?.Row ? best.Result : summary.Shown.GetValueOrDefault(row, SweepResult.None))];
        var data = new SweepData(grid.Common, [.. shown.Select(row => grid[row])], sources, CancellationToken.None);
        Window[] windows = [.. data.Numbers.Distinct().Select(data.WindowOf)];
        var window = new Window(windows.Min(w => w.X0), windows.Max(w => w.X1), windows.Min(w => w.Y0), windows.Max(w => w.Y1));
        // colours of classes are not interpolated, so they need a finer grid
        int finer = data.Recipes.Any(recipe => recipe.Net!.Widths[^1] > 2) ? FinerForClasses : 1;
        GridSpec points = GridSpec.ForPicture(window, finer * GridWidth, finer * GridHeight);
        int[] known = [.. Enumerable.Range(0, count).Where(k => results[k].Accuracy is not null)];
        Dictionary<int, float[]> predictions = Predict(data, shown, known, points);
        SweepList[] varying = [.. grid.Varying];
        List<MosaicTile> tiles = [.. shown.Select((row, k) =>
        {
            string label = string.Join(" · ", varying.Select(axis => $"{Short(axis.Option)}{axis.Option.Text(data.Rows[k]) ?? "off"}"));
            int classes = Math.Max(2, data.Recipes[k].Net!.Widths[^1]);
            string outcome = Invariant($"row {row + 1}: {Outcome(results[k])}");
            return new MosaicTile(predictions.GetValueOrDefault(k), label, outcome, row == best?.Row, classes);
        })];
        int square = (int)Math.Ceiling(Math.Sqrt(count)), fastest = varying.Length > 0 ? (int)varying[^1].Count : 1;
        // a row of tiles holds all values of the fastest option, unless the sheet would be too wide or too high; else the sheet is square
        bool aligned = count == grid.Count && fastest <= 32 && fastest * 3 >= square && fastest <= 4 * square;
        return (points, tiles, aligned ? fastest : square);
    }

    Dictionary<int, float[]> Predict(SweepData data, int[] shown, int[] known, GridSpec points)
    {
        var plain = new Lazy<float[]>(() => Flat(points, null));
        var standardized = known.Select(k => data.Numbers[k]).Distinct().ToDictionary(
            set => set, set => new Lazy<float[]>(() => Flat(points, data.Load(set).Standardizer)));
        var predictions = new Dictionary<int, float[]>();
        foreach (var alike in known.GroupBy(k => data.Recipes[k].Net!))
        {
            int[] group = [.. alike];
            float[][] values = PopulationEvaluator.Evaluate(device, alike.Key, [.. group.Select(k => summary.Parameters[shown[k]])],
                [.. group.Select(k => (grid.Common.Standardize ? standardized[data.Numbers[k]] : plain).Value)]);
            for (int k = 0; k < group.Length; k++) predictions[group[k]] = Regions(values[k], alike.Key);
        }
        return predictions;
    }

    // the picture's points, standardized as the network's inputs were: the axes of the picture are in the data's own units
    static float[] Flat(GridSpec grid, Standardizer? standardizer)
    {
        grid = GridSpec.ForPicture(grid.Window, grid.Width, grid.Height, Windows.Scale(standardizer));
        var points = new float[2 * grid.Width * grid.Height];
        for (int k = 0; k < grid.Width * grid.Height; k++)
            (points[2 * k], points[2 * k + 1]) = (grid.X[k % grid.Width], grid.Y[k / grid.Width]);
        return points;
    }

    // turns the values (outputs, points) of a network with one output per class into the values that pictures take
    static float[] Regions(float[] values, NetworkSpec spec)
    {
        int outputs = spec.Widths[^1], points = values.Length / outputs;
        if (outputs == 1) return values;
        var regions = new float[points];
        Span<float> point = stackalloc float[ClassEvaluator.MostClasses];
        for (int k = 0; k < points; k++)
        {
            for (int o = 0; o < outputs; o++) point[o] = values[o * points + k];
            regions[k] = ClassEvaluator.Region(point[..outputs]);
        }
        return regions;
    }

    static string Outcome(SweepResult result) => result.DivergedStep is int step ? Invariant($"diverged at {step}")
        : result.Validation?.Accuracy is double validation ? Invariant($"validation {100 * validation:0.0} %")
        : result.Accuracy is double accuracy ? Invariant($"{100 * accuracy:0.0} %") : "not trained";

    // widths and names are understood without the option's name
    static string Short(TrainOption option) => option.Name is "net" or "activation" or "init" or "loss" or "data" ? "" : $"{option.Name} ";
}
