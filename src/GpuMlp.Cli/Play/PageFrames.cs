using System.Diagnostics;
using System.Text.Json;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Layers;
using Window = GpuMlp.Grids.Window;

namespace GpuMlp.Cli.Play;

/// <summary>Makes the pictures of a training: each a message with the plane, the losses, and what else the page shows.</summary>
sealed class PageFrames
{
    // while a training runs: the shares of the time that go into judging rows and into tiles, and the seconds that a picture may take
    const double ShareOfJudging = 0.15, LongPicture = 0.025, ShareOfTiles = 0.1;

    // products of a picture on two cores in a second or so, and how many times as many a GPU makes
    const double MostProducts = 1L << 35, GpuFactor = 64;

    const int LeastSide = 64, MostWeights = 1 << 15, MostJudged = 20_000, MostCurves = 16, CurvePoints = 256;

    bool tiles, weights, isGenerated;
    int wantedSide = PageView.MostSide, side = PageView.MostSide;
    Window? wantedWindow;
    double judged, tiled, loss;
    long judgedAt, tiledAt;
    int steps;
    (double Loss, double? Accuracy) training;
    (double Loss, double? Accuracy)? validation;
    PageTraining? of;
    DataSet? keptBack;

    /// <summary>The plane that is shown; null before there is a training.</summary>
    public PageView? View { get; private set; }

    /// <summary>Whether the last picture had fewer pixels than the page asked for.</summary>
    public bool IsCoarse => side < wantedSide;

    /// <summary>Begins with another training.</summary>
    public void Begin(PageTraining of, bool isGenerated)
    {
        bool sameData = this.of is PageTraining old && old.Input.Raw.Name == of.Input.Raw.Name && old.Config.Axes == of.Config.Axes;
        if (!sameData) wantedWindow = null;
        (this.of, this.isGenerated, steps, loss, judgedAt, tiledAt) = (of, isGenerated, 0, 0, 0, 0);
        keptBack = of.Input.Validation(of.Config)?.Data;
        side = wantedSide;
        See();
    }

    void See() => View = of is null ? null
        : new PageView(of.Input, wantedWindow ?? of.Config.Window ?? PageView.Whole(of.Input, isGenerated));

    /// <summary>Takes what the page wants to see.</summary>
    /// <exception cref="UsageException">It is no such thing.</exception>
    public void Look(JsonElement json)
    {
        Window? window = null;
        if (json.TryGetProperty("window", out JsonElement text) && text.ValueKind == JsonValueKind.String)
        {
            try { window = Window.Parse(text.GetString()!); }
            catch (FormatException e) { throw UsageException.For("window", text.GetString(), e.Message, e); }
        }
        int most = PageWork.Number(json, "side", LeastSide, PageView.MostSide);
        (tiles, weights) = (PageWork.Flag(json, "tiles"), PageWork.Flag(json, "weights"));
        bool isOther = window != wantedWindow;
        (wantedSide, side, wantedWindow, tiledAt) = (most, most, window, 0);
        if (isOther) See();
    }

    /// <summary>Counts the losses of steps that were made since the last picture.</summary>
    public void Add(float[] losses)
    {
        foreach (float one in losses) loss += one;
        steps += losses.Length;
    }

    /// <summary>Makes a picture.</summary>
    public byte[] Draw(PageTraining of, PageMosaic? mosaic, bool playing, double rate)
    {
        Judge(of, playing);
        var message = new PageMessage("frame");
        Utf8JsonWriter json = message.Json;
        json.WriteNumber("step", of.Session.Steps);
        json.WriteBoolean("playing", playing);
        message.Number("rate", rate);
        message.Number("batchLoss", steps > 0 ? loss / steps : null);
        message.Number("loss", training.Loss);
        message.Number("accuracy", training.Accuracy);
        message.Number("validationLoss", validation?.Loss);
        message.Number("validationAccuracy", validation?.Accuracy);
        json.WriteNumber("networks", mosaic?.Count ?? 0);
        (steps, loss) = (0, 0);
        Plane(message, of, playing);
        if (tiles && (!playing || Stopwatch.GetElapsedTime(tiledAt).TotalSeconds * ShareOfTiles > tiled)) Tiles(message, of);
        if (weights && of.Network.ParameterCount <= MostWeights) message.Add("weights", Weights(of.Network));
        mosaic?.Draw(message, View!, playing);
        return message.ToBytes();
    }

    void Plane(PageMessage message, PageTraining of, bool playing)
    {
        PageView view = View!;
        int most = MostSide(of);
        side = playing ? Math.Min(side, most) : most;
        long start = Stopwatch.GetTimestamp();
        message.Add("plane", view.Picture(of.Network, side));
        double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (view.IsCurve && of.Network.Outputs <= MostCurves)
        {
            message.Add("curve", view.Curves(of.Network, view.Grid(CurvePoints, 1)));
            message.Json.WriteNumber("curves", of.Network.Outputs);
        }
        message.Json.WriteNumber("side", side);
        message.Json.WriteString("window", view.Window.ToString());
        message.Json.WriteString("values", view.Kind);
        (double low, double high) = view.Range;
        message.Number("low", low);
        message.Number("high", high);
        // twice the side takes four times as long
        if (playing && took > LongPicture) side = Math.Max(LeastSide, side / 2);
        else if (took < LongPicture / 8) side = Math.Min(most, 2 * side);
    }

    // of a very large network fewer pixels, so that a picture takes a second and not a minute
    int MostSide(PageTraining of)
    {
        double products = MostProducts * (of.Device.Description.IsGpu ? GpuFactor : 1);
        int most = wantedSide;
        while (most > LeastSide && (double)most * most * of.Network.ParameterCount > products) most = Math.Max(LeastSide, most / 2);
        return most;
    }

    void Tiles(PageMessage message, PageTraining of)
    {
        long start = Stopwatch.GetTimestamp();
        (byte[] tiles, float[] scales, int[] units, float[]? bent) = View!.Hidden(of.Network);
        tiled = Stopwatch.GetElapsedTime(start).TotalSeconds;
        tiledAt = Stopwatch.GetTimestamp();
        message.Json.WriteNumber("tileSide", PageView.TileSide);
        message.Json.WriteStartArray("units");
        foreach (int layer in units) message.Json.WriteNumberValue(layer);
        message.Json.WriteEndArray();
        message.Add("tiles", tiles);
        message.Add("scales", scales);
        if (bent is null) return;
        message.Add("bent", bent);
        message.Add("bentPoints", View.BentPoints(of.Network));
    }

    // of each layer the weights, input by input, and behind them the biases
    static float[] Weights(Sequential network) => [.. network.Layers.OfType<Linear>()
        .SelectMany(layer => (float[])[.. layer.Weight.Value.ToArray(), .. layer.Bias.Value.ToArray()])];

    void Judge(PageTraining of, bool playing)
    {
        if (playing && judgedAt > 0 && Stopwatch.GetElapsedTime(judgedAt).TotalSeconds * ShareOfJudging < judged) return;
        long start = Stopwatch.GetTimestamp();
        DataSet rows = of.Input.Data;
        bool some = playing && rows.Count > MostJudged;
        training = of.Judge(some ? rows.Rows([.. Enumerable.Range(0, MostJudged)]) : rows);
        validation = keptBack is null ? null : of.Judge(keptBack);
        judged = Stopwatch.GetElapsedTime(start).TotalSeconds;
        judgedAt = Stopwatch.GetTimestamp();
    }
}
