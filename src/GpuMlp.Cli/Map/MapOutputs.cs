using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Plotting;
using static System.FormattableString;
using static GpuMlp.Cli.Shell.Numbers;

namespace GpuMlp.Cli.Map;

/// <summary>The files and the summary of a whole map, which follow from its record and its values alone.</summary>
static class MapOutputs
{
    /// <summary>Writes the files of a map, all or none.</summary>
    public static void Write(OutputFolder folder, MapRecord record, float[] values, Terminal terminal)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        (int width, int height) = MapRequest.SizeOf(record.Options["size"]);
        MapAxis x = MapAxis.Parse("x", record.Options["x"]), y = MapAxis.Parse("y", record.Options["y"]);
        if (record.Options.TryGetValue("zoom", out string? zoom)) (x, y, _) = MapRequest.Zoom(x, y, zoom);
        Npy.Write<float>(folder["map.npy"], values, height, width);
        TrainabilityPlot.Save(folder["map.png"], values, width, height, x.Scale, y.Scale, Title(record));
        TimeSpan plot = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        MapTimings timings = record.Timings with { Plot = Seconds(plot), Total = record.Timings.Total + Seconds(plot) };
        record = record with { Timings = timings, Outputs = folder.Outputs(true)! };
        record.Save(folder[RunFiles.Record]);
        folder.Publish();
        Report(record, folder.Path, terminal);
    }

    static string Title(MapRecord record)
    {
        IReadOnlyDictionary<string, string> options = record.Options;
        string batch = options["batch"] == MapCommand.FullBatch ? Invariant($"all {record.Data.Rows:N0}") : options["batch"];
        string share = Invariant($"{100.0 * record.Converged / (record.Converged + record.Diverged):0.#} % converged");
        return Invariant($"{options["net"]} {options["activation"]} · {int.Parse(options["steps"]):N0} steps of {batch} rows · {share}");
    }

    static void Report(MapRecord record, string folder, Terminal terminal)
    {
        int pixels = record.Converged + record.Diverged, steps = int.Parse(record.Options["steps"]);
        terminal.Say(Invariant($"networks   {pixels:N0}: {record.Converged:N0} converged, {record.Diverged:N0} diverged"));
        double rate = (double)pixels * steps / record.Timings.Train;
        terminal.Say(Invariant($"trained    {steps:N0} steps each in {record.Timings.Train:G3} s, {rate:G3} steps per second"));
        terminal.Say($"axes       {record.X}, {record.Y}{Depth(record.Zoom)}");
        terminal.Say($"written    {folder}");
        if (terminal.Json) Terminal.Print(record.ToJson());
    }

    static string Depth(MapZoom zoom)
    {
        double most = Math.Min(zoom.LimitOfColumns ?? double.PositiveInfinity, zoom.LimitOfRows ?? double.PositiveInfinity);
        return most > zoom.Factor && double.IsFinite(most)
            ? Invariant($"; neighbouring pixels differ up to a zoom of about {most:G2}") : "";
    }
}
