using GpuMlp.Cli.Input;
using GpuMlp.Grids;
using GpuMlp.Plotting;
using static System.FormattableString;

namespace GpuMlp.Cli.Compare;

/// <summary>compare.png: the times of all rows, the boundary with the points that disagree, and how far the losses are apart.</summary>
static class ComparePicture
{
    /// <summary>The picture of a comparison.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="trained">The trainings that were made, the first before all others.</param>
    /// <param name="input">The data.</param>
    /// <param name="grid">Where the networks were compared; null where there is no picture of them.</param>
    /// <param name="side">The class of an output.</param>
    public static ComparePlot Of(
        CompareRecord record, IReadOnlyList<Trained> trained, TrainInput input, GridSpec? grid, Func<float, int> side)
    {
        string steps = trained.Count > 0 ? Invariant($" · {trained.Max(one => one.Losses.Length):N0} steps") : "";
        string compared = Invariant($"{trained.Count} {(trained.Count == 1 ? "training" : "trainings")} compared");
        return new ComparePlot
        {
            Title = $"{input.Recipe.Net} · {input.Raw.Name}{steps} · {compared}",
            Parts = ["open", "compile", "train", "evaluate"],
            Columns = ["together", "launches", "moved", "bits"],
            Rows = [.. record.Rows.Select(Bar)],
            Boundary = grid is not null && trained.Count > 0 && input.Raw.ClassCount > 0 ? Boundary(trained, input, grid, side) : null,
            Distances = [.. trained.Where(one => one.Row.Difference is { LargestLoss: > 0 }).Select(one => Distance(one, trained))],
            Verdict = [.. Verdict(record)],
            Notes = ["Sizes from which a device is faster than the CPU", .. CrossoverText.Sentences(record)],
        };
    }

    static CompareBar Bar(CompareRow row)
    {
        if (row.Timings is not RowTimings times) return new(row.Title, [], [], null, row.LeftOut);
        string moved = CompareTable.Bytes(row.BytesToDevice!.Value + row.BytesToHost!.Value);
        return new(row.Title, [times.Open, times.Compile, times.Train, times.Evaluate],
            [CompareTable.Time(times.Total), Invariant($"{row.Launches:N0}"), moved, CompareTable.Verdict(row)],
            CompareTable.IsOtherSum(row) ? null : row.SameBits);
    }

    static CompareBoundary Boundary(IReadOnlyList<Trained> trained, TrainInput input, GridSpec grid, Func<float, int> side)
    {
        float[] first = trained[0].Outputs!;
        bool[] disagrees = [.. first.Select((output, k) => trained.Any(other => side(other.Outputs![k]) != side(output)))];
        string others = Invariant($"{disagrees.Count(one => one):N0} of {grid.Points:N0} pixels are of another class elsewhere");
        string caption = $"{trained[0].Row.Title} · {others}";
        var options = new PlotOptions
        {
            XLabel = PictureAxes.NameOf(input.Raw, input.Axes.X),
            YLabel = PictureAxes.NameOf(input.Raw, input.Axes.Y!.Value),
            ClassNames = [.. input.Raw.ClassNames.Select(name => int.TryParse(name, out _) ? $"class {name}" : name)],
        };
        return new(grid, first, input.Axes.Points, disagrees, caption, options);
    }

    static LossDistance Distance(Trained one, IReadOnlyList<Trained> trained)
    {
        Trained with = trained.First(other => other.Row.Title == one.Row.ComparedWith);
        double[] distances = [.. one.Losses.Zip(with.Losses, (a, b) => Math.Abs((double)a - b))];
        return new(Invariant($"{one.Row.Title} from {with.Row.Title}, {CompareTable.Verdict(one.Row)}"), distances);
    }

    static IEnumerable<string> Verdict(CompareRecord record)
    {
        CompareRow[] made = [.. record.Rows.Where(row => row.Timings is not null)];
        if (made.Length == 0) yield return "nothing was trained";
        else if (made.Length == 1) yield return "one training, nothing to compare it with";
        else if (made.All(row => row.SameBits != false)) yield return Invariant($"{made.Length} trainings, the same bits");
        else yield return "the losses are the same, the weights are not";
        if (made.Length == 0) yield break;
        yield return "SHA-256 of the weights";
        yield return made[0].WeightsSha256![..32];
        yield return made[0].WeightsSha256![32..];
    }
}
