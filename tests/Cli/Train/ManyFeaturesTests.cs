using System.Globalization;
using System.Text.Json;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>Pictures and grids of data that is not two features and classes: one feature, many, and numbers.</summary>
public sealed class ManyFeaturesTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public ManyFeaturesTests()
    {
        var random = new Random(5);
        string Row(Func<double, double, double, string> label)
        {
            (double a, double b, double c) = (random.NextDouble() * 4 - 2, random.NextDouble() * 4 - 2, random.NextDouble() * 4 - 2);
            return FormattableString.Invariant($"{a:0.000},{b:0.000},{c:0.000},{label(a, b, c)}");
        }
        File.WriteAllLines(folder.File("classes.csv"), ["a,b,c,kind",
            .. Enumerable.Range(0, 80).Select(_ => Row((a, b, c) => a + b + c > 0 ? "up" : "down"))]);
        File.WriteAllLines(folder.File("numbers.csv"), ["a,b,c,value",
            .. Enumerable.Range(0, 80).Select(_ => Row((a, b, c) => FormattableString.Invariant($"{a + 2 * b - c:0.000}")))]);
        File.WriteAllLines(folder.File("one.csv"), ["x,kind",
            .. Enumerable.Range(0, 40).Select(k => FormattableString.Invariant($"{k / 10.0},{(k < 20 ? "low" : "high")}"))]);
    }

    public void Dispose() => folder.Dispose();

    Gpumlp.Outcome Run(string line, int exitCode = 0, bool device = true)
    {
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp {line}{(device ? " --device cpu" : "")}", folder.File("."));
        Assert.True(exitCode == outcome.ExitCode, $"{line}: {outcome}");
        return outcome;
    }

    [Fact]
    public void ManyFeaturesAreDrawnOnTwoAxes()
    {
        Run("train --data classes.csv --net 3-8-1 --steps 300 --snapshot-every 100 --out mean");
        Run("train --data classes.csv --net 3-8-1 --steps 300 --snapshot-every 100 --axes b,a --fix c=2 --out high");
        foreach (string run in (string[])["mean", "high"])
            foreach (string file in (string[])["data.png", "boundary.png", "boundary.gif", "frames/boundary-000100.png"])
                Assert.True(File.Exists(folder.File($"{run}/{file}")), $"{run}/{file}");
        byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));
        Assert.Equal(Bytes("mean/model.safetensors"), Bytes("high/model.safetensors"));
        Assert.NotEqual(Bytes("mean/boundary.png"), Bytes("high/boundary.png"));
        JsonElement config = JsonDocument.Parse(Bytes("high/run.json")).RootElement.GetProperty("config");
        Assert.Equal(("b,a", "c=2"), (config.GetProperty("axes").GetString(), config.GetProperty("fix").GetString()));
        Run("train --config high/run.json --out again");
        Assert.Equal(Bytes("high/boundary.png"), Bytes("again/boundary.png"));
    }

    [Theory]
    [InlineData("classes.csv --axes a", "--axes a: two features are needed, as a,b")]
    [InlineData("classes.csv --axes a,d", "--axes a,d: 'd' is no feature; there are a, b, c")]
    [InlineData("classes.csv --axes a,1", "--axes a,1: two different features are needed")]
    [InlineData("classes.csv --fix c", "--fix c: 'c' is not a feature and a number, as c=1.5")]
    [InlineData("classes.csv --fix a=1", "--fix a=1: a is an axis of the picture; --axes says which two are")]
    [InlineData("one.csv --axes x,x", "--axes x,x: --data one.csv has one feature; pictures of it are curves")]
    public void AxesThatAreNotThereAreRefused(string line, string message)
    {
        string net = line.StartsWith("one", StringComparison.Ordinal) ? "1-3-1" : "3-3-1";
        Assert.Contains(message, Run($"train --steps 5 --net {net} --out x --data {line}", exitCode: 2).Error);
        Assert.False(Directory.Exists(folder.File("x")));
    }

    [Theory]
    [InlineData("--data numbers.csv --net 3-8-1 --loss mse --standardize")]
    [InlineData("--data one.csv --net 1-4-1")]
    [InlineData("--data one.csv --net 1-4-2 --loss cross-entropy")]
    [InlineData("--data numbers.csv --features a --net 1-4-1 --loss mse")]
    public void NumbersAndOneFeatureHaveTheirPicture(string line)
    {
        Gpumlp.Outcome outcome = Run($"train {line} --steps 200 --out run");
        Assert.DoesNotContain("left out", outcome.Error);
        Assert.True(File.Exists(folder.File("run/boundary.png")));
        Assert.False(Directory.Exists(folder.File("run/frames")));
    }

    [Fact]
    public void AGridRunsOverTwoOfManyInputs()
    {
        Run("train --data numbers.csv --net 3-6-1 --loss mse --standardize --steps 500 --no-plots --out run");
        const string Grid = "grid run/model.safetensors --x -2:2 --y -1:1 --size 3x2 --out g.npy --force";
        Run($"{Grid} --axes c,a --fix b=0.5");
        float[] grid = Npy.Read(folder.File("g.npy")).Values<float>();
        File.WriteAllLines(folder.File("points.csv"), ["a,b,c", "-1,0.5,-2", "-1,0.5,0", "-1,0.5,2", "1,0.5,-2", "1,0.5,0", "1,0.5,2"]);
        Run("predict run/model.safetensors --data points.csv --out p.csv");
        double[] values = [.. File.ReadAllLines(folder.File("p.csv"))[1..].Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        for (int k = 0; k < grid.Length; k++) Assert.Equal(values[k], grid[k], 1e-4);
        Run($"{Grid} --axes c,a");                                                                 // b at its mean
        Assert.Contains("has 3 inputs (a, b, c); --axes A,B says which two the grid runs over", Run(Grid, exitCode: 2).Error);
        Run("train --data classes.csv --net 3-4-1 --steps 10 --no-plots --out plain");
        Assert.Contains("--fix c=V is needed: plain/model.safetensors was trained without --standardize and has no means",
            Run("grid plain/model.safetensors --axes a,b --x -2:2 --y -1:1 --size 3x2 --out h.npy", exitCode: 2).Error);
    }

    [Fact]
    public void PicturesMayBeSvg()
    {
        Run("train --data classes.csv --net 3-4-1 --steps 100 --snapshot-every 50 --format svg --out run");
        foreach (string picture in (string[])["data", "boundary", "loss", "confusion", "roc"])
        {
            Assert.StartsWith("<?xml", File.ReadAllText(folder.File($"run/{picture}.svg")));
            Assert.False(File.Exists(folder.File($"run/{picture}.png")), picture);
        }
        Assert.True(File.Exists(folder.File("run/frames/boundary-000050.png")));
        Run("train --config run/run.json --format png --force --out run");
        Assert.Equal((true, false), (File.Exists(folder.File("run/boundary.png")), File.Exists(folder.File("run/boundary.svg"))));
    }

    [Fact]
    public void AGridOfNumbersIsAMapWithItsScale()
    {
        Run("train --data numbers.csv --net 3-6-1 --loss mse --standardize --steps 500 --no-plots --out run");
        const string Grid = "grid run/model.safetensors --axes a,b --x -2:2 --y -1:1 --size 50x40";
        Run($"{Grid} --out g.png");
        Run($"{Grid} --value value --out g.svg");
        using (var picture = SkiaSharp.SKBitmap.Decode(folder.File("g.png"))) Assert.Equal((640, 480), (picture.Width, picture.Height));
        var svg = System.Xml.Linq.XDocument.Load(folder.File("g.svg"));
        string[] texts = [.. svg.Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value.Trim())];
        Assert.Contains("a", texts);
        Assert.True(texts.Count(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) > 12, "no scale");
        Run($"{Grid} --value value --out v.npy");
        Run($"{Grid} --value logit --out l.npy");
        Assert.Equal(File.ReadAllBytes(folder.File("v.npy")), File.ReadAllBytes(folder.File("l.npy")));
        Assert.Contains("--value probability: run/model.safetensors returns a number, no class; allowed is value",
            Run($"{Grid} --value probability --out p.npy", exitCode: 2).Error);
        Assert.Contains("a map of values has 4096x4096 points at most, this grid has 5000x5000",
            Run("grid run/model.safetensors --axes a,b --x -2:2 --y -1:1 --size 5000x5000 --out big.svg", exitCode: 2).Error);
    }

    [Fact]
    public void DataIsDrawnAndRowsOfAnArrayArePredicted()
    {
        Run("data moons --samples 50 --out moons.png", device: false);
        Assert.True(new FileInfo(folder.File("moons.png")).Length > 1000);
        Assert.Contains("a picture shows two features and classes; this data has 3 features",
            Run("data classes.csv --out classes.png", exitCode: 2, device: false).Error);
        Run("train --data classes.csv --net 3-4-1 --steps 50 --no-plots --out run");
        Npy.Write<float>(folder.File("X.npy"), [0, 1, 2, -1, 0, 1], 2, 3);
        Run("predict run/model.safetensors --data X.npy --out p.csv");
        Assert.Equal(3, File.ReadAllLines(folder.File("p.csv")).Length);
    }
}
