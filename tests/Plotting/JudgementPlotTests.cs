using GpuMlp.Metrics;
using GpuMlp.Plotting;
using GpuMlp.Training;
using SkiaSharp;

namespace GpuMlp.Tests.Plotting;

/// <summary>Confusion matrices and ROC curves as pictures, and the validation loss beside the training loss.</summary>
public sealed class JudgementPlotTests : IDisposable
{
    readonly Pictures pictures = new();

    public void Dispose() => pictures.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(26)]
    [InlineData(255)]
    public void AMatrixOfAnySizeIsDrawn(int classes)
    {
        float[] labels = [.. Enumerable.Range(0, 600).Select(row => (float)(row % classes))];
        int?[] predictions = [.. labels.Select((label, row) => (int?)(row % 7 == 0 ? (int)(label + 1) % classes : (int)label))];
        ConfusionMatrix matrix = ConfusionMatrix.Of(labels, predictions, classes);
        foreach (PlotStyle style in Enum.GetValues<PlotStyle>())
        {
            string[] names = ["a", "a name that is much too long for it"];
            var options = new PlotOptions { Style = style, Width = 300, Height = 200, ClassNames = names };
            ConfusionPlot.Save(pictures["confusion.png"], matrix, "validation", options);
            using SKBitmap picture = Pictures.Decode(pictures["confusion.png"]);
            Assert.Equal(Palette.Face(style), Pictures.At(picture, 0.999, 0.999));
            Assert.Contains(Palette.Blues(matrix.Of(0).Recall), picture.Pixels.Select(pixel => (uint)pixel));
        }
    }

    [Fact]
    public void CurvesAreDrawnInTheirOwnColours()
    {
        RocCurve curve = RocCurve.Of([true, false, true, false, true], [0.9, 0.8, 0.7, 0.2, 0.1])!;
        RocPlot.Save(pictures["roc.png"], [.. Enumerable.Range(0, 12).Select(k => ($"{k}", curve))], "ROC");
        RocPlot.Save(pictures["two.png"], [("training", curve), ("test", curve)], "ROC");
        using SKBitmap picture = Pictures.Decode(pictures["two.png"]);
        Assert.InRange(picture.Pixels.Count(pixel => (uint)pixel == Palette.Hue(1)), 200, 20_000);
    }

    [Fact]
    public void AValidationLossIsACurveOfItsOwnAlsoOnALogarithmicAxis()
    {
        float[] falling = [.. Enumerable.Range(0, 1000).Select(k => 100 * MathF.Exp(-0.01f * k))];
        ValidationLoss[] looks = [.. Enumerable.Range(1, 10).Select(k => new ValidationLoss(100 * k, 90 * Math.Exp(-k)))];
        foreach (float[] losses in (float[][])[falling, [.. falling.Select(_ => 1f)]])
        {
            LossPlot.Save(pictures["loss.png"], losses, "loss", null, looks);
            using SKBitmap picture = Pictures.Decode(pictures["loss.png"]);
            Assert.InRange(picture.Pixels.Count(pixel => (uint)pixel == Palette.Hue(1)), 200, 20_000);
        }
    }
}
