using System.Globalization;
using GpuMlp.Grids;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace GpuMlp.Plotting;

/// <summary>A picture in three layers: painted pixels, over them what ScottPlot draws once (axes, points, legend), and a title.</summary>
/// <remarks>Only pixels and title are drawn again for each frame, so a frame costs little and any thread may draw one.</remarks>
sealed class Figure : IDisposable
{
    readonly PlotOptions options;
    readonly SKPicture strokes;                                             // what ScottPlot draws
    readonly SKImage overlay;                                               // the same in pixels
    readonly float titleHeight;

    /// <summary>Draws the layer that all frames share.</summary>
    /// <param name="options">Style and size.</param>
    /// <param name="view">The axis limits; a side without length is widened, so read <see cref="View"/> afterwards.</param>
    /// <param name="labels">The axis labels; null draws no axes.</param>
    /// <param name="fill">Adds plottables and a legend to the plot.</param>
    /// <param name="wholeX">Whether the horizontal axis counts something: its ticks are then whole numbers.</param>
    /// <param name="logY">Whether the vertical axis holds decimal logarithms: its ticks then say 10 to their power.</param>
    /// <param name="ticks">Sets ticks of the axes; null leaves them to ScottPlot.</param>
    /// <param name="right">Room for a scale at the right, in pixels of a picture of 800×600.</param>
    public Figure(PlotOptions options, Window view, (string X, string Y)? labels, Action<Plot, Figure> fill,
        bool wholeX = false, bool logY = false, Action<Plot>? ticks = null, float right = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Width, PlotOptions.MinSize, "Width");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Height, PlotOptions.MinSize, "Height");
        this.options = options;
        View = Widen(view);
        Scale = (float)Math.Clamp(Math.Sqrt(Math.Min(options.Width / 800.0, options.Height / 600.0)), 0.6, 3);
        titleHeight = 34 * Scale;

        PlotFont.Register();
        using var plot = new Plot();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.HideGrid();
        plot.HideLegend();
        (X, Y) = (AxisScale.For(View.X0, View.X1), AxisScale.For(View.Y0, View.Y1));
        plot.Axes.SetLimits(X.ToPlot(View.X0), X.ToPlot(View.X1), Y.ToPlot(View.Y0), Y.ToPlot(View.Y1));
        // before the layout, which measures the labels of the ticks
        if (wholeX) plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        if (logY)
            plot.Axes.Left.TickGenerator = new NumericAutomatic
            {
                IntegerTicksOnly = true,
                LabelFormatter = Power,
                MinorTickGenerator = new LogMinorTickGenerator(),
            };
        ticks?.Invoke(plot);
        DataArea = labels is var (x, y) ? LayoutAxes(plot, x, y) : LayoutBare(plot);
        HasRoom = right > 0;
        if (HasRoom) DataArea = DataArea with { Right = Math.Max(DataArea.Left + 1, options.Width - (int)(right * Scale)) };
        plot.Layout.Fixed(new PixelRect(DataArea.Left, DataArea.Right, DataArea.Bottom, DataArea.Top));
        fill(plot, this);
        using var recorder = new SKPictureRecorder();
        plot.Render(recorder.BeginRecording(SKRect.Create(options.Width, options.Height)), options.Width, options.Height);
        strokes = recorder.EndRecording();
        var size = new SKImageInfo(options.Width, options.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
        using SKSurface surface = SKSurface.Create(size);
        surface.Canvas.Clear();
        surface.Canvas.DrawPicture(strokes);
        overlay = surface.Snapshot();
    }

    /// <summary>The axis limits.</summary>
    public Window View { get; }

    /// <summary>Whether room was asked for at the right.</summary>
    public bool HasRoom { get; }

    /// <summary>Colours and names that are listed in the room at the right.</summary>
    public IReadOnlyList<(uint Colour, string Name, bool Square)> AtRight { get; set; } = [];

    /// <summary>How wide a text of a legend is in a picture of 800×600.</summary>
    public static float TextWidth(string text)
    {
        using var font = new SKFont(PlotFont.Typeface, 15 * 0.9f);
        return font.MeasureText(text);
    }

    /// <summary>The scale of the horizontal axis.</summary>
    public AxisScale X { get; }

    /// <summary>The scale of the vertical axis.</summary>
    public AxisScale Y { get; }

    /// <summary>The pixels between the axes.</summary>
    public SKRectI DataArea { get; }

    /// <summary>The factor for all sizes in pixels; 1 for a picture of 800×600.</summary>
    public float Scale { get; }

    /// <summary>The size of the text in pixels.</summary>
    public float FontSize => 15 * Scale;

    /// <summary>
    /// Paints the pixels (0xAARRGGBB) of the data area, the top row first; rows are <paramref name="stride"/> pixels apart.
    /// </summary>
    public delegate void Painter(Span<uint> pixels, int stride);

    /// <summary>Draws a picture from all layers; the caller disposes it.</summary>
    public unsafe SKBitmap Draw(string title, Painter? paint = null)
    {
        var picture = new SKBitmap(new SKImageInfo(options.Width, options.Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Palette.Face(options.Style));
        if (paint != null)
        {
            var pixels = new Span<uint>((void*)picture.GetPixels(), options.Width * options.Height);
            paint(pixels[(DataArea.Top * options.Width + DataArea.Left)..], options.Width);
        }
        canvas.DrawImage(overlay, 0, 0);
        DrawTitle(canvas, title);
        DrawAtRight(canvas);
        return picture;
    }

    /// <summary>Writes a picture from all layers as its file's ending says: as SVG, else as PNG.</summary>
    /// <param name="path">The file; an existing file is replaced.</param>
    /// <param name="title">One line over the picture.</param>
    /// <param name="paint">Paints the data area; null for nothing.</param>
    /// <param name="over">Draws over all layers; null for nothing.</param>
    public void Save(string path, string title, Painter? paint = null, Action<SKCanvas>? over = null)
    {
        byte[] picture = Bytes(PictureFile.IsSvg(path), title, paint, over);
        PictureFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Draws a picture from all layers as SVG or as PNG.</summary>
    public byte[] Bytes(bool svg, string title, Painter? paint = null, Action<SKCanvas>? over = null)
    {
        if (svg) return Svg(title, paint, over);
        using SKBitmap picture = Draw(title, paint);
        if (over is not null)
        {
            using var canvas = new SKCanvas(picture);
            over(canvas);
        }
        using SKData png = PictureFile.EncodePng(picture);
        return png.ToArray();
    }

    /// <summary>Draws a picture from all layers as SVG.</summary>
    public unsafe byte[] Svg(string title, Painter? paint = null, Action<SKCanvas>? over = null) =>
        PictureFile.Svg(options.Width, options.Height, canvas =>
        {
            using var face = new SKPaint { Color = Palette.Face(options.Style) };
            canvas.DrawRect(0, 0, options.Width, options.Height, face);
            if (paint is not null)
            {
                using var area = new SKBitmap(
                    new SKImageInfo(DataArea.Width, DataArea.Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
                paint(new Span<uint>((void*)area.GetPixels(), area.Width * area.Height), area.Width);
                canvas.DrawBitmap(area, DataArea.Left, DataArea.Top);
            }
            canvas.DrawPicture(strokes);
            DrawTitle(canvas, title);
            DrawAtRight(canvas);
            over?.Invoke(canvas);
        });

    void DrawAtRight(SKCanvas canvas)
    {
        using var font = new SKFont(PlotFont.Typeface, FontSize * 0.9f) { Subpixel = true };
        using var paint = new SKPaint { IsAntialias = true };
        float x = DataArea.Right + 18 * Scale, y = DataArea.Top + 14 * Scale;
        foreach ((uint colour, string name, bool square) in AtRight)
        {
            paint.Color = colour;
            if (square) canvas.DrawRect(x - 3.5f * Scale, y - 3.5f * Scale, 7 * Scale, 7 * Scale, paint);
            else canvas.DrawCircle(x, y, 4 * Scale, paint);
            paint.Color = Palette.Ink(options.Style);
            canvas.DrawText(name, x + 12 * Scale, y + font.Size * 0.35f, font, paint);
            y += 22 * Scale;
        }
    }

    /// <summary>Frees the shared layer.</summary>
    public void Dispose()
    {
        overlay.Dispose();
        strokes.Dispose();
    }

    static string Power(double exponent) =>
        Math.Pow(10, Math.Round(exponent)).ToString(exponent is < -3.5 or > 5.5 ? "0e0" : "0.###", CultureInfo.InvariantCulture);

    /// <summary>Shows a legend of all plottables that have a legend text.</summary>
    public void ShowLegend(Plot plot, Alignment corner)
    {
        Legend legend = plot.ShowLegend(corner);
        legend.FontSize = FontSize * 0.9f;
        legend.FontColor = Color.FromARGB(Palette.Ink(PlotStyle.Plain));
        legend.BackgroundColor = Colors.White.WithAlpha(.85);
        legend.OutlineColor = Colors.Black.WithAlpha(.25);
        legend.ShadowColor = Colors.Transparent;
        legend.Padding = new PixelPadding(6 * Scale, 4 * Scale);
        legend.InterItemPadding = new PixelPadding(3 * Scale);
        legend.SymbolWidth = 14 * Scale;
        legend.Margin = new PixelPadding(8 * Scale);
    }

    /// <summary>Labels the axes; the data area is what ScottPlot's labels leave free.</summary>
    SKRectI LayoutAxes(Plot plot, string x, string y)
    {
        plot.Axes.Color(Color.FromARGB(Palette.Ink(options.Style)));
        (IAxis, string, AxisScale)[] axes = [(plot.Axes.Bottom, x, X), (plot.Axes.Left, y, Y)];
        foreach ((IAxis axis, string label, AxisScale scale) in axes)
        {
            if (scale.Digits > 0) axis.TickGenerator = new NumericAutomatic { LabelFormatter = scale.Label };
            axis.Label.Text = scale.Name(label);
            axis.Label.FontSize = FontSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = FontSize * 0.87f;
        }
        plot.RenderInMemory(options.Width, options.Height);
        PixelRect free = plot.LastRender.DataRect;
        int left = Math.Clamp((int)Math.Ceiling(free.Left), 1, options.Width / 2);
        int bottom = Math.Clamp((int)free.Bottom, options.Height / 2, options.Height - 1);
        return new SKRectI(left, (int)titleHeight, options.Width - RightMargin(plot), bottom);
    }

    /// <summary>The space on the right: half of the last tick's label may reach beyond the axis.</summary>
    int RightMargin(Plot plot)
    {
        string label = plot.Axes.Bottom.TickGenerator.Ticks.LastOrDefault(t => t.IsMajor).Label ?? "";
        using var font = new SKFont(PlotFont.Typeface, FontSize * 0.87f);
        return (int)Math.Clamp(font.MeasureText(label) / 2 + 4, 16 * Scale, options.Width / 4f);
    }

    SKRectI LayoutBare(Plot plot)
    {
        plot.HideAxesAndGrid();
        int edge = (int)titleHeight / 2;
        return new SKRectI(edge, (int)titleHeight, options.Width - edge, options.Height - edge);
    }

    /// <summary>
    /// Draws the title over the data area. A long title is drawn smaller, and a still longer one is cut with an ellipsis.
    /// </summary>
    void DrawTitle(SKCanvas canvas, string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        title = title.ReplaceLineEndings(" ").Trim();
        float space = options.Width - 12 * Scale, full = 17 * Scale;
        using var font = new SKFont(PlotFont.Typeface, full) { Subpixel = true };
        float wide = font.MeasureText(title);
        if (wide > space) font.Size = Math.Max(full * 0.65f, full * space / wide);
        if (font.MeasureText(title) > space) title = title[..font.BreakText(title, space - font.MeasureText("…"))] + "…";

        wide = font.MeasureText(title);
        float x = Math.Clamp((DataArea.Left + DataArea.Right - wide) / 2, 6 * Scale, Math.Max(6 * Scale, options.Width - 6 * Scale - wide));
        using var ink = new SKPaint { Color = Palette.Ink(options.Style), IsAntialias = true };
        canvas.DrawText(title, x, titleHeight * 0.68f, font, ink);
    }

    static Window Widen(Window view)
    {
        (double x0, double x1) = Widen(view.X0, view.X1);
        (double y0, double y1) = Widen(view.Y0, view.Y1);
        return new Window(x0, x1, y0, y1);
    }

    static (double, double) Widen(double low, double high)
    {
        if (!double.IsFinite(high - low) || high < low)
            throw new ArgumentException($"a picture cannot show from {low} to {high}: two finite numbers are needed, the smaller first.");
        double pad = high > low ? 0 : Math.Max(1e-6 * Math.Abs(low), 0.5);
        return (low - pad, high + pad);
    }
}
