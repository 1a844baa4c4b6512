using System.Text.Json;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>Rows held out are judged as well as by scikit-learn's MLPClassifier of the same layers, optimizer and steps.</summary>
public class HeldOutTests
{
    const int Seeds = 3;

    /// <summary>Accuracies of MLPClassifier: means over ten seeds; Golden/make_tables.py wrote the tables and made them.</summary>
    [Theory]
    [InlineData("iris", "4-16-3", "cross-entropy", 1000, 0.9587)]
    [InlineData("wine", "13-16-3", "cross-entropy", 600, 0.9753)]
    [InlineData("breast_cancer", "30-16-1", "bce", 600, 0.9768)]
    [InlineData("digits", "64-64-10", "cross-entropy", 1800, 0.9770)]
    public void FiveFoldsComeWithinOneAndAHalfPointsOfScikitLearn(string table, string net, string loss, int steps, double expected)
    {
        using var folder = new ScratchFolder();
        string data = Golden.PathOf(Path.Combine("tables", $"{table}.csv"));
        double sum = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            string options = $"--net {net} --loss {loss} --init xavier --optimizer adam --lr 0.003 --batch 32 --steps {steps}";
            Gpumlp.Outcome outcome = Gpumlp.Run($"train {options} --seed {seed} --standardize --folds 5 --no-plots --device cpu --data",
                data, "--out", folder.File($"{seed}"));
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            using var record = JsonDocument.Parse(File.ReadAllText(folder.File($"{seed}/run.json")));
            sum += record.RootElement.GetProperty("metrics").GetProperty("folds").GetProperty("accuracy").GetProperty("mean").GetDouble();
        }
        Assert.InRange(sum / Seeds, expected - 0.015, expected + 0.015);
    }
}
