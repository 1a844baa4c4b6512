using System.Text;
using GpuMlp.Cli.Output;
using GpuMlp.Formats;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Sweep;

/// <summary>
/// Takes the blocks of a sweep in order, wherever they come from, and writes their rows into sweep.csv. It keeps counts, the best
/// networks, and those that the mosaic shows: no more memory for more rows.
/// </summary>
sealed class SweepSummary : IDisposable
{
    readonly SweepGrid grid;
    readonly MosaicChoice? mosaic;
    readonly SweepRanking ranking;
    readonly Survivors? survivors;
    readonly Dictionary<int, float[]> parameters = [];
    readonly Dictionary<int, SweepResult> shown = [];
    readonly List<RunDevice> devices = [];
    readonly bool validated;
    readonly AtomicFile file;
    readonly StreamWriter writer;

    /// <summary>Begins sweep.csv.</summary>
    /// <param name="grid">The sweep.</param>
    /// <param name="mosaic">What the mosaic shows; null if there is none.</param>
    /// <param name="folder">The folder of the outputs.</param>
    public SweepSummary(SweepGrid grid, MosaicChoice? mosaic, OutputFolder folder)
    {
        (this.grid, this.mosaic, validated) = (grid, mosaic, grid.Common.Validation is not null);
        if (grid.Rung is { IsLast: false } rung) survivors = new Survivors(grid.Rungs[rung.Number].Settings);
        ranking = new SweepRanking(validated, grid.Seeds, grid.Request.Top) { Survivors = survivors };
        file = AtomicFile.Create(folder["sweep.csv"]);
        writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        string options = string.Join(',', SweepCommand.RowOptions.Select(option => option.Name));
        string validation = validated ? ",validationLoss,validationAccuracy" : "";
        writer.WriteLine($"{options},finalLoss,meanLossLast1000,accuracy,divergedStep{validation}");
    }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; private set; }

    /// <summary>How many networks diverged.</summary>
    public int Diverged { get; private set; }

    /// <summary>Steps of all networks together.</summary>
    public double AllSteps { get; private set; }

    /// <summary>The least and the most steps that a network made, of those that did not diverge; null if all did.</summary>
    public (int Least, int Most)? Made { get; private set; }

    /// <summary>Whether a network was stopped before its last step, or before its first: those that nobody came to have no row.</summary>
    public bool IsCut => Rows < grid.Count || Made?.Least < grid.Common.Steps;

    /// <summary>How long it all took.</summary>
    public SweepTimes Times { get; private set; }

    /// <summary>The devices that trained, the first block's first.</summary>
    public IReadOnlyList<RunDevice> Devices => devices;

    /// <summary>The best networks, the best first.</summary>
    public IReadOnlyList<SweepRanking.Ranked> Best => [.. ranking.Best];

    /// <summary>The parameters of the best networks and of those that the mosaic shows, by row.</summary>
    public IReadOnlyDictionary<int, float[]> Parameters => parameters;

    /// <summary>What became of the networks that the mosaic shows.</summary>
    public IReadOnlyDictionary<int, SweepResult> Shown => shown;

    /// <summary>The settings that go on, by their numbers among all settings of the sweep; null where none is to go on.</summary>
    public int[]? Kept => survivors is null ? null : [.. survivors.Settings.Select(setting => grid.SettingOf(setting * grid.Seeds))];

    /// <summary>Takes the next block.</summary>
    public void Add(SweepBlock block)
    {
        Times += block.Times;
        if (!devices.Contains(block.Device)) devices.Add(block.Device);
        foreach ((int row, float[] values) in block.Parameters) parameters.Add(row, values);
        int first = Rows;
        string[] lines = Cores.Make(block.Results.Count, k => Line(grid[first + k], block.Results[k]));
        for (int k = 0; k < lines.Length; k++) Add(block.Results[k], lines[k]);
        HashSet<int> needed = [.. ranking.Candidates];
        foreach (int row in parameters.Keys)
            if (!needed.Contains(row) && mosaic?.Shows(row) != true) parameters.Remove(row);
    }

    /// <summary>Ends sweep.csv.</summary>
    public void Commit()
    {
        writer.Dispose();
        file.Commit();
    }

    void Add(SweepResult result, string line)
    {
        int row = Rows++;
        ranking.Add(result);
        AllSteps += result.Steps;
        if (result.DivergedStep is not null) Diverged++;
        else
        {
            (int least, int most) = Made ?? (result.Steps, result.Steps);
            Made = (Math.Min(least, result.Steps), Math.Max(most, result.Steps));
        }
        if (mosaic?.Shows(row) == true) shown.Add(row, result);
        writer.WriteLine(line);
    }

    // a row is a network's options under train's names (the steps as made), then its results
    string Line(TrainConfig config, SweepResult result)
    {
        if (result.DivergedStep is null) config = config with { Steps = result.Steps };
        string options = string.Join(',', SweepCommand.RowOptions.Select(option => Quote(option.Text(config) ?? "")));
        string trained = result.Steps == 0 ? ",,,,"
            : Invariant($",{result.FinalLoss:R},{result.MeanLoss:R},{result.Accuracy:R},{result.DivergedStep}");
        string held = validated ? Invariant($",{result.Validation?.Loss:R},{result.Validation?.Accuracy:R}") : "";
        return options + trained + held;
    }

    static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;

    public void Dispose() => file.Dispose();
}

/// <summary>Which networks the mosaic shows: all, or 256 that are evenly spaced in the table.</summary>
sealed record MosaicChoice(int Networks)
{
    const int MostTiles = 256;

    /// <summary>How many it shows.</summary>
    public int Count => Math.Min(Networks, MostTiles);

    /// <summary>Their rows, in order.</summary>
    public int[] Rows => [.. Enumerable.Range(0, Count).Select(RowOf)];

    /// <summary>Whether it shows a row.</summary>
    public bool Shows(int row) => RowOf(TileOf(row)) == row || (TileOf(row) + 1 < Count && RowOf(TileOf(row) + 1) == row);

    /// <summary>The tile at or before a row.</summary>
    public int TileOf(int row) => (int)((long)row * Count / Networks);

    int RowOf(int tile) => (int)((long)tile * Networks / Count);
}
