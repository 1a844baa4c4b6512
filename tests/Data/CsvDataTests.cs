using GpuMlp.Data;

namespace GpuMlp.Tests.Data;

public sealed class CsvDataTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gpumlp-csv-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    DataSet Read(string text, string? labelColumn = null) => CsvData.Read(Write(text), labelColumn);

    string Write(string text)
    {
        string path = Path.Combine(folder, "points.csv");
        File.WriteAllText(path, text);
        return path;
    }

    [Theory]
    [InlineData("width,species,height\n1,a,2\n3,b,4\n", "species", new[] { "width", "height" })]
    [InlineData("1,2,0\n3,4.5,1", null, new string[0])]
    public void FeaturesHaveTheHeadersNames(string text, string? label, string[] names)
    {
        DataSet data = Read(text, label);
        Assert.Equal(names, data.FeatureNames);
        Assert.Equal(names, data.Rows([1]).FeatureNames);
        Assert.Equal(names, Standardizer.Fit(data).Apply(data).FeatureNames);
    }

    static void Holds(DataSet data, float[] inputs, float[] labels, string[] names)
    {
        Assert.Equal(inputs, data.Flat.ToArray());
        Assert.Equal(labels, data.Labels);
        Assert.Equal(names, data.ClassNames);
    }

    [Theory]
    [InlineData("x,y,label\n1,2,0\n3,4.5,1\n", null)]
    [InlineData("1,2,0\n3,4.5,1", null)]
    [InlineData("\uFEFFx,y,label\r\n1,2,0\r\n3,4.5,1\r\n", null)]
    [InlineData("\uFEFF1,2,0\r\n3,4.5,1\r\n", "3")]
    [InlineData("\n\nx,y,label\n\n1,2,0\n   \n\n3,4.5,1\n\n", "label")]
    [InlineData("\"x\",\"y\",\"label\"\n\"1\",\"2\",\"0\"\n 3 , 4.5 , 1 \n", "label")]
    [InlineData("label,x,y\n0,1,2\n1,3,4.5\n", "label")]
    [InlineData("label,x,y\n0,1,2\n1,3,4.5\n", "1")]
    [InlineData("0,1,2\n1,3,4.5\n", "1")]
    [InlineData("x,label,y\n1,0,2\n3,1,4.5\n", "2")]
    [InlineData("x;y;label\n1;2;0\n3;4.5;1\n", null)]
    [InlineData("1\t2\t0\n3\t4.5\t1\n", null)]
    [InlineData("10,20,label\n1,2,0\n3,4.5,1\n", "label")]
    [InlineData("2,b,c\n0,1,2\n1,3,4.5\n", "2")]
    public void FilesOfManyShapesHoldTheSameData(string text, string? labelColumn) =>
        Holds(Read(text, labelColumn), [1, 2, 3, 4.5f], [0, 1], ["0", "1"]);

    [Fact]
    public void TextOfTwoBytesACharacterIsRead()
    {
        System.Text.UnicodeEncoding[] encodings = [new(false, true), new(true, true), new(false, false), new(true, false)];
        foreach (System.Text.UnicodeEncoding encoding in encodings)
        {
            string path = Path.Combine(folder, "points.csv");
            File.WriteAllText(path, "x,y,label\n1,2,0\n3,4.5,1\n", encoding);
            Holds(CsvData.Read(path), [1, 2, 3, 4.5f], [0, 1], ["0", "1"]);
        }
    }

    [Fact]
    public void TextLabelsAreClassesInOrdinalOrder()
    {
        DataSet data = Read("1,2,b\n3,4,\"a, or so\"\n5,6,B\n7,8,b\n");
        Holds(data, [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 0, 2], ["B", "a, or so", "b"]);
        Assert.Equal("points", data.Name);
    }

    [Theory]
    [InlineData("1,0\n2,2\n3,1\n", new[] { 0f, 2, 1 }, 3)]
    [InlineData("1,1\n2,1\n", new[] { 1f, 1 }, 2)]
    [InlineData("1,0\n", new[] { 0f }, 2)]
    [InlineData("1,0\n2,2\n", new[] { 0f, 2 }, 0)]
    [InlineData("1,-1\n2,1\n", new[] { -1f, 1 }, 0)]
    [InlineData("1,0.25\n2,1e3\n", new[] { 0.25f, 1000 }, 0)]
    public void NumericLabelsStayAsTheyAre(string text, float[] labels, int classes)
    {
        DataSet data = Read(text);
        Assert.Equal(labels, data.Labels);
        Assert.Equal(classes, data.ClassCount);
    }

    [Fact]
    public void Float32RoundTripsThroughText()
    {
        DataSet data = DataSets.MakeMoons(500);
        DataSet read = Read(string.Concat(Enumerable.Range(0, data.Count)
            .Select(row => FormattableString.Invariant($"{data.Inputs[row, 0]},{data.Inputs[row, 1]},{data.Labels[row]}\n"))));
        Holds(read, data.Flat.ToArray(), data.Labels, ["0", "1"]);
    }

    [Theory]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("\n\n  \n", "1:1: the file is empty")]
    [InlineData("1\n2\n", "1:1: one column only")]
    [InlineData("x,y,label\n", "1:1: no row follows the header")]
    [InlineData("x,y,label\n1,2,0\n\n1,oops,1\n", "4:2: 'oops' in column 'y' is not a number")]
    [InlineData("1,2,0\n1,nan,1\n", "2:2: the value is missing: 1 value is missing in 1 of 2 rows, in column 2 (1)")]
    [InlineData("inf,2,0\n", "1:1: 'inf' is not a finite float32 number")]
    [InlineData("1,2,0\n1,-Infinity,1\n", "2:2: '-Infinity' is not")]
    [InlineData("1,2,0\n1,1e39,1\n", "2:2: '1E+39' is not a finite")]
    [InlineData("1,2,0\n1,2,NaN\n", "2:3: the value is missing")]
    [InlineData("x,y,label\n1,2,\n", "2:3: the value is missing in column 'label'")]
    [InlineData("1,,0\n", "1:2: the value is missing")]
    [InlineData("1,2,0\n1,2\n", "2:3: 2 fields; line 1 has 3")]
    [InlineData("1,2,0\n1,2,0,9\n", "2:4: 4 fields; line 1 has 3")]
    [InlineData("1,2,a\n3,4,\"b\n5,6,a\n", "2:3: the quote that opens here is never closed")]
    [InlineData("1,2,\"a\nb\"\n3,x,c\n", "3:2: 'x' is not a number")]
    public void BadFilesAreRefusedWithTheirPosition(string text, string message)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.StartsWith(Path.Combine(folder, "points.csv") + ":" + message, exception.Message);
    }

    [Theory]
    [InlineData("x,y,label\n1,2,0\n", "colour", "it has x, y, label (positions 1 to 3)")]
    [InlineData("x,y,label\n1,2,0\n", "4", "it has x, y, label (positions 1 to 3)")]
    [InlineData("1,2,0\n", "0", "it has no header (positions 1 to 3)")]
    [InlineData("1,2,0\n", "label", "it has no header (positions 1 to 3)")]
    [InlineData("x,x,label\n1,2,0\n", "x", "two columns are named 'x'")]
    public void ALabelColumnThatIsNotThereNamesWhatIs(string text, string labelColumn, string message)
    {
        var exception = Assert.Throws<ColumnException>(() => Read(text, labelColumn));
        Assert.Contains($"'{labelColumn}'", exception.Message);
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => CsvData.Read(Path.Combine(folder, "nowhere.csv")));
        Assert.Contains("nowhere.csv", exception.Message);
    }
}
