using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Input;

/// <summary>
/// The plane of two features in pictures and grids: windows are in the data's own units, points in a network's units.
/// </summary>
static class Windows
{
    // the tutorial's window shows the moons as long as the noise is no larger than this
    const double MoonsNoise = 10;

    /// <summary>What turns the data's units into a network's inputs; null where they are the same.</summary>
    public static PlaneScale? Scale(Standardizer? standardizer) => standardizer is null ? null
        : new(standardizer.Mean[0], standardizer.Deviation[0], standardizer.Mean[1], standardizer.Deviation[1]);

    /// <summary>The window of a config's pictures; null unless the data has two features.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="raw">The data in its own units.</param>
    /// <exception cref="UsageException">A window was given, but the data does not have two features.</exception>
    public static Window? Choose(TrainConfig config, DataSet raw)
    {
        if (raw.Features != 2)
            return config.Window is null ? null
                : throw UsageException.For(
                    "window", $"{config.Window}", $"--data {config.Data} has {raw.Features} features; a window needs 2");
        return config.Window ?? OfData(config, raw);
    }

    /// <summary>Checks that a window that was asked for can be drawn; the window of the data always can.</summary>
    /// <param name="config">What was asked for.</param>
    /// <param name="raw">The data in its own units, of two features.</param>
    /// <param name="scale">What turns the data's units into the network's; null where they are the same.</param>
    /// <param name="width">Points of the picture's grid along x.</param>
    /// <param name="height">Points along y.</param>
    /// <exception cref="UsageException">Points of the grid are beyond float32, or two of them are equal in float32.</exception>
    public static void Check(TrainConfig config, DataSet raw, PlaneScale? scale, int width, int height)
    {
        // a record's window may be the data's own
        if (config.Window is null || Choose(config, raw) is not Window window || window == OfData(config, raw)) return;
        try { GridSpec.FromSize(window, width, height, scale); }
        catch (ArgumentException e) { throw UsageException.For("window", window.ToString(), Why(e), e); }
    }

    /// <summary>Tells the user how many points of a grid are not numbers, where there are any.</summary>
    public static void NoteNaNs(Terminal terminal, string what, long notNumbers, long points)
    {
        if (notNumbers > 0)
            terminal.Note(Invariant($"{what}: {notNumbers:N0} of {points:N0} points are not numbers"));
    }

    // the exception's message is "window x0:x1,y0:y1: why; advice for grids": keep the reason, give advice for --window
    static string Why(ArgumentException e) =>
        e.Message.Split(": ", 2)[^1].Split("; ")[0] + "; give another, or none for what the data lies in";

    /// <summary>The window that data of two features lies in.</summary>
    public static Window OfData(TrainConfig config, DataSet raw)
    {
        if (config is { Data: "moons", Noise: null or <= MoonsNoise }) return new Window(-1.5, 2.5, -1, 1.5);
        return OfBounds(raw);
    }

    /// <summary>The data's bounds and a tenth more.</summary>
    public static Window OfBounds(DataSet data)
    {
        (double x0, double x1, double y0, double y1) = data.Bounds();
        return new Window(x0, x1, y0, y1);
    }
}
