using GpuMlp.Data;
using GpuMlp.Losses;
using GpuMlp.Metrics;

namespace GpuMlp.Tests.Metrics;

public class MetricsTests
{
    // Wilson's formula in Python's float64
    [Theory]
    [InlineData(0, 1, 0, 0.7934506856227626)]
    [InlineData(1, 1, 0.20654931437723745, 1)]
    [InlineData(95, 100, 0.8882495307680808, 0.9784563208456319)]
    [InlineData(1991, 2000, 0.9914694867812403, 0.9976307193630382)]
    public void WilsonsIntervalHoldsTheShare(long hits, long count, double low, double high)
    {
        Interval interval = Interval.Wilson(hits, count);
        Assert.InRange(Math.Abs(interval.Low - low), 0, 1e-14);
        Assert.InRange(Math.Abs(interval.High - high), 0, 1e-14);
        Assert.InRange((double)hits / count, interval.Low, interval.High);
    }

    [Fact]
    public void ARowWithoutAPredictionIsWrongAndStandsInNoColumn()
    {
        ConfusionMatrix matrix = ConfusionMatrix.Of([0, 0, 1], [0, null, 1], 2);
        Assert.Equal((3, 2, 1, 0), (matrix.Rows, matrix.Right, matrix[0, 0], matrix[0, 1]));
        Assert.Equal(new ClassMetrics(2, 1, 1, 0.5, 2 / 3d), matrix.Of(0));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0, 2], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0, 0.5f], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0], [2], 2));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([], [], 2));
    }

    [Fact]
    public void EqualScoresArePassedTogether()
    {
        RocCurve curve = RocCurve.Of([true, false, true, false], [0.5, 0.5, 0.9, 0.1])!;
        Assert.Equal(0.875, curve.Area);
        Assert.Equal([(0, 0), (0, 0.5), (0.5, 1), (1, 1)], curve.Points.Select(p => (p.FalsePositiveRate, p.TruePositiveRate)));
        Assert.Null(RocCurve.Of([true, true], [1, 2]));
        Assert.Equal(0.5, RocCurve.Of([true, false], [double.NaN, double.NaN])!.Area);
    }

    [Fact]
    public void AScoreOfTwoClassesHoldsEverythingAndItsBaseline()
    {
        var training = new DataSet("t", new float[4, 1], [1, 1, 1, 0], ["a", "b"]);
        var rows = new DataSet("v", new float[4, 1], [0, 0, 1, 1], ["a", "b"]);
        Score score = Score.Of(new BceLoss(), [-2, 1, 0.5f, 3], sigmoid: true, rows, Baseline.Of(training));
        Assert.Equal((4, 0.75, 0.75, 0.5), (score.Rows, score.Accuracy, score.Area, score.BaselineAccuracy));
        double loss = (Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.E) + Math.Log(1 + Math.Exp(-0.5)) + Math.Log(1 + Math.Exp(-3))) / 4;
        Assert.InRange(score.Loss / loss, 1 - 1e-12, 1 + 1e-12);
        Assert.False(score.IsNoBetterThanBaseline);
        Assert.Null(score.Numbers);
    }

    [Fact]
    public void AScoreOfClassesThatAreNotAllThereHasNoArea()
    {
        var rows = new DataSet("v", new float[3, 1], [0, 1, 1], ["a", "b", "c"]);
        Score score = Score.Of(new CrossEntropyLoss(), [3, 0, 0, 0, 2, 0, 1, 0, 0], sigmoid: false, rows, Baseline.Of(rows));
        Assert.Equal((2 / 3d, null), (score.Accuracy, score.Area));
        Assert.Equal([1, 1, null], score.Curves.Select(curve => curve?.Area));
        Assert.True(score.IsNoBetterThanBaseline);
    }

    [Fact]
    public void AScoreOfNumbersComparesWithTheTrainingRowsMean()
    {
        var training = new DataSet("t", new float[2, 1], [1, 3], []);
        var rows = new DataSet("v", new float[2, 1], [2, 6], []);
        Score score = Score.Of(new MseLoss(), [3, 4], sigmoid: false, rows, Baseline.Of(training));
        Assert.Equal(new RegressionMetrics(Math.Sqrt(2.5), 1.5, 1 - 5 / 8d), score.Numbers);
        Assert.Equal((Math.Sqrt(8), 2.5, null), (score.BaselineError, score.Loss, score.Accuracy));
    }
}
