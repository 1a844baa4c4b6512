using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Metrics;
using GpuMlp.Records;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Cli.Predict;

/// <summary>What a network returned for rows with labels: a few numbers per row are kept until all rows are there.</summary>
sealed class LabelledOutputs(Model model)
{
    readonly List<float> outputs = [], labels = [];
    readonly List<double> own = [];                                        // targets that are scaled

    /// <summary>Evaluates rows of a part.</summary>
    /// <exception cref="InvalidDataException">A value or a label is missing or not allowed.</exception>
    public void Add(DataTable part, int[] complete)
    {
        if (complete.Length == 0) return;
        DataSet rows = model.Preprocessor.Transform(part, complete, model.Standardizer is not null);
        if (model.Targets is not null)
            for (int k = 0; k < rows.Labels.Length; k++) own.Add(rows.Target(k / rows.Targets, k % rows.Targets));
        if (model.Standardizer is Standardizer standardizer) rows = standardizer.Apply(rows);
        outputs.AddRange(model.Network.PredictLogits(rows.Flat));
        labels.AddRange(rows.Labels);
    }

    /// <summary>Prints how well the network does.</summary>
    public void Report(Terminal terminal)
    {
        if (outputs.Count(output => !float.IsFinite(output)) is > 0 and int bad)
            terminal.Note(Invariant(
                $"{bad:N0} of {outputs.Count:N0} outputs are not finite: features are too large for the model's float32"));
        int targets = model.ClassNames.Count > 0 ? 1 : model.Network.Outputs;
        var rows = new DataSet("rows", new float[labels.Count / targets, 1], [.. labels], model.ClassNames, targets);
        if (model.Targets is Standardizer scale) rows = scale.ApplyToTargets(rows.WithTargets([.. own]));
        Score score = Score.Of(model.Network.Loss, outputs.ToArray(), !model.Network.Spec!.LinearOutput, rows, Baseline.Of(rows));
        RowMetrics metrics = RowMetrics.Of(score, model.ClassNames);
        if (terminal.Json)
        {
            Terminal.Print(new EvaluationRecord(1, ProgramVersion.Text, metrics).ToJson());
            return;
        }
        terminal.Show(ScoreText.Line("evaluated", metrics));
        foreach (string line in ScoreText.Classes("evaluated", metrics)) terminal.Show(line);
    }
}
