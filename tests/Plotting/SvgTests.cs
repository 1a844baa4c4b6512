using System.Xml.Linq;
using GpuMlp.Grids;
using GpuMlp.Metrics;
using GpuMlp.Plotting;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Plotting;

/// <summary>A picture is an SVG where that is its file's ending: texts stay texts, painted regions are a picture within.</summary>
public class SvgTests
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    static readonly GridSpec Grid = GridSpec.FromSize(new Window(0, 1, 0, 1), 8, 8);

    static readonly float[] Points = [0.1f, 0.2f, 0.8f, 0.9f, 0.4f, 0.3f];

    [Theory]
    [InlineData("boundary", true)]
    [InlineData("values", true)]
    [InlineData("loss", false)]
    [InlineData("roc", false)]
    [InlineData("confusion", false)]
    [InlineData("curve", false)]
    public void EveryPictureIsAnSvgToo(string picture, bool painted)
    {
        using var folder = new ScratchFolder();
        string path = folder.File("p.svg");
        var options = new PlotOptions { Width = 400, Height = 300, ClassNames = ["rot & gr\u00FCn", new string('q', 300)] };
        float[] values = [.. Enumerable.Range(0, 64).Select(k => k / 64f)];
        switch (picture)
        {
            case "boundary":
                using (var plot = new BoundaryPlot(Grid, Points, [0, 1, 0], options)) plot.Save(path, values, "a title");
                break;
            case "values": HeatMapPlot.Save(path, Grid, values, [(0.5, 0.5, 0.5)], "a title", options); break;
            case "loss": LossPlot.Save(path, [3, 2, 1, 0.5f], "a title", options); break;
            case "roc": RocPlot.Save(path, [("a", RocCurve.Of([false, true, false], [0.1, 0.9, 0.4])!)], "a title", options); break;
            case "confusion": ConfusionPlot.Save(path, ConfusionMatrix.Of([0, 1, 1], [0, 1, 0], 2), "a title", options); break;
            case "curve":
                CurvePlot.Save(path, [new Curve("f", [0, 1], [0, 1])], [new Curve("data", [0.5], [0.4])], "a title", options);
                break;
        }
        XElement root = XDocument.Load(path).Root!;
        Assert.Equal((Svg + "svg", "400", "300"), (root.Name, root.Attribute("width")!.Value, root.Attribute("height")!.Value));
        Assert.Contains(root.Descendants(Svg + "text"), text => text.Value.Trim() == "a title");
        Assert.DoesNotContain(root.Descendants(Svg + "rect"), rectangle => rectangle.Attribute("fill") is null
            && rectangle.Attribute("width")!.Value == "400" && rectangle.Parent!.Name != Svg + "clipPath");
        Assert.Equal(painted, root.Descendants(Svg + "image").Any());
        Assert.DoesNotContain(root.Descendants(Svg + "text"), text => text.Value.Length > 100);
        Assert.DoesNotContain(root.Descendants(Svg + "text"), text => text.Parent!.Attribute("clip-path") is not null);
    }
}
