using System.Globalization;
using System.Text;
using GpuMlp.Data;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Data;

/// <summary>Tables of the kinds that people have: what is read of each, and what is said where something is missing.</summary>
public class CasesTests
{
    static string Rows(int count, Func<int, string> row) => string.Concat(Enumerable.Range(0, count).Select(k => $"{row(k)}\n"));

    static string Point(int k, char separator = ',', char decimals = '.')
    {
        (double x, double y) = ((k * 37 % 61 - 30) / 32.0, (k * 53 % 67 - 33) / 32.0);
        return string.Create(CultureInfo.InvariantCulture, $"{x}{separator}{y}").Replace('.', decimals);
    }

    // what the tables below are compared with: rows, classes with their counts or the labels' range, and the features' names
    static string Read(byte[] text, ColumnOptions? columns = null, TableReadOptions? options = null)
    {
        DataTable table = DataTable.Read(new MemoryStream(text), "t.csv", options);
        TablePreprocessor plan = TablePreprocessor.Fit(table, columns ?? new ColumnOptions { Labels = LabelUse.Classes });
        DataSet rows = plan.Transform(table, plan.CompleteRows(table));
        string labels = rows.ClassCount == 0 ? string.Create(CultureInfo.InvariantCulture, $"{rows.Labels.Min()} to {rows.Labels.Max()}")
            : string.Join(' ', rows.ClassNames.Select((name, k) => $"{name}:{rows.Labels.Count(label => label == k)}"));
        string features = rows.FeatureNames.Count > 0 ? string.Join(' ', rows.FeatureNames) : $"{rows.Features}";
        return $"{rows.Count} rows, {labels}, {features}";
    }

    static string Read(string text, ColumnOptions? columns = null, TableReadOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(text), columns, options);

    [Fact]
    public void LabelsOfEveryKindAreClassesOfTheirOwnNames()
    {
        Assert.Equal("30 rows, -1:15 1:15, 2", Read(Rows(30, k => $"{Point(k)},{2 * (k % 2) - 1}")));
        Assert.Equal("30 rows, 0:15 2:15, a b", Read("a,b,y\n" + Rows(30, k => $"{Point(k)},{k % 2 * 2}")));
        Assert.Equal("30 rows, 1:10 2:10 3:10, 2", Read(Rows(30, k => $"{k % 3 + 1},{Point(k)}"), Labelled("1")));
        Assert.Equal("30 rows, 1:6 2:6 3:6 4:6 5:6, a b", Read("a,b,label\n" + Rows(30, k => $"{Point(k)},{k % 5 + 1}")));
        string quality = "a;b;quality\n" + Rows(30, k => $"{Point(k, ';')};{k % 6 + 3}");
        Assert.Equal("30 rows, 3:5 4:5 5:5 6:5 7:5 8:5, a b", Read(quality));
        Assert.Equal("30 rows, 3 to 8, a b", Read(quality, new ColumnOptions { Labels = LabelUse.Numbers }));
        Assert.Equal("30 rows, 4:10 5:10 6:10, 3", Read(Rows(30, k => $"{Point(k)},{k % 7},{(k % 3 == 0 ? 1 : 0)},{(k % 3 == 1 ? 1 : 0)},"
            + $"{(k % 3 == 2 ? 1 : 0)}"), Labelled("4,5,6")));
        byte[] wines = Encoding.Latin1.GetBytes("a,b,vin\n" + Rows(30, k => $"{Point(k)},{(k % 3 == 0 ? "r\u00E9sin\u00E9" : k % 3 == 1
            ? "r\u00E9sin\u00E8" : "sec")}"));
        Assert.Equal("30 rows, r\u00E9sin\u00E8:10 r\u00E9sin\u00E9:10 sec:10, a b", Read(wines));
        Assert.Equal("30 rows, 0.5:15 1.5:15, a b", Read("a,b,y\n" + Rows(30, k => $"{Point(k)},{k % 2}.5")));
        Assert.Equal("30 rows, False:15 True:15, a b", Read("a,b,y\n" + Rows(30, k => $"{Point(k)},{(k % 2 == 0 ? "True" : "False")}")));
    }

    [Fact]
    public void LongKeysAreClassesOfTheirOwn()
    {
        string[] keys = ["9007199254740992", "9007199254740993", "100000000000000000000", "-00100000000000000000001"];
        string text = "a,b,key\n" + Rows(40, k => $"{Point(k)},{keys[k % 4]}");
        const string told = "40 rows, -100000000000000000001:10 9007199254740992:10 9007199254740993:10 100000000000000000000:10, a b";
        Assert.Equal(told, Read(text));
        DataTable table = DataTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t.csv");
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Labels = LabelUse.Classes });
        DataTable[] parts = [.. plan.ReadParts(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t.csv", rows: 7, labelled: true)];
        Assert.Equal(plan.Transform(table).Labels, parts.SelectMany(part => plan.Transform(part).Labels));
    }

    static ColumnOptions Labelled(string label) => new() { Label = label, Labels = LabelUse.Classes };

    [Fact]
    public void PointsAreTheSameInEveryLayout()
    {
        const string named = "30 rows, 0:15 1:15, x y", nameless = "30 rows, 0:15 1:15, 2";
        Assert.Equal("30 rows, 0:15 1:15, 0 1", Read("0,1,label\n" + Rows(30, k => $"{Point(k)},{k % 2}")));
        Assert.Equal("30 rows, B:15 M:15, 2", Read(Rows(30, k => $"{"BM"[k % 2]},{Point(k)}"), Labelled("1")));
        Assert.Equal(named, Read("# of May\nx,y,label\n" + Rows(30, k => $"{Point(k)},{k % 2}")));
        Assert.Equal(named, Read("x;y;label\n" + Rows(30, k => $"{Point(k, ';', ',')};{k % 2}")));
        Assert.Equal(nameless, Read(Rows(30, k => $"{Point(k, ' ')} {k % 2}.0e+00").Replace(" ", "   ")));
        Assert.Equal("30 rows, 1:10 2:10 3:10, 2", Read(Rows(30, k => $"{Point(k, '\t')}{(k == 7 ? "\t\t" : "\t")}{k % 3 + 1}")));
        string thousands = "x,y,label\n" + Rows(30, k => $"\"{10 + k % 7},{100 + k * 17 % 61}.25\",{k % 7},{k % 2}");
        Assert.Equal(named, Read(thousands, options: new TableReadOptions { Thousands = ',' }));
        Assert.Equal(named, Read("x,y,label,\n" + Rows(30, k => $"{Point(k)},{k % 2},"), Labelled("label")));
        string text = "x,y,label\n" + Rows(30, k => $"{Point(k)},{k % 2}");
        foreach (string same in (string[])[text.Replace("\n", "\r\n"), text.Replace('\n', '\r'), text.TrimEnd(), text + "\n \n,,\n",
            "sep=,\n" + text, text.Replace(',', '|'), text.Replace(",", ", "), "\uFEFF" + text]) Assert.Equal(named, Read(same));
        foreach (Encoding encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
            Assert.Equal(named, Read([.. encoding.Preamble, .. encoding.GetBytes(text)]));
    }

    [Fact]
    public void WhatIsMissingIsCountedAndFilledByTheRuleAlone()
    {
        string people = "Pclass,Name,Sex,Age,Survived\n" + Rows(60, k =>
            $"{k % 3 + 1},\"Doe, Mr. P{k}\",{(k % 2 == 0 ? "male" : "female")},{(k % 9 == 0 ? "" : $"{20 + k}")},{k % 5 / 4}");
        string message = Assert.Throws<InvalidDataException>(() => Read(people)).Message;
        Assert.StartsWith("t.csv:2:2: column 'Name' (60) holds different texts", message);
        ColumnOptions Without(MissingRule rule) => new() { Ignore = "Name", Labels = LabelUse.Classes, Missing = rule };
        Assert.StartsWith("t.csv:2:4: the value is missing in column 'Age': 7 values are missing in 7 of 60 rows, in column Age (7); "
            + "--missing drop leaves these rows out, mean and median fill the values in",
            Assert.Throws<InvalidDataException>(() => Read(people, Without(MissingRule.Fail))).Message);
        Assert.Equal("53 rows, 0:43 1:10, Pclass Sex=female Sex=male Age", Read(people, Without(MissingRule.Drop)));
        Assert.Equal("60 rows, 0:48 1:12, Pclass Sex=female Sex=male Age", Read(people, Without(MissingRule.Median)));
        string cells = Rows(40, k => $"{k % 7},{(k is 4 or 9 ? "?" : $"{k % 5}")},{(k % 2 == 0 ? 2 : 4)}");
        Assert.Contains("2 values are missing in 2 of 40 rows", Assert.Throws<InvalidDataException>(() => Read(cells)).Message);
        Assert.Equal("38 rows, 2:19 4:19, 2", Read(cells, new ColumnOptions { Missing = MissingRule.Drop, Labels = LabelUse.Classes }));
        string continents = "a,b,where\n" + Rows(30, k => $"{Point(k)},{(k % 3 == 0 ? "NA" : k % 3 == 1 ? "EU" : "SA")}");
        Assert.EndsWith("empty, ?, NA, N/A, nan and null stand for it, so that no class has such a name; "
            + "--missing drop leaves these rows out",
            Assert.Throws<InvalidDataException>(() => Read(continents)).Message);
    }

    [Fact]
    public void ColumnsThatAreNoFeaturesAreNamedOrLeftOut()
    {
        string flowers = "Id,a,b,Species\n" + Rows(30, k => $"{k + 1},{Point(k)},{(k < 15 ? "setosa" : "virginica")}");
        DataTable table = DataTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(flowers)), "t.csv");
        Assert.Contains("column Id counts up from row to row, which no new row repeats: --ignore Id leaves it out",
            TablePreprocessor.Fit(table).Notes);
        Assert.Equal("30 rows, setosa:15 virginica:15, a b", Read(flowers, new ColumnOptions { Ignore = "Id" }));
        Assert.Equal("30 rows, setosa:15 virginica:15, a b", Read(flowers.Replace("Id,", ",")));
        Assert.Equal("30 rows, setosa:15 virginica:15, a b", Read(flowers.Replace("Id,", "Unnamed: 0,")));
        Assert.Equal("30 rows, setosa:15 virginica:15, b", Read(flowers, new ColumnOptions { Features = "b" }));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n", "t.csv: is JSON, which is not read; in Python, pandas writes it as CSV: "
        + "pandas.read_json(\u2026, lines=True)")]
    [InlineData("%PDF-1.5\n", "t.csv: is a PDF and no table")]
    [InlineData("\u0080\u0004\u0095\u0001", "t.csv: is a pickle")]
    [InlineData("\u0089PNG\r\n\u001A\n", "t.csv: is a picture and no table")]
    [InlineData("\u0093NUMPY\u0001\0v\0{", "t.csv: is an array of NumPy, which is read from a file whose name ends in .npy")]
    [InlineData("\u0048\0\0\0\0\0\0\0{\"__metadata__\":{}}", "t.csv: is a safetensors file, which holds a model")]
    [InlineData("a,b,label\n0,5,1,5,0\n0,25,2,5,1\n", "t.csv:1:4: 3 fields; the other rows have 5; a comma within a field")]
    [InlineData("a,b,label\n1,2,0\n7\n", "t.csv:3:2: 1 field; line 1 has 3")]
    public void WhatIsNoTableIsSaidWithRightAdvice(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Read(Encoding.Latin1.GetBytes(text))).Message);
}
