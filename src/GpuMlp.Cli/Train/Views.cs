using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Training;
using static System.FormattableString;

namespace GpuMlp.Cli.Train;

/// <summary>The pictures of --views: what hidden units compute, histograms of the weights, and the plane as a layer bends it.</summary>
/// <param name="config">The settings of the run.</param>
/// <param name="input">The data.</param>
/// <param name="network">The trained network.</param>
/// <param name="result">The training, with its snapshots.</param>
sealed class Views(TrainConfig config, TrainInput input, Sequential network, TrainingResult result)
{
    const int TileWidth = 96, TileHeight = 72, CurvePoints = 200, LinePoints = 241, LinesApart = 12, MostPoints = 1000;

    readonly string about = $"{config.Net} · {input.Raw.Name} · {network.Device.Description.Id}"
        + (input.Axes.Held.Length > 0 ? $" · {input.Axes.Held}" : "");

    /// <summary>Checks, before a training, that there is something to draw.</summary>
    /// <exception cref="UsageException">There is not, or pictures are left out.</exception>
    public static void Check(TrainConfig config, TrainInput input)
    {
        if (config.Views is not string views) return;
        if (config.NoPlots) throw UsageException.For("views", views, "--no-plots leaves all pictures out; leave one of the two out");
        IReadOnlyList<string> names = TrainConfig.ViewsOf(views);
        if (names.Contains("units") && config.Net.Depth == 1)
            throw UsageException.For("views", views, $"--net {config.Net} has no hidden units to draw");
        if (!names.Contains("warp")) return;
        if (input.Axes.Y is null)
            throw UsageException.For("views", views, "the data has one feature, so there is no plane that a layer bends; leave warp out");
        if (LayerOfTwo(config.Net) is null)
            throw UsageException.For("views", views,
                $"warp draws what a layer of two units makes of the plane, and no hidden layer of --net {config.Net} has two");
    }

    // the one nearest to the output, counted from 0
    static int? LayerOfTwo(NetworkSpec net)
    {
        int layer = net.Widths.ToList().FindLastIndex(net.Depth - 1, net.Depth - 1, width => width == 2) - 1;
        return layer >= 0 ? layer : null;
    }

    /// <summary>Draws one of them.</summary>
    public void Draw(string view, string path)
    {
        if (view == "units") DrawUnits(path);
        else if (view == "weights") DrawWeights(path);
        else DrawWarp(path);
    }

    string Plane => PictureAxes.NameOf(input.Raw, input.Axes.X)
        + (input.Axes.Y is int y ? $" (right) and {PictureAxes.NameOf(input.Raw, y)} (up)" : "");

    // a run without snapshots has the trained network
    IEnumerable<(int Step, Action Load)> Snapshots => result.Snapshots.Count == 0 ? [(result.Steps, () => { })]
        : result.Snapshots.Select(snapshot => (snapshot.Step, (Action)(() => network.LoadParameters(snapshot.Parameters))));

    void DrawUnits(string path)
    {
        (int width, int height) = input.Axes.Y is null ? (CurvePoints, 1) : (TileWidth, TileHeight);
        float[][] hidden = Hidden(input.Axes.Y is null ? OnCurve()
            : input.FeaturePlane.Inputs(input.Grid(input.Axes.Window!.Value, width, height)));
        UnitLayer[] layers = [.. hidden.Select((outputs, l) =>
        {
            int units = config.Net.Widths[l + 1];
            string size = Invariant($"{units:N0} {(units == 1 ? "unit" : "units")}");
            string name = Invariant($"hidden layer {l + 1} · {size}, {Activations.Names.Of(config.Activation)}");
            var drawn = Enumerable.Range(0, Math.Min(units, UnitsPlot.MostUnits));
            return new UnitLayer(name, [.. drawn.Select(unit => Column(outputs, unit, units))]) { Count = units };
        })];
        UnitsPlot.Save(path, width, height, layers, $"what each hidden unit computes over {Plane} · {about}");
    }

    static float[] Column(float[] rows, int column, int columns) =>
        [.. Enumerable.Range(0, rows.Length / columns).Select(row => rows[row * columns + column])];

    void DrawWeights(string path)
    {
        (int Step, Action Load)[] snapshots = [.. Snapshots];
        var names = network.NamedParameters();
        var histories = new List<(int, float[])>[names.Count];
        for (int p = 0; p < names.Count; p++) histories[p] = [];
        foreach (int k in WeightsPlot.Evenly(snapshots.Length, WeightsPlot.MostSnapshots))
        {
            snapshots[k].Load();
            for (int p = 0; p < names.Count; p++) histories[p].Add((snapshots[k].Step, names[p].Parameter.Value.ToArray()));
        }
        snapshots[^1].Load();
        string NameOf(int p) => $"layer {p / 2 + 1} {(p % 2 == 0 ? "weights" : "biases")}";
        WeightsPlot.Save(path, [.. names.Select((_, p) => new WeightsHistory(NameOf(p), histories[p]))],
            $"weights and biases while training · {about}");
    }

    void DrawWarp(string path)
    {
        int layer = LayerOfTwo(config.Net)!.Value;
        GridSpec grid = GridSpec.FromSize(input.Axes.Window!.Value, LinePoints, LinePoints, input.Axes.Scale(input.Standardizer));
        float[] plane = input.FeaturePlane.Inputs(grid);
        int every = Math.Max(1, (input.Data.Count + MostPoints - 1) / MostPoints), features = input.Data.Features;
        int[] rows = [.. Enumerable.Range(0, input.Data.Count).Where(row => row % every == 0)];
        float[] points = [.. rows.SelectMany(row => input.Data.Flat.Slice(row * features, features).ToArray())];
        var frames = new List<WarpFrame>();
        foreach ((int step, Action load) in Snapshots)
        {
            load();
            float[] bent = Hidden(plane)[layer];
            int[] lines = [.. Enumerable.Range(0, LinePoints).Where(k => k % LinesApart == 0)];
            float[] Line(int first, int stride) => [.. Enumerable.Range(0, LinePoints).SelectMany(k => new[]
                { bent[2 * (first + k * stride)], bent[2 * (first + k * stride) + 1] })];
            frames.Add(new WarpFrame(Invariant($"step {step:N0} · the plane after hidden layer {layer + 1} · {about}"),
                [.. lines.Select(column => Line(column, LinePoints))], [.. lines.Select(row => Line(row * LinePoints, 1))],
                Hidden(points)[layer], Boundary(layer)));
        }
        ViewColours colours = ViewColours.Of(input, rows);
        WarpAnimation.Save(path, frames, colours.OfPoints, colours.Legend,
            (PictureAxes.NameOf(input.Raw, input.Axes.X), PictureAxes.NameOf(input.Raw, input.Axes.Y!.Value)));
    }

    // where the last linear layer parts two classes
    (double, double, double)? Boundary(int layer)
    {
        if (layer != config.Net.Depth - 2 || input.Raw.ClassCount != 2 || config.Net.Widths[^1] > 2) return null;
        var last = network.Parameters();
        float[] weights = last[^2].Value.ToArray(), bias = last[^1].Value.ToArray();
        return config.Net.Widths[^1] == 1 ? (weights[0], weights[1], bias[0])
            : (weights[1] - weights[0], weights[3] - weights[2], bias[1] - bias[0]);
    }

    float[] OnCurve()
    {
        double low = Enumerable.Range(0, input.Data.Count).Min(row => input.Data.Flat[row]);
        double high = Enumerable.Range(0, input.Data.Count).Max(row => input.Data.Flat[row]);
        return [.. Enumerable.Range(0, CurvePoints).Select(k => (float)(low + (high - low) * k / (CurvePoints - 1)))];
    }

    // what each hidden layer passes on, row after row
    float[][] Hidden(float[] rows)
    {
        int inputs = config.Net.Widths[0];
        using var x = Tensor.From(network.Device, rows, rows.Length / inputs, inputs);
        Tensor y = x;
        var outputs = new List<float[]>();
        int linear = 0;
        foreach (Layer layer in network.Layers)
        {
            if (layer is Linear && linear++ > 0) outputs.Add(y.ToArray());
            if (outputs.Count == config.Net.Depth - 1) break;
            y = layer.Forward(y);
        }
        return [.. outputs];
    }
}
