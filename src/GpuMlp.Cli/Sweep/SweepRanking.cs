using GpuMlp.Cli.Output;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// Which network of a sweep is the best. With validation rows it is the best one, on those, of the setting whose networks do best by the
/// mean over their seeds; without them the one that does best on the rows that it was trained on.
/// </summary>
sealed class SweepRanking
{
    const int MostPredictions = 1 << 22;

    readonly IReadOnlyList<PopulationResult> results;

    /// <summary>Judges and ranks the networks of a sweep.</summary>
    public SweepRanking(SweepGrid grid, SweepData data, IReadOnlyList<PopulationResult> results, ComputeDevice device)
    {
        this.results = results;
        Validation = grid.Common.Validation is null ? null : Judge(grid, data, device);
        int[] all = [.. Enumerable.Range(0, results.Count)];
        if (Validation is null)
        {
            Best = all.Where(IsTrained).OrderByDescending(k => results[k].Accuracy).ThenBy(k => results[k].MeanLossLast1000)
                .Select(k => (int?)k).FirstOrDefault();
            return;
        }
        // the networks of a setting stand next to each other; one with a network that diverged comes after all others
        int[]? setting = all.Chunk(grid.Seeds).Where(rows => rows.Any(IsTrained))
            .OrderBy(rows => rows.All(IsTrained) ? 0 : 1)
            .ThenByDescending(rows => Mean(rows, k => Validation[k]?.Accuracy)).ThenBy(rows => Mean(rows, k => Validation[k]?.Loss))
            .FirstOrDefault();
        if (setting is null) return;
        Best = setting.Where(IsTrained).OrderByDescending(k => Validation[k]?.Accuracy).ThenBy(k => Validation[k]?.Loss).First();
        double[] figures = [.. setting.Select(k => Validation[k]?.Accuracy ?? Validation[k]?.Loss).OfType<double>()];
        OverSeeds = MeanAndDeviation.Of(figures);
    }

    /// <summary>The best network's row, from 0; null if all diverged.</summary>
    public int? Best { get; }

    /// <summary>How well each network does on the validation rows; null if there are no such rows.</summary>
    public RowScore?[]? Validation { get; }

    /// <summary>
    /// What the best setting's networks reach over their seeds: accuracy, or for numbers the loss; null without validation.
    /// </summary>
    public MeanAndDeviation? OverSeeds { get; }

    bool IsTrained(int k) => results[k] is { DivergedStep: null, Steps: > 0 };

    static double? Mean(int[] rows, Func<int, double?> value) =>
        rows.Select(value).OfType<double>().ToArray() is { Length: > 0 } known ? known.Average() : null;

    // networks of one shape and one data set together
    RowScore?[] Judge(SweepGrid grid, SweepData data, ComputeDevice device)
    {
        var scores = new RowScore?[results.Count];
        foreach (var ofSet in Enumerable.Range(0, results.Count).Where(IsTrained).GroupBy(k => data.Numbers[k]))
        {
            DataSet rows = data.Validation(ofSet.Key)!;
            float[] points = rows.Flat.ToArray();
            foreach (var alike in ofSet.GroupBy(k => data.Recipes[k].Net!))
            {
                NetworkSpec open = alike.Key with { LinearOutput = true };
                int outputs = open.Widths[^1], atOnce = Math.Max(1, MostPredictions / (rows.Count * outputs));
                foreach (int[] some in alike.Chunk(atOnce))
                {
                    float[][] values = PopulationEvaluator.Evaluate(
                        device, open, [.. some.Select(k => results[k].Parameters)], [.. some.Select(_ => points)]);
                    for (int k = 0; k < some.Length; k++)
                        scores[some[k]] = RowScore.Of(grid.Rows[some[k]].Loss, alike.Key, ByRow(values[k], outputs), rows);
                }
            }
        }
        return scores;
    }

    // (outputs, rows) as (rows, outputs)
    static float[] ByRow(float[] values, int outputs)
    {
        int rows = values.Length / outputs;
        var byRow = new float[values.Length];
        for (int row = 0; row < rows; row++)
            for (int o = 0; o < outputs; o++) byRow[row * outputs + o] = values[o * rows + row];
        return byRow;
    }
}
