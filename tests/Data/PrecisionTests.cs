using GpuMlp.Data;
using GpuMlp.Settings;

namespace GpuMlp.Tests.Data;

/// <summary>
/// Values are float64 until they are standardized: large values with small differences, tiny and huge values all stay different.
/// </summary>
public class PrecisionTests
{
    static readonly DataSet Plain = DataSets.MakeMoons(300, seed: 5);

    /// <summary>How a column is moved: multiplied, then shifted; float64 keeps enough of its values.</summary>
    public static TheoryData<double, double, double, double> Moved => new()
    {
        { 1, 500_000, 1, 5_400_000 },
        { 1e-5, 116.391, 1e-5, 39.907 },
        { 100, 1.7e9, 1, 0 },
        { 1e-3, 1e9, 1e-4, -3e8 },
        { 1e-30, 0, 1e-32, 0 },
        { 1e-310, 0, 1e-300, 1e-299 },
        { 1e200, 7e203, 1e-20, 0 },
        { 2e306, 1e308, -5e307, 0 },
    };

    [Theory]
    [MemberData(nameof(Moved))]
    public void StandardizedItIsWhatItWasBeforeItWasMoved(double scaleX, double shiftX, double scaleY, double shiftY)
    {
        var values = new double[Plain.Count, 2];
        for (int row = 0; row < Plain.Count; row++)
            (values[row, 0], values[row, 1]) = (Plain.Value(row, 0) * scaleX + shiftX, Plain.Value(row, 1) * scaleY + shiftY);
        var moved = new DataSet("moved", values, Plain.Labels, Plain.ClassNames);
        float[] expected = Standardizer.Fit(Plain).Apply(Plain).Flat.ToArray(), got = Standardizer.Fit(moved).Apply(moved).Flat.ToArray();
        for (int k = 0; k < got.Length; k++) Assert.Equal(expected[k] * (k % 2 == 0 || scaleY > 0 ? 1 : -1), got[k], 2e-3f);
        (double x0, double x1, double y0, double y1) = moved.Bounds();
        Assert.True(double.IsFinite(x1 - x0) && x0 < x1 && double.IsFinite(y1 - y0) && y0 < y1);
        for (int row = 0; row < moved.Count; row++)
        {
            Assert.True(values[row, 0] > x0 && values[row, 0] < x1);
            Assert.True(values[row, 1] > y0 && values[row, 1] < y1);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14.62)]
    [InlineData(20260715)]
    [InlineData(1e30)]
    [InlineData(-1e300)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    public void AConstantIsCentredAndHasAWindowOfItsOwn(double constant)
    {
        var data = new DataSet("flat", new double[,] { { constant, 0 }, { constant, 1 }, { constant, 2 } }, [0, 1, 0], ["0", "1"]);
        var standardizer = Standardizer.Fit(data);
        Assert.Equal((constant, 1.0), (standardizer.Mean[0], standardizer.Deviation[0]));
        DataSet standard = standardizer.Apply(data);
        Assert.Equal([0, 0, 0], Enumerable.Range(0, 3).Select(row => standard.Inputs[row, 0]));
        (double x0, double x1, _, _) = data.Bounds();
        Assert.True(x0 < constant && constant <= x1 && double.IsFinite(x1 - x0), $"{x0} to {x1}");
    }

    [Fact]
    public void ValuesFurtherApartThanFloat64ReachesAreStandardized()
    {
        var data = new DataSet("wide", new double[,] { { -double.MaxValue }, { double.MaxValue } }, [0, 1], ["0", "1"]);
        Assert.Equal([-1, 1], Standardizer.Fit(data).Apply(data).Flat.ToArray());
        var smallest = new DataSet("small", new double[,] { { 0 }, { double.Epsilon } }, [0, 1], ["0", "1"]);
        Assert.All(Standardizer.Fit(smallest).Apply(smallest).Flat.ToArray(), x => Assert.True(float.IsFinite(x)));
        Assert.Throws<ArgumentException>(() => Standardizer.Fit(new DataSet("", new double[,] { { double.NaN } }, [0], [])));
    }

    [Fact]
    public void Float64GoesWhereTheRowsGo()
    {
        var data = new DataSet("d", new double[,] { { 1e9 + 0.25 }, { 1e9 + 0.5 }, { 1e300 } }, [0, 1, 2], ["0", "1", "2"]);
        Assert.Equal([1e9f, 1e9f, float.PositiveInfinity], data.Flat.ToArray());
        Assert.Equal((1e300, 1e9 + 0.25), (data.Rows([2, 0]).Value(0, 0), data.Rows([2, 0]).Value(1, 0)));
        Assert.Equal(1e9 + 0.5, data.AsNumbers().Value(1, 0));
        Assert.Equal((0, 2f), (data.AsNumbers().ClassCount, data.AsNumbers().Labels[2]));
        Assert.Equal((3, 2), data.Different(0));
        var standardizer = new Standardizer([1e9], [0.25]);
        Assert.Equal([1f, 2f], standardizer.Apply(data.Rows([0, 1])).Flat.ToArray());
        Assert.Equal(1e9 + 0.25, standardizer.Invert(standardizer.Apply(data)).Value(0, 0));
        Assert.Equal((double)Plain.Inputs[7, 1], Plain.Value(7, 1), 1e-7);
        Assert.NotEqual(Plain.Inputs[7, 1], Plain.Value(7, 1));
    }

    [Fact]
    public void AFileIsReadAsFloat64AndRoundedOnceToFloat32()
    {
        string path = Path.GetTempFileName();
        try
        {
            // just above the middle between 1 and the next float32; float64 would round it to the middle, which then rounds down
            File.WriteAllText(path, "a,b,label\n1700000000.25,1.00000005960464477539062500000001,0\n1e300,2,1\n");
            DataSet data = CsvData.Read(path, beyondFloat32: true);
            Assert.Equal((1700000000.25, 1e300), (data.Value(0, 0), data.Value(1, 0)));
            Assert.Equal((1.7e9f, float.PositiveInfinity), (data.Inputs[0, 0], data.Inputs[1, 0]));
            Assert.Equal(MathF.BitIncrement(1), data.Inputs[0, 1]);
            Assert.Contains("3:1: '1E+300' in column 'a' is not a finite float32 number; standardized, a feature may be",
                Assert.Throws<InvalidDataException>(() => CsvData.Read(path)).Message);
            File.WriteAllText(path, "1,1e39\n");
            Assert.Contains("1:2: '1E+39'", Assert.Throws<InvalidDataException>(() => CsvData.Read(path, beyondFloat32: true)).Message);
            File.WriteAllText(path, "1e400,1\n");
            Assert.Contains("1:1: '1e400'", Assert.Throws<InvalidDataException>(() => CsvData.Read(path, beyondFloat32: true)).Message);
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void WindowsOfDataThatFloat32TellsApartAreAsFloat32HasThem()
    {
        float low = 0.1f, high = 0.7f;
        var data = new DataSet("d", new double[,] { { 0.1, 0.1 }, { 0.7, 0.7 } }, [0, 1], ["0", "1"]);
        Assert.Equal((low - 0.1 * ((double)high - low), high + 0.1 * ((double)high - low)), (data.Bounds().X0, data.Bounds().X1));
    }

    [Theory]
    [InlineData(1e38)]
    [InlineData(1e300)]
    public void NoiseThatMayLeaveFloat32IsRefused(double noise)
    {
        Func<DataSet>[] makers =
        [
            () => DataSets.MakeMoons(9, noise), () => DataSets.MakeCircles(9, noise), () => DataSets.MakeXor(9, noise),
            () => DataSets.MakeSpirals(9, noise), () => DataSets.MakeBlobs(9, deviation: noise),
        ];
        foreach (Func<DataSet> make in makers)
            Assert.Contains("beyond float32", Assert.Throws<ArgumentOutOfRangeException>(make).Message);
        Assert.All(DataSets.MakeMoons(100_000, Ranges.Noise.Most).Flat.ToArray(), x => Assert.True(float.IsFinite(x)));
    }
}
