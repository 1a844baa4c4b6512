using CsCheck;
using GpuMlp.Data;

namespace GpuMlp.Tests.Data;

public class DataSetTests
{
    static readonly DataSet Small = new("small", new float[,] { { 0, 5 }, { 10, 5 }, { 4, 5 } }, [0, 1, 0], ["no", "yes"]);
    static readonly DataSet Deep = new("deep", new float[1, 3], [0], []);

    [Fact]
    public void FlatIsRowMajor() => Assert.Equal([0, 5, 10, 5, 4, 5], Small.Flat.ToArray());

    [Fact]
    public void RowsAreCopiedInTheGivenOrder()
    {
        DataSet rows = Small.Rows([2, 1, 2]);
        Assert.Equal([4, 5, 10, 5, 4, 5], rows.Flat.ToArray());
        Assert.Equal([0, 1, 0], rows.Labels);
        Assert.Equal(("small", 2, "yes"), (rows.Name, rows.ClassCount, rows.ClassNames[1]));
    }

    [Fact]
    public void BoundsPushEachSideOutByAShareOfTheExtent()
    {
        Assert.Equal((-5, 15, 4.5, 5.5), Small.Bounds(0.5));
        Assert.Equal((0, 10, 5, 5), Small.Bounds(0));
        Assert.Contains("-1", Assert.Throws<ArgumentOutOfRangeException>(() => Small.Bounds(-1)).Message);
        Assert.Contains("3 features", Assert.Throws<InvalidOperationException>(() => Deep.Bounds()).Message);
    }

    [Fact]
    public void LabelsMustMatchRows()
    {
        Assert.Contains("2 labels for 3", Assert.Throws<ArgumentException>(() => new DataSet("", new float[3, 2], [0, 1], [])).Message);
        Assert.Contains("(0, 2)", Assert.Throws<ArgumentException>(() => new DataSet("", new float[0, 2], [], [])).Message);
    }

    [Fact]
    public void StandardizedFeaturesHaveMean0AndDeviation1()
    {
        DataSet data = DataSets.MakeBlobs(1000, seed: 2);
        DataSet standard = Standardizer.Fit(data).Apply(data);
        var fitted = Standardizer.Fit(standard);
        Assert.All(fitted.Mean, mean => Assert.Equal(0, mean, 1e-7));
        Assert.All(fitted.Deviation, deviation => Assert.Equal(1, deviation, 1e-6));
        Assert.Equal(data.Labels, standard.Labels);
    }

    [Fact]
    public void InvertUndoesApply() =>
        Gen.Float[-1e6f, 1e6f].Array2D[Gen.Int[1, 20], Gen.Int[1, 5]].Sample(inputs =>
        {
            var data = new DataSet("random", inputs, new float[inputs.GetLength(0)], []);
            var standardizer = Standardizer.Fit(data);
            float[] back = standardizer.Invert(standardizer.Apply(data)).Flat.ToArray();
            Assert.All(data.Flat.ToArray().Zip(back), pair => Assert.Equal(pair.First, pair.Second, 0.5f));     // 4 ulp of 1e6
        });

    [Fact]
    public void AConstantFeatureIsOnlyShifted()
    {
        float third = 1f / 3;
        var data = new DataSet("flat", new float[,] { { third }, { third }, { third } }, [0, 1, 0], []);
        var standardizer = Standardizer.Fit(data);
        Assert.Equal((third, 1.0), (standardizer.Mean[0], standardizer.Deviation[0]));
        Assert.Equal([0, 0, 0], standardizer.Apply(data).Flat.ToArray());
    }

    [Fact]
    public void AStandardizerRefusesWhatDoesNotFit()
    {
        Assert.Contains("3 features", Assert.Throws<ArgumentException>(() => Standardizer.Fit(Small).Apply(Deep)).Message);
        Assert.Throws<ArgumentException>(() => new Standardizer([0, 0], [1]));
        Assert.Throws<ArgumentException>(() => new Standardizer([double.NaN], [1]));
        Assert.Throws<ArgumentException>(() => new Standardizer([0], [0]));
    }
}
