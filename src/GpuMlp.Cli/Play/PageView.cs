using GpuMlp.Cli.Input;
using GpuMlp.Data;
using GpuMlp.Grids;
using GpuMlp.Layers;
using Window = GpuMlp.Grids.Window;

namespace GpuMlp.Cli.Play;

/// <summary>The plane that a page shows of a network, and what is drawn of it.</summary>
/// <param name="input">The data, with the axes of the plane.</param>
/// <param name="window">The part of the plane that is seen.</param>
sealed class PageView(TrainInput input, Window window)
{
    /// <summary>The most pixels along a side of the picture.</summary>
    public const int MostSide = 512;

    /// <summary>The pixels along a side of a unit's tile.</summary>
    public const int TileSide = 32;

    /// <summary>The value of a pixel where the network returns no number; others are from 0 to 254.</summary>
    public const byte NotANumber = 255;

    const int Top = 254, MostTiles = 256;

    readonly Dictionary<int, (GridSpec Grid, float[] Inputs)> planes = [];
    readonly (double Low, double High) range = RangeOf(input.Raw);

    /// <summary>The part of the plane that is seen.</summary>
    public Window Window => window;

    /// <summary>What the pixels are: a probability, a class, or a number between those of the labels.</summary>
    public string Kind => input.Raw.ClassCount == 0 ? "number" : input.Raw.ClassCount > 2 && Outputs > 1 ? "class" : "probability";

    /// <summary>The numbers that the first and the last colour stand for.</summary>
    public (double Low, double High) Range => Kind == "number" ? range : (0, 1);

    int Outputs => input.Spec.Widths[^1];

    // the two inputs are the axes themselves, so that a grid's axes are all that goes to the device
    bool IsWhole => input.Axes.IsWhole;

    /// <summary>The window that a page begins with: data that was generated is seen with the same scale along both axes.</summary>
    public static Window Whole(TrainInput input, bool isGenerated)
    {
        Window whole = input.Axes.Window!.Value;
        if (!isGenerated) return whole;
        double side = Math.Max(whole.X1 - whole.X0, whole.Y1 - whole.Y0) / 2, x = (whole.X0 + whole.X1) / 2, y = (whole.Y0 + whole.Y1) / 2;
        return new Window(x - side, x + side, y - side, y + side);
    }

    /// <summary>A grid of the window.</summary>
    public GridSpec Grid(int width, int height) => input.Grid(window, width, height);

    /// <summary>The network's values over a grid, row 0 at the smallest y: class 1's probability, class numbers, or numbers.</summary>
    public float[] Values(Sequential network, GridSpec grid)
    {
        if (IsWhole) return network.Outputs > 1 ? new ClassEvaluator(network).Regions(grid) : Own(GridEvaluator.Evaluate(network, grid));
        float[] outputs = network.Predict(Inputs(grid));
        if (network.Outputs == 1) return Own(outputs);
        var values = new float[grid.Points];
        for (int k = 0; k < values.Length; k++)
            values[k] = ClassEvaluator.Region(outputs.AsSpan(k * network.Outputs, network.Outputs));
        return values;
    }

    float[] Own(float[] outputs)
    {
        if (input.Targets is Standardizer targets)
            for (int k = 0; k < outputs.Length; k++) outputs[k] = (float)targets.Undo(outputs[k], 0);
        return outputs;
    }

    /// <summary>The picture as pixels, the first row at the top.</summary>
    public byte[] Picture(Sequential network, int side) => Pixels(Values(network, Grid(side, side)), side);

    /// <summary>Values over a square grid as pixels, the first row at the top.</summary>
    public byte[] Pixels(float[] values, int side)
    {
        var pixels = new byte[values.Length];
        bool isClass = Kind == "class";
        (double low, double high) = Range;
        float factor = (float)(Top / (high - low)), first = (float)low;
        for (int row = 0; row < side; row++)
        {
            ReadOnlySpan<float> from = values.AsSpan((side - 1 - row) * side, side);
            Span<byte> to = pixels.AsSpan(row * side, side);
            for (int k = 0; k < side; k++)
                to[k] = float.IsNaN(from[k]) ? NotANumber : isClass ? (byte)from[k]
                    : (byte)(Math.Clamp((from[k] - first) * factor, 0, Top) + 0.5f);
        }
        return pixels;
    }

    /// <summary>
    /// What each hidden unit returns over the window, as pixels of tiles one after another: 127 is zero, and each tile's largest value is 0
    /// or 254. With it the values of the hidden layers of two units at the tile's points, which show how such a layer bends the plane.
    /// </summary>
    public (byte[] Tiles, float[] Scales, int[] Units, Dictionary<int, float[]> Bent) Hidden(Sequential network)
    {
        float[][] layers = network.PredictHidden(Points(TileSide).Inputs);
        int[] units = [.. input.Spec.Widths.Skip(1).SkipLast(1)];
        int shown = Math.Min(MostTiles, units.Sum()), at = 0;
        var tiles = new byte[shown * TileSide * TileSide];
        var scales = new float[shown];
        for (int l = 0; l < layers.Length; l++)
            for (int unit = 0; unit < units[l] && at < shown; unit++)
                scales[at] = Tile(layers[l], units[l], unit, tiles.AsSpan(at++ * TileSide * TileSide, TileSide * TileSide));
        var bent = new Dictionary<int, float[]>();
        for (int l = 0; l < layers.Length; l++)
            if (units[l] == 2) bent[l] = layers[l];
        return (tiles, scales, units, bent);
    }

    static float Tile(float[] values, int units, int unit, Span<byte> tile)
    {
        float most = 0;
        for (int k = unit; k < values.Length; k += units) most = Math.Max(most, Math.Abs(values[k]));      // NaN is no larger
        float factor = most > 0 ? Top / 2 / most : 0;
        for (int k = 0; k < tile.Length; k++)
        {
            float value = values[((TileSide - 1 - k / TileSide) * TileSide + k % TileSide) * units + unit];
            tile[k] = float.IsFinite(value) ? (byte)(Top / 2 + value * factor + 0.5f) : NotANumber;
        }
        return most;
    }

    float[] Inputs(GridSpec grid) => grid.Width == grid.Height ? Points(grid.Width).Inputs : InputsOf(grid);

    (GridSpec Grid, float[] Inputs) Points(int side)
    {
        if (planes.TryGetValue(side, out (GridSpec, float[]) known)) return known;
        GridSpec grid = Grid(side, side);
        return planes[side] = (grid, InputsOf(grid));
    }

    // the other features are held where pictures hold them, and those that are derived follow the two of the axes
    float[] InputsOf(GridSpec grid)
    {
        PictureAxes axes = input.Axes;
        IReadOnlyList<DerivedFeature> derived = input.Columns?.Derived ?? [];
        int features = axes.At.Length, own = features - derived.Count;
        var inputs = new float[grid.Points * features];
        double[] values = [.. axes.At];
        Standardizer? scale = input.Standardizer;
        int at = 0;
        for (int row = 0; row < grid.Height; row++)
        {
            for (int column = 0; column < grid.Width; column++)
            {
                (values[axes.X], values[axes.Y!.Value]) = (grid.XAt(column), grid.YAt(row));
                for (int k = 0; k < derived.Count; k++)
                    if (own + k != axes.X && own + k != axes.Y) values[own + k] = derived[k].Of(values.AsSpan(0, own));
                for (int k = 0; k < features; k++)
                    inputs[at++] = (float)(scale is null ? values[k] : (values[k] - scale.Mean[k]) / scale.Deviation[k]);
            }
        }
        return inputs;
    }

    static (double, double) RangeOf(DataSet raw)
    {
        if (raw.ClassCount > 0) return (0, 1);
        (float low, float high) = (raw.Labels.Min(), raw.Labels.Max());
        return low < high ? (low, high) : (low - 0.5, low + 0.5);
    }
}
