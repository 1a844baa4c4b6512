using System.Diagnostics;
using System.Globalization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Records;
using GpuMlp.Tables;
using static System.FormattableString;

namespace GpuMlp.Cli.Predict;

/// <summary>One execution of predict or evaluate: rows are read, predicted and written part by part.</summary>
sealed class PredictRun(PredictRequest request, Model model, Terminal terminal, Interruption interruption)
{
    const int RowsOfAPart = 1 << 14;

    readonly LabelledOutputs? judged = request.Metrics ? new LabelledOutputs(model) : null;
    long rows, incomplete, notFinite, noRows;

    /// <summary>Does what the options ask for.</summary>
    /// <exception cref="UsageException">A file is not there or not fit.</exception>
    /// <returns>The exit code.</returns>
    public static int Execute(PredictRequest request, Terminal terminal, Interruption interruption)
    {
        if (request.Data is null) throw new UsageException("--data FILE is needed");
        ModelInput.RequireFile(request.Model);
        StoredModel stored = ModelInput.Read(request.Model, request.Hints, terminal);
        string data = TrainData.PathOf(request.Data);
        if (request.Data != TrainData.StandardInput && !File.Exists(data))
            throw UsageException.For("data", request.Data, ModelInput.WhyNot(data));
        ReadingOptions.RefuseForArrays(data, request.Reading);
        if (request.Out is not null || !request.Metrics) OutputFile.Check(request.Out, request.Force, request.Model, data);
        if (Path.GetExtension(request.Out)?.ToLowerInvariant() is ".npy" or ".npz" or ".gz" or ".json" or ".xlsx" or ".parquet")
            throw UsageException.For("out", request.Out, "predictions are written as CSV; name a .csv file, or - for stdout");
        (ComputeDevice device, Model model) = DeviceInput.Open(
            request.Device, [Work.OfGrid(stored.Net, RowsOfAPart)], terminal, device => (device, stored.Build(device)));
        using (device)
        using (model.Network) return new PredictRun(request, model, terminal, interruption).Execute();
    }

    int Execute()
    {
        long start = Stopwatch.GetTimestamp();
        using IDisposable _ = terminal.DuringReading(TrainData.PathOf(request.Data!));
        if (request.Out is string path) OutputFile.Write(path, Predict);
        else Predict(null);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        terminal.Note(Invariant($"{rows:N0} {(rows == 1 ? "row" : "rows")} in {seconds:G3} s"));
        if (noRows > 0 && request.Out is not null)
            terminal.Note(Invariant($"{noRows:N0} {(noRows == 1 ? "line" : "lines")} among the rows ")
                + $"{(noRows == 1 ? "is blank or a comment and has" : "are blank or comments and have")} no prediction");
        if (incomplete > 0)
            terminal.Note(Invariant($"{incomplete:N0} {(incomplete == 1 ? "row lacks" : "rows lack")} a value and ")
                + $"{(incomplete == 1 ? "has" : "have")} no prediction (the model's rule is to drop such rows)");
        if (notFinite > 0)
            terminal.Note(Invariant($"{notFinite:N0} {(notFinite == 1 ? "row has" : "rows have")} outputs that are not finite: ")
                + "features are too large for the model's float32");
        judged?.Report(terminal);
        return ExitCode.Ok;
    }

    void Predict(Stream? stream)
    {
        PredictionWriter? writer = stream is null ? null : new PredictionWriter(stream, model);
        try
        {
            using IEnumerator<DataTable> parts = Parts().GetEnumerator();
            // the next rows are read while these are predicted
            for (Task<DataTable?> next = Next(parts); next.GetAwaiter().GetResult() is DataTable part;)
            {
                next = Next(parts);
                interruption.Token.ThrowIfCancellationRequested();
                Predict(part, writer);
            }
        }
        catch (InvalidDataException e)
        {
            if (rows > 0) writer?.Flush();                                 // whole lines
            throw new UsageException(e.Message, e);
        }
        if (rows == 0) throw UsageException.For("data", request.Data, "has no rows");
        writer?.Flush();
        notFinite = writer?.NotFinite ?? 0;
    }

    static Task<DataTable?> Next(IEnumerator<DataTable> parts) => Task.Run(() => parts.MoveNext() ? parts.Current : null);

    IEnumerable<DataTable> Parts()
    {
        string path = TrainData.PathOf(request.Data!);
        // each row has a prediction, and those to judge need values
        TableReadOptions reading = request.Reading with { KeepEmptyRows = request.Out is not null };
        return path == TrainData.StandardInput
            ? model.Preprocessor.ReadParts(StandardStreams.In(), "standard input", reading, RowsOfAPart, request.Metrics)
            : model.Preprocessor.ReadParts(path, reading, RowsOfAPart, request.Metrics);
    }

    void Predict(DataTable part, PredictionWriter? writer)
    {
        int[] complete = model.Preprocessor.Missing == MissingRule.Drop || request.Metrics
            ? model.Preprocessor.CompleteRows(part, request.Metrics && writer is null) : [.. Enumerable.Range(0, part.Count)];
        if (model.Preprocessor.Missing == MissingRule.Fail) complete = [.. Enumerable.Range(0, part.Count)];
        if (rows == 0 && request.Reading.Header is null && model.Preprocessor.FeatureNames.Count == 0
            && part.Columns.Any(column => double.TryParse(column.Name, CultureInfo.InvariantCulture, out double _)))
            terminal.Note("the first row is taken for the columns' names: --no-header makes it a row");
        rows += part.Count;
        noRows += part.LinesLeftOut;
        incomplete += part.Count - complete.Length;
        judged?.Add(part, complete);
        if (writer is null) return;
        if (model.ClassNames.Count > 0) writer.Classes(model.PredictProbability(part, complete), complete, part.Count);
        else writer.Values(model.Predict(part, complete), complete, part.Count);
    }
}
