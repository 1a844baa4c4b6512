using System.Text;
using GpuMlp.Data;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Data;

/// <summary>Rows are the same whether a table is read whole or in parts, and columns of the same name are told apart.</summary>
public class TablePartsTests
{
    static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(k => $"{row(k)}\n"));

    public static TheoryData<string, string> Texts => new()
    {
        { "a separator at the end of every row", Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2},") },
        { "the same with a header", "a,b,label,\n" + Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2},") },
        { "the same where the header has none", "a,b,label\n" + Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2},") },
        { "an empty column first", ",a,b,label\n" + Rows(30, k => $",{k * 7 % 11},{k}.5,{k % 2}") },
        { "a header in windows-1252", "gr\u00F6\u00DFe,b,label\n" + Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2}") },
        { "texts in windows-1252", "a,b,label\n" + Rows(30, k => $"{(k % 3 == 0 ? "caf\u00E9" : "th\u00E8")},{k}.5,{k % 2}") },
        { "tabs that are doubled far down", Rows(900, k => $"{k * 7 % 11}{(k == 700 ? "\t\t" : "\t")}{k}.5\t{k % 2}") },
        { "names that come twice", "a,a,label\n" + Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2}") },
        { "the names 0, 1, 2, ...", "0,1,2\n" + Rows(30, k => $"{k * 7 % 11},{k}.5,{k % 2}") },
        { "the same after row numbers", ",0,1,2\n" + Rows(30, k => $"{k},{k * 7 % 11},{k}.5,{k % 2}") },
        { "a spreadsheet's errors",
            "a,b,label\n" + Rows(30, k => $"{(k == 4 ? "#DIV/0!" : k == 9 ? "#N/A" : $"{k * 7 % 11}")},{k}.5,{k % 2}") },
    };

    [Fact]
    public void ANameThatTheModelKnowsOnceIsNotThereTwice()
    {
        TablePreprocessor plan = TablePreprocessor.Fit(DataTable.Read(new MemoryStream("a,b,y\n1,2,0\n3,4,1\n"u8.ToArray()), "t.csv"));
        DataTable twice = DataTable.Read(new MemoryStream("a,a,b\n1,2,3\n4,5,6\n"u8.ToArray()), "n.csv");
        Assert.Equal("n.csv: has several columns 'a', and the model knows one",
            Assert.Throws<InvalidDataException>(() => plan.Encode(twice, null)).Message);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void PartsHoldTheRowsOfTheWholeTable(string what, string text)
    {
        byte[] bytes = Windows.GetBytes(text);
        DataTable table = DataTable.Read(new MemoryStream(bytes), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Labels = LabelUse.Classes, Missing = MissingRule.Drop });
        DataSet rows = plan.Transform(table, plan.CompleteRows(table));
        DataTable[] parts = [.. plan.ReadParts(new MemoryStream(bytes), "t.csv", rows: 7, labelled: true)];
        Assert.True(parts.Length > 3, what);
        float[] inputs = [.. parts.SelectMany(part => plan.Encode(part, null, plan.CompleteRows(part)))];
        Assert.Equal(rows.Flat.ToArray(), inputs);
        Assert.Equal((2, text.Contains("caf") ? 3 : 2), (rows.ClassCount, rows.Features));
        Assert.Contains(10.5f, inputs);
    }

    [Fact]
    public void ColumnsOfTheSameNameAreToldApartByTheirPlaces()
    {
        DataTable table = DataTable.Read(new MemoryStream("a,a,label\n1,2,0\n3,4,1\n5,7,1\n"u8.ToArray()), "t.csv");
        TablePreprocessor both = TablePreprocessor.Fit(table), second = TablePreprocessor.Fit(table, new ColumnOptions { Features = "2" });
        Assert.Equal([1, 2, 3, 4, 5, 7], both.Encode(table, null));
        Assert.Equal([2, 4, 7], second.Encode(table, null));
        Assert.Contains("2 columns are named 'a': they are told apart by their places, 1, 2", both.Notes);
        DataTable one = DataTable.Read(new MemoryStream("label,a\n0,8\n1,9\n"u8.ToArray()), "u.csv");
        Assert.Equal("u.csv: has no column a; it has label, a", Assert.Throws<InvalidDataException>(() => both.Encode(one, null)).Message);
    }

    [Theory]
    [InlineData("num,colour\n0.5,red\n", 1)]
    [InlineData("0.5,red\n", 1)]
    [InlineData("0.5,red\n0.25,blue\n", 2)]
    [InlineData("0.5,red,up\n", 1)]
    [InlineData("colour,num\nred,0.5\n", 1)]
    public void AHeaderIsToldByTheNamesThatAreLookedFor(string text, int rows)
    {
        DataTable table = DataTable.Read(new MemoryStream("num,colour,way\n0.5,red,up\n0.25,blue,down\n"u8.ToArray()), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table);
        DataTable[] parts = [.. plan.ReadParts(new MemoryStream(Encoding.UTF8.GetBytes(text)), "n.csv")];
        Assert.Equal(rows, Assert.Single(parts).Count);
        Assert.Equal([0.5f, 0, 1], plan.Encode(parts[0], null, [0]));
    }

    [Fact]
    public void AHeaderOfNumbersIsFoundByTheNamesThatAreLookedFor()
    {
        DataTable table = DataTable.Read(new MemoryStream("0,1,label\n5,6,0\n7,8,1\n"u8.ToArray()), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table);
        DataTable part = Assert.Single(plan.ReadParts(new MemoryStream("0,1\n5,6\n"u8.ToArray()), "n.csv"));
        Assert.Equal([5, 6], plan.Encode(part, null));
    }

    [Fact]
    public void AValueThatIsBeyondFloat32WhenItIsStandardizedIsRefused()
    {
        DataTable table = DataTable.Read(new MemoryStream("c,a,label\nu,1,0\nv,2,1\nw,3,1\n"u8.ToArray()), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table);
        var scale = Standardizer.Fit(plan.Transform(table));
        DataTable far = DataTable.Read(new MemoryStream("c,a\nu,2\nw,1e300\n"u8.ToArray()), "n.csv");
        Assert.StartsWith("n.csv:3:2: '1E+300' in column a is too far from the values that were trained on",
            Assert.Throws<InvalidDataException>(() => plan.Encode(far, scale)).Message);
    }

    [Fact]
    public void RowsOfSeparatorsAloneAreKeptWhereEachRowCounts()
    {
        byte[] text = "a,b\n\n1,2\n\n,\n# more\n5,6\n,\n\n"u8.ToArray();
        DataTable table = DataTable.Read(new MemoryStream("a,b,y\n1,2,0\n3,4,1\n"u8.ToArray()), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Missing = MissingRule.Mean });
        foreach ((bool keep, float[] inputs, int left) in (ValueTuple<bool, float[], int>[])
            [(true, [1, 2, 2, 3, 5, 6, 2, 3], 2), (false, [1, 2, 5, 6], 3)])
        {
            var options = new TableReadOptions { KeepEmptyRows = keep };
            DataTable[] parts = [.. plan.ReadParts(new MemoryStream(text), "n.csv", options, rows: 1)];
            Assert.Equal(inputs, parts.SelectMany(part => plan.Encode(part, null)));
            Assert.Equal(left, parts.Sum(part => part.LinesLeftOut));
            Assert.Equal(left, DataTable.Read(new MemoryStream(text), "n.csv", options).LinesLeftOut);
        }
    }

    [Fact]
    public void ADecimalCommaFarDownIsToldHowToRead()
    {
        DataTable table = DataTable.Read(new MemoryStream("a;b;y\n1;2;0\n3;4;1\n"u8.ToArray()), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table);
        byte[] text = Encoding.ASCII.GetBytes("a;b\n" + Rows(300, k => "1;2") + "1,5;2\n");
        Assert.Equal("n.csv:302:1: '1,5' in column 'a' is not a number; --decimal , reads a comma before decimals",
            Assert.Throws<InvalidDataException>(() => plan.ReadParts(new MemoryStream(text), "n.csv").Count()).Message);
    }

    [Fact]
    public void LinesAmongTheRowsThatBeginWithHashAreLeftOutAndSaid()
    {
        DataTable table = DataTable.Read(new MemoryStream("# of May\na,b\n# more\n1,2\n#3,4\n5,6\n"u8.ToArray()), "t.csv");
        Assert.Equal((2, "a line among the rows begins with #: it is left out as a comment"), (table.Count, Assert.Single(table.Notes)));
        var colours = new MemoryStream("#ff0000,1\n#00ff00,2\n"u8.ToArray());
        Assert.Contains("the file is empty but for 2 lines that begin with #",
            Assert.Throws<InvalidDataException>(() => DataTable.Read(colours, "t.csv")).Message);
    }
}
