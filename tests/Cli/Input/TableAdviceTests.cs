using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Input;

/// <summary>What train says of a table: how it was read, and what to do where it does not go with the options.</summary>
public class TableAdviceTests
{
    static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(k => row(k) + "\n"));

    static Gpumlp.Outcome Train(string table, string options, string name = "d.csv")
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File(name), table);
        Gpumlp.Outcome outcome = Gpumlp
            .Run($"train --device cpu --no-plots --steps 50 {options} --data", folder.File(name), "--out", folder.File("r"));
        Assert.Equal(outcome.ExitCode == 0, Directory.Exists(folder.File("r")));
        return outcome with { Error = outcome.Error.Replace(folder.File(""), "") };
    }

    [Fact]
    public void TheGuessIsOneLine()
    {
        Gpumlp.Outcome outcome = Train("x;y;kind\n" + Rows(20, k => $"{k},5;{k % 7};{(k > 7 ? "b" : "a")}"), "--net 2-4-1");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("d: semicolons, decimal comma, header, 20 rows, label kind (2 classes: a 8, b 12), 2 features (x, y)",
            outcome.ErrorLines);
    }

    [Theory]
    [InlineData("--loss cross-entropy --net 2-4-3", "(3 classes: 1 7, 2 7, 5 6)")]
    [InlineData("--loss mse --net 2-4-1", "(numbers 1 to 5)")]
    public void TheLossDecidesWhatLabelsAre(string options, string labels)
    {
        Gpumlp.Outcome outcome = Train("x,y,n\n" + Rows(20, k => $"{k % 4},{k % 7},{(k % 3 == 2 ? 5 : k % 3 + 1)}"), options);
        Assert.Contains(labels, outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public void ALabelThatIsLikelierThanTheLastColumnIsNamed()
    {
        string first = "label,p1,p2\n" + Rows(40, k => $"{k % 3},{k % 11},{k % 9}");
        Assert.Contains("the label is the last column, p2; --label 'label' takes column label",
            Train(first, "--loss cross-entropy --net 2-4-3").Error);
        string text = Rows(40, k => $"{(k % 3 == 0 ? "B" : "M")},{k % 11}.25,{k}.5");
        Assert.Contains("column 1 holds 2 different texts: --label '1' makes it the label", Train(text, "--net 2-4-1").Error);
        string oneHot = Rows(30, k => $"{k % 7},{(k % 3 == 0 ? 1 : 0)},{(k % 3 == 1 ? 1 : 0)},{(k % 3 == 2 ? 1 : 0)}");
        Gpumlp.Outcome hot = Train(oneHot, "--net 1-8-3 --loss cross-entropy");
        Assert.Contains("the last 3 columns hold a single 1 in each row: --label '2,3,4' makes them 3 classes",
            Assert.Single(hot.ErrorLines));
        Assert.Contains("labels 2, 3, 4 (3 classes: 2 10, 3 10, 4 10), 1 feature",
            Train(oneHot, "--net 1-8-3 --loss cross-entropy --label 2,3,4").Error);
    }

    [Fact]
    public void OneClassIsNothingToLearn()
    {
        Gpumlp.Outcome outcome = Train("5.1,3.5,setosa\n", "--net 2-5-1");
        Assert.Equal(2, outcome.ExitCode);
        Assert.EndsWith("the labels are one class (setosa, 1 row): there is nothing to learn", Assert.Single(outcome.ErrorLines));
    }

    [Theory]
    [InlineData("--separator xx", "--separator xx: a character is needed, or comma, semicolon")]
    [InlineData("--separator a", "--separator a: a separator is an ASCII character")]
    [InlineData("--decimal ;", "--decimal ;: decimals follow a point or a comma")]
    [InlineData("--header --no-header", "--no-header true: --header says the contrary")]
    [InlineData("--missing zero", "--missing zero: allowed are fail, drop, mean, median")]
    [InlineData("--features q", "d.csv has no column 'q'")]
    [InlineData("--ignore label", "--ignore label: column label is the label, which --label names")]
    [InlineData("--derive y^2 --net 3-4-1", "--derive y^2: 'y^2': 'y' is no feature; they are a, b")]
    [InlineData("--net 3-4-1", "--net 3-4-1: the network takes 3 inputs, the data has 2 features: a, b")]
    public void OptionsOfReadingAreChecked(string options, string message)
    {
        Gpumlp.Outcome outcome = Train("a,b,label\n1,5,0\n7,3,1\n", options.Contains("--net") ? options : $"--net 2-4-1 {options}");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
    }

    [Fact]
    public void GeneratedPointsTakeNoOptionsOfFilesButDeriveFeatures()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome refused = Gpumlp.Run("train --missing drop --out", folder.File("r"));
        Assert.Contains("--missing drop: --data moons is generated; it is for files", Assert.Single(refused.ErrorLines));
        Gpumlp.Outcome derived = Gpumlp
            .Run("train --device cpu --no-plots --derive x^2,x*y,sin(x) --net 5-8-1 --steps 50 --out", folder.File("r"));
        Assert.Contains("5 features (x, y, x^2, x*y, sin(x))", derived.Error);
        Assert.Equal(0, derived.ExitCode);
    }

    [Fact]
    public void FeaturesWithoutNamesAreCalledTheSameEverywhere()
    {
        using var folder = new ScratchFolder();
        Assert.StartsWith("x,y,label\n", Gpumlp.Run("data moons --samples 20 --out -").Out);
        Gpumlp.Outcome drawn = Gpumlp.Run("train --device cpu --samples 20 --steps 5 --axes y,x --size 300x200 --out", folder.File("r"));
        Assert.True(drawn.ExitCode == 0, drawn.Error);
        string grid = $"grid {folder.File("r/model.safetensors")} --quiet --axes y,x --size 3x3 --out {folder.File("g.csv")}";
        Assert.Equal(0, Gpumlp.Run(grid).ExitCode);
        Assert.StartsWith("y,x,probability\n", File.ReadAllText(folder.File("g.csv")));
    }

    [Fact]
    public void OptionsOfTextAreRefusedForArrays()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Run("data moons --samples 20 --out", folder.File("m.npz"));
        Gpumlp.Outcome refused = Gpumlp.Run("train --separator ; --data", folder.File("m.npz"), "--out", folder.File("r"));
        Assert.Equal((2, $"gpumlp: --separator ;: {folder.File("m.npz")} holds arrays; it is for files of text"),
            (refused.ExitCode, Assert.Single(refused.ErrorLines)));
        Gpumlp.Run("train --device cpu --samples 20 --steps 5 --no-plots --out", folder.File("r"));
        refused = Gpumlp.Run($"evaluate {folder.File("r/model.safetensors")} --header --data", folder.File("m.npz"));
        Assert.Equal((2, $"gpumlp: --header true: {folder.File("m.npz")} holds arrays; it is for files of text"),
            (refused.ExitCode, Assert.Single(refused.ErrorLines)));
    }

    [Fact]
    public void ValidationRowsAreFilledByTheMeanOfTheRowsToTrainOn()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "a,b,label\n" + Rows(40, k => $"{(k % 5 == 0 ? "?" : $"{k}")},{k % 7},{k % 2}"));
        string all = Fill(""), part = Fill("--validation 0.3");
        Assert.Equal(20, double.Parse(all, System.Globalization.CultureInfo.InvariantCulture), 1e-12);
        Assert.NotEqual(all, part);

        string Fill(string options)
        {
            Gpumlp.Outcome run = Gpumlp
                .Run($"train --device cpu --no-plots --quiet --force --steps 50 --missing mean --net 2-4-1 {options} --data",
                folder.File("d.csv"), "--out", folder.File("r"));
            Assert.True(run.ExitCode == 0, run.Error);
            string metadata = File.ReadAllText(folder.File("r/model.safetensors"));
            int at = metadata.IndexOf("fill", StringComparison.Ordinal);
            return new string([.. metadata[at..].SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        }
    }
}
