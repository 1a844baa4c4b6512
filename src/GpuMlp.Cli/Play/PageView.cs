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

    const int Top = 254, MostTiles = 256, MostBent = 500;
    const double Pad = 0.1, ClassGap = 0.04;

    readonly Dictionary<int, (GridSpec Grid, float[] Inputs)> planes = [];
    readonly (double Low, double High) range = RangeOf(input.Raw);

    /// <summary>The part of the plane that is seen.</summary>
    public Window Window => window;

    /// <summary>What the pixels are: a probability, a class, or a number between those of the labels.</summary>
    public string Kind => IsNumber ? "number" : input.Raw.ClassCount > 2 && Outputs > 1 ? "class" : "probability";

    /// <summary>The numbers that the first and the last colour stand for.</summary>
    public (double Low, double High) Range => IsNumber ? range : (0, 1);

    bool IsNumber => input.Raw.ClassCount == 0;

    int Outputs => input.Spec.Widths[^1];

    /// <summary>Whether the data has one feature: the network is then a curve over it, and colours say the same at every height.</summary>
    public bool IsCurve => input.Axes.Y is null;

    // the two inputs are the axes themselves, so that a grid's axes are all that goes to the device
    bool IsWhole => input.Axes.IsWhole;

    /// <summary>The window that a page begins with: data that was generated is seen with the same scale along both axes.</summary>
    public static Window Whole(TrainInput input, bool isGenerated)
    {
        if (input.Axes.Window is not Window whole) return OfCurve(input.Raw);
        if (!isGenerated) return whole;
        double side = Math.Max(whole.X1 - whole.X0, whole.Y1 - whole.Y0) / 2, x = (whole.X0 + whole.X1) / 2, y = (whole.Y0 + whole.Y1) / 2;
        return new Window(x - side, x + side, y - side, y + side);
    }

    static Window OfCurve(DataSet raw)
    {
        double[] places = [.. Enumerable.Range(0, raw.Count).Select(row => raw.Value(row, 0))];
        (double x0, double x1) = Padded(places.Min(), places.Max());
        (double y0, double y1) = raw.ClassCount == 0 ? Padded(raw.Labels.Min(), raw.Labels.Max())
            : raw.ClassCount == 2 ? (-Pad, 1 + Pad) : (-ClassGap * (raw.ClassCount + 1), 1 + Pad);
        return new Window(x0, x1, y0, y1);
    }

    static (double, double) Padded(double low, double high)
    {
        double pad = high > low ? Pad * (high - low) : Math.Max(0.5, Pad * Math.Abs(low));
        return (low - pad, high + pad);
    }

    /// <summary>
    /// Where a row lies over one feature: at its number, or of two classes where its probability is right; more stand below the curves.
    /// </summary>
    public static double Height(DataSet raw, float label) =>
        raw.ClassCount is 0 or 2 ? label : -ClassGap * (label + 1);

    /// <summary>What lies along y: a feature, or what the network returns.</summary>
    public static string NameOfY(TrainInput input) => input.Axes.Y is int y ? PictureAxes.NameOf(input.Raw, y)
        : input.Raw.ClassCount == 0 ? "value" : "probability";

    /// <summary>The network's curves over the window: of each place the number, class 1's probability, or that of every class.</summary>
    public float[] Curves(Sequential network, GridSpec grid)
    {
        float[] outputs = network.Predict(Inputs(grid));
        return network.Outputs == 1 ? Own(outputs) : Shares(outputs, network.Outputs);
    }

    static float[] Shares(float[] z, int outputs)
    {
        for (int first = 0; first < z.Length; first += outputs)
        {
            Span<float> row = z.AsSpan(first, outputs);
            float most = row[Classification.ArgMax(row)], sum = 0;
            foreach (ref float one in row) sum += one = MathF.Exp(one - most);
            foreach (ref float one in row) one /= sum;
        }
        return z;
    }

    /// <summary>A grid of the window.</summary>
    public GridSpec Grid(int width, int height) => input.Grid(window, width, height);

    /// <summary>The network's values over a grid, row 0 at the smallest y: class 1's probability, class numbers, or numbers.</summary>
    public float[] Values(Sequential network, GridSpec grid)
    {
        if (IsWhole && network.Outputs > 1) return new ClassEvaluator(network).Regions(grid);
        if (IsWhole) return Own(new GridEvaluator(network).Evaluate(grid, IsNumber ? GridValue.Logit : GridValue.Probability));
        float[] outputs = network.Predict(Inputs(grid));
        float[] values = network.Outputs == 1 ? Own(outputs) : Regions(outputs, network.Outputs);
        return IsCurve ? [.. Enumerable.Repeat(values, grid.Height).SelectMany(row => row)] : values;
    }

    static float[] Regions(float[] outputs, int classes)
    {
        var values = new float[outputs.Length / classes];
        for (int k = 0; k < values.Length; k++) values[k] = ClassEvaluator.Region(outputs.AsSpan(k * classes, classes));
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
    /// or 254. With it what the last layer of two units returns at the tile's points, which shows how it bends the plane; null if there
    /// is none.
    /// </summary>
    public (byte[] Tiles, float[] Scales, int[] Units, float[]? Bent) Hidden(Sequential network)
    {
        float[][] layers = network.PredictHidden(Points(TileSide).Inputs);
        int[] units = [.. input.Spec.Widths.Skip(1).SkipLast(1)];
        int shown = Math.Min(MostTiles, units.Sum()), at = 0;
        var tiles = new byte[shown * TileSide * TileSide];
        var scales = new float[shown];
        for (int l = 0; l < layers.Length; l++)
            for (int unit = 0; unit < units[l] && at < shown; unit++)
                scales[at] = Tile(layers[l], units[l], unit, tiles.AsSpan(at++ * TileSide * TileSide, TileSide * TileSide));
        return (tiles, scales, units, Array.LastIndexOf(units, 2) is int last and >= 0 ? layers[last] : null);
    }

    /// <summary>What the last layer of two units returns for rows of the data, some of them: two values and the label of each.</summary>
    public float[] BentPoints(Sequential network)
    {
        DataSet data = input.Data;
        int shown = Math.Min(data.Count, MostBent), layer = Array.LastIndexOf([.. input.Spec.Widths.Skip(1).SkipLast(1)], 2);
        int[] rows = [.. Enumerable.Range(0, shown).Select(k => (int)((long)k * data.Count / shown))];
        float[] bent = network.PredictHidden(data.Rows(rows).Flat)[layer];
        return [.. rows.SelectMany((row, k) => (float[])[bent[2 * k], bent[2 * k + 1], input.Raw.Labels[row]])];
    }

    float Tile(float[] values, int units, int unit, Span<byte> tile)
    {
        float most = 0;
        for (int k = unit; k < values.Length; k += units) most = Math.Max(most, Math.Abs(values[k]));      // NaN is no larger
        float factor = most > 0 ? Top / 2 / most : 0;
        for (int k = 0; k < tile.Length; k++)
        {
            int row = TileSide - 1 - k / TileSide, column = k % TileSide;
            float value = values[((IsCurve ? 0 : row * TileSide) + column) * units + unit];
            // over one feature, what is between the curve and zero has its colour
            float height = (row + 0.5f) / TileSide * Top - Top / 2;
            if (IsCurve && (value * height < 0 || Math.Abs(value * factor) < Math.Abs(height))) value = 0;
            tile[k] = float.IsFinite(value) ? (byte)(Top / 2 + value * factor + 0.5f) : NotANumber;
        }
        return most;
    }

    float[] Inputs(GridSpec grid) => grid.Width == grid.Height ? Points(grid.Width).Inputs : input.FeaturePlane.Inputs(grid);

    (GridSpec Grid, float[] Inputs) Points(int side)
    {
        if (planes.TryGetValue(side, out (GridSpec, float[]) known)) return known;
        GridSpec grid = Grid(side, side);
        return planes[side] = (grid, input.FeaturePlane.Inputs(grid));
    }

    static (double, double) RangeOf(DataSet raw)
    {
        if (raw.ClassCount > 0) return (0, 1);
        (float low, float high) = (raw.Labels.Min(), raw.Labels.Max());
        return low < high ? (low, high) : (low - 0.5, low + 0.5);
    }
}
