using System.Text;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Options;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>Writes the outputs of a sweep: the table, the best network, the mosaic of boundaries.</summary>
sealed class SweepOutputs(
    OutputFolder folder, SweepGrid grid, SweepData data, IReadOnlyList<PopulationResult> results, SweepRanking ranking,
    ComputeDevice device)
{
    public const int GridWidth = 80, GridHeight = 60;
    const int MostTiles = 256, FinerForClasses = 4;

    /// <summary>The result of each network.</summary>
    public IReadOnlyList<PopulationResult> Results => results;

    int? Best => ranking.Best;

    /// <summary>Writes sweep.csv, one row per network: its options under train's names (the steps as made), then its results.</summary>
    public void WriteTable()
    {
        AtomicFile.Write(folder["sweep.csv"], stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            string options = string.Join(',', SweepCommand.RowOptions.Select(o => o.Name));
            string validation = ranking.Validation is null ? "" : ",validationLoss,validationAccuracy";
            writer.WriteLine($"{options},finalLoss,meanLossLast1000,accuracy,divergedStep{validation}");
            for (int row = 0; row < results.Count; row++)
            {
                PopulationResult result = results[row];
                TrainConfig config = result.DivergedStep is null ? grid.Rows[row] with { Steps = result.Steps } : grid.Rows[row];
                writer.Write(string.Join(',', SweepCommand.RowOptions.Select(o => Quote(o.Text(config) ?? ""))));
                writer.Write(result.Steps == 0
                    ? ",,,,"
                    : Invariant($",{result.FinalLoss:R},{result.MeanLossLast1000:R},{result.Accuracy:R},{result.DivergedStep}"));
                RowScore? judged = ranking.Validation?[row];
                writer.WriteLine(ranking.Validation is null ? "" : Invariant($",{judged?.Loss:R},{judged?.Accuracy:R}"));
            }
        });
    }

    /// <summary>Writes the best network as a model.</summary>
    public void WriteBest(int row)
    {
        using Sequential network = Build(row);
        int set = data.Numbers[row];
        (DataSet raw, Standardizer? standardizer) = data.Load(set);
        Window? window = raw.Features == 2 ? data.WindowOf(set) : null;
        var model = new Model(network, window, standardizer, data.ClassNames(grid.Rows[row]))
        { Columns = data.Columns(set), Targets = data.Targets(set) };
        ModelFile.Save(folder["best.safetensors"], model);
    }

    /// <summary>Evaluates on one grid the networks that the mosaic shows: all, or 256 that are evenly spaced in the table.</summary>
    public (GridSpec Grid, List<MosaicTile> Tiles, int Columns) Evaluate()
    {
        int count = Math.Min(results.Count, MostTiles);
        int[] shown = [.. Enumerable.Range(0, count).Select(k => (int)((long)k * results.Count / count))];
        if (Best is int best && !shown.Contains(best)) shown[(int)((long)best * count / results.Count)] = best;
        Window[] windows = [.. shown.Select(row => data.Numbers[row]).Distinct().Select(data.WindowOf)];
        var window = new Window(windows.Min(w => w.X0), windows.Max(w => w.X1), windows.Min(w => w.Y0), windows.Max(w => w.Y1));
        // colours of classes are not interpolated, so they need a finer grid
        int finer = data.Recipes.Any(recipe => recipe.Net!.Widths[^1] > 2) ? FinerForClasses : 1;
        GridSpec points = GridSpec.ForPicture(window, finer * GridWidth, finer * GridHeight);
        (TrainOption Option, string[] Values)[] varying = [.. grid.Axes.Where(axis => axis.Values.Length > 1)];
        Dictionary<int, float[]> predictions = Predict([.. shown.Where(row => results[row].Accuracy is not null)], points);
        List<MosaicTile> tiles = [.. shown.Select(row => Tile(row, predictions.GetValueOrDefault(row), Label(row, varying)))];
        int square = (int)Math.Ceiling(Math.Sqrt(count)), fastest = varying.Length > 0 ? varying[^1].Values.Length : 1;
        // a row of tiles holds all values of the fastest option, unless the sheet would be too wide or too high; else the sheet is square
        bool aligned = count == results.Count && fastest <= 32 && fastest * 3 >= square && fastest <= 4 * square;
        return (points, tiles, aligned ? fastest : square);
    }

    MosaicTile Tile(int row, float[]? predictions, string label)
    {
        int classes = Math.Max(2, data.Recipes[row].Net!.Widths[^1]);
        return new MosaicTile(predictions, label, Invariant($"row {row + 1}: {Outcome(row)}"), row == Best, classes);
    }

    Dictionary<int, float[]> Predict(int[] rows, GridSpec points)
    {
        var plain = new Lazy<float[]>(() => Flat(points, null));
        var standardized = rows.Select(row => data.Numbers[row]).Distinct().ToDictionary(
            set => set, set => new Lazy<float[]>(() => Flat(points, data.Load(set).Standardizer)));
        var predictions = new Dictionary<int, float[]>();
        foreach (var alike in rows.GroupBy(row => data.Recipes[row].Net!))
        {
            int[] group = [.. alike];
            float[][] values = PopulationEvaluator.Evaluate(device, alike.Key, [.. group.Select(row => results[row].Parameters)],
                [.. group.Select(row => (grid.Common.Standardize ? standardized[data.Numbers[row]] : plain).Value)]);
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

    Sequential Build(int row)
    {
        Sequential network = data.Recipes[row].Net!.Build(device, grid.Rows[row].Loss);
        network.LoadParameters(results[row].Parameters);
        return network;
    }

    string Label(int row, IEnumerable<(TrainOption Option, string[] Values)> varying) =>
        string.Join(" · ", varying.Select(axis => $"{Short(axis.Option)}{axis.Option.Text(grid.Rows[row]) ?? "off"}"));

    string Outcome(int row) => results[row].DivergedStep is int step ? Invariant($"diverged at {step}")
        : ranking.Validation?[row]?.Accuracy is double validation ? Invariant($"validation {100 * validation:0.0} %")
        : results[row].Accuracy is double accuracy ? Invariant($"{100 * accuracy:0.0} %") : "not trained";

    // widths and names are understood without the option's name
    static string Short(TrainOption option) => option.Name is "net" or "activation" or "init" or "loss" or "data" ? "" : $"{option.Name} ";

    static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
