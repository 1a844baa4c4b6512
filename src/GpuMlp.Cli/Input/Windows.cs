using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>
/// What pictures and grids show of the plane of two features: windows in the data's own units, points as a network takes them.
/// </summary>
static class Windows
{
    // the tutorial's window shows the moons until noise has blown them apart
    const double MoonsNoise = 10;

    /// <summary>What leads from the data's units to a network's inputs; null where they are the same.</summary>
    public static PlaneScale? Scale(Standardizer? standardizer) => standardizer is null ? null
        : new(standardizer.Mean[0], standardizer.Deviation[0], standardizer.Mean[1], standardizer.Deviation[1]);

    /// <summary>What pictures of a config and its data show; null where the data has other than two features.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="raw">The data in its own units.</param>
    /// <exception cref="UsageException">A window was given for data of other than two features.</exception>
    public static Window? Choose(TrainConfig config, DataSet raw)
    {
        if (raw.Features != 2)
            return config.Window is null ? null
                : throw UsageException.For("window", config.Window.Value.ToString(), $"--data {config.Data} has {raw.Features} features; a window needs 2");
        return config.Window ?? OfData(config, raw);
    }

    /// <summary>Refuses a window that was asked for and cannot be drawn; what the data lies in always can.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="raw">The data in its own units.</param>
    /// <param name="standardizer">What it goes through.</param>
    /// <param name="width">Points of the picture's grid along x.</param>
    /// <param name="height">Points along y.</param>
    /// <exception cref="UsageException">Its points are beyond float32, or coincide there.</exception>
    public static void Check(TrainConfig config, DataSet raw, Standardizer? standardizer, int width, int height)
    {
        // a record's window may be the data's own
        if (config.Window is null || Choose(config, raw) is not Window window || window == OfData(config, raw)) return;
        try { GridSpec.FromSize(window, width, height, Scale(standardizer)); }
        catch (ArgumentException e) { throw UsageException.For("window", window.ToString(), Why(e), e); }
    }

    /// <summary>Says how many points of a grid are not numbers, where any are.</summary>
    public static void NoteNaNs(Terminal terminal, string what, long notNumbers, long points)
    {
        if (notNumbers > 0)
            terminal.Note(Invariant($"{what}: {notNumbers:N0} of {points:N0} points are not numbers"));
    }

    // "window x0:x1,y0:y1: why; advice for grids"
    static string Why(ArgumentException e) =>
        e.Message.Split(": ", 2)[^1].Split("; ")[0] + "; give another, or none for what the data lies in";

    static Window OfData(TrainConfig config, DataSet raw)
    {
        if (config is { Data: "moons", Noise: null or <= MoonsNoise }) return new Window(-1.5, 2.5, -1, 1.5);
        (double x0, double x1, double y0, double y1) = raw.Bounds();
        return new Window(x0, x1, y0, y1);
    }
}
