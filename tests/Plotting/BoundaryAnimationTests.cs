using GpuMlp.Plotting;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

public sealed class BoundaryAnimationTests : IDisposable
{
    readonly Pictures pictures = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => pictures.Dispose();

    [Fact]
    public void EveryFrameIsInTheFolderAndInTheGif()
    {
        using BoundaryPlot plot = Small();
        var told = new List<(int, int)>();
        int drawn = BoundaryAnimation.Save(
            plot, Frames(9), pictures["frames"], pictures["it.gif"], (done, total) => told.Add((done, total)), Token);
        Assert.Equal(9, drawn);
        Assert.Equal((9, 9), told[^1]);
        Assert.Equal([.. Enumerable.Range(0, 9).Select(i => $"boundary-{i * 250:D6}.png")],
            Directory.GetFiles(pictures["frames"]).Select(Path.GetFileName).Order().ToArray()!);
        using SKCodec gif = SKCodec.Create(pictures["it.gif"]);
        Assert.Equal((480, 360, 9, -1), (gif.Info.Width, gif.Info.Height, gif.FrameCount, gif.RepetitionCount));
        Assert.Equal([.. Enumerable.Repeat(100, 8), 2000], gif.FrameInfo.Select(f => f.Duration));
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        Assert.Empty(Directory.GetFiles(pictures.Folder, "*.tmp", everywhere));
    }

    [Fact]
    public void FramesOfTheGifLookLikeTheirFiles()
    {
        using BoundaryPlot plot = Small();
        BoundaryAnimation.Save(plot, Frames(7), pictures["frames"], pictures["it.gif"], null, Token);
        foreach (int i in (int[])[0, 1, 3, 6])
        {
            using SKBitmap gif = Pictures.Decode(pictures["it.gif"], i);
            using SKBitmap png = Pictures.Decode(Path.Combine(pictures["frames"], $"boundary-{i * 250:D6}.png"));
            Assert.InRange(gif.Pixels.Zip(png.Pixels).Average(p => Apart(p.First, p.Second)), 0, 1.0);
            Assert.Equal(png.GetPixel(240, 264), gif.GetPixel(240, 264));   // large areas exactly
        }
    }

    [Fact]
    public void ACancelledAnimationIsAValidGifOfWhatWasDrawn()
    {
        using BoundaryPlot plot = Small();
        using var stop = new CancellationTokenSource();
        int count = 8 * Environment.ProcessorCount;
        int drawn = BoundaryAnimation.Save(
            plot, Frames(count), pictures["frames"], pictures["it.gif"], (_, _) => stop.Cancel(), stop.Token);
        Assert.InRange(drawn, 1, count - 1);
        using SKCodec gif = SKCodec.Create(pictures["it.gif"]);
        Assert.Equal((drawn, 2000), (gif.FrameCount, gif.FrameInfo[^1].Duration));
        Assert.Equal(drawn, Directory.GetFiles(pictures["frames"]).Length);
        Pictures.Decode(pictures["it.gif"], drawn - 1).Dispose();
    }

    [Fact]
    public void CancelledBeforeItBeganLeavesNothing()
    {
        using BoundaryPlot plot = Small();
        Assert.Equal(0, BoundaryAnimation.Save(plot, Frames(3), pictures["frames"], pictures["it.gif"], null, new CancellationToken(true)));
        Assert.Empty(Directory.GetFileSystemEntries(pictures.Folder));
    }

    [Fact]
    public void AnErrorLeavesAnEarlierGifAsItWas()
    {
        using BoundaryPlot plot = Small();
        File.WriteAllText(pictures["it.gif"], "earlier");
        BoundaryFrame[] frames = [.. Frames(2), new BoundaryFrame(500, [1], "too short")];
        Assert.Throws<ArgumentException>(() => BoundaryAnimation.Save(plot, frames, pictures["frames"], pictures["it.gif"], null, Token));
        Assert.Equal("earlier", File.ReadAllText(pictures["it.gif"]));
        Assert.Single(Directory.GetFiles(pictures.Folder, "*", new EnumerationOptions { AttributesToSkip = 0 }));
        Assert.Throws<ArgumentException>(() => BoundaryAnimation.Save(plot, [], pictures["frames"], pictures["it.gif"], null, Token));
    }

    static int Apart(SKColor a, SKColor b) => Math.Abs(a.Red - b.Red) + Math.Abs(a.Green - b.Green) + Math.Abs(a.Blue - b.Blue);

    static BoundaryPlot Small() => new(Pictures.Grid, Pictures.Inputs, Pictures.Labels, new PlotOptions { Width = 480, Height = 360 });

    static BoundaryFrame[] Frames(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new BoundaryFrame(i * 250, Pictures.Rising(0.8 - 1.2 * i / count), $"step {i * 250}"))];
}
