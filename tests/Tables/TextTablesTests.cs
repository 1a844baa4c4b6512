using System.IO.Compression;
using System.Text;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Tables;

/// <summary>Texts of many forms hold the same table, and what is wrong with others is said with its place.</summary>
public class TextTablesTests
{
    const string Plain = "x,y,label\n0.25,-1.5,0\n-3,4e1,1\n5,0.125,1\n";

    static DataTable Read(string text, TableReadOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    static DataTable Read(byte[] bytes, TableReadOptions? options = null) => DataTable.Read(new MemoryStream(bytes), "t.csv", options);

    static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    static void HoldsPlain(DataTable table, params string[] names)
    {
        Assert.Equal(names, table.Columns.Select(column => column.Name));
        double[][] expected = [[0.25, -1.5, 0], [-3, 40, 1], [5, 0.125, 1]];
        Assert.Equal(expected.Length, table.Count);
        for (int row = 0; row < expected.Length; row++)
            Assert.Equal(expected[row], table.Columns.Select(column => column.Number(row)));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData("\uFEFF" + Plain)]
    [InlineData("x;y;label\n0,25;-1,5;0\n-3;40;1\n5;0,125;1\n")]
    [InlineData("x\ty\tlabel\r0.25\t-1.5\t0\r-3\t40\t1\r5\t0.125\t1")]
    [InlineData("x|y|label\r\n0.25|-1.5|0\r\n-3|40|1\r\n5|0.125|1\r\n")]
    [InlineData("x y  label\n 0.25  -1.5 0 \n-3\t40 1\n5 0.125   1\n")]
    [InlineData("sep=;\nx;y;label\n0.25;-1.5;0\n-3;40;1\n5;0.125;1\n")]
    [InlineData("x,y,label,\n0.25,-1.5,0,\n-3,40,1,\n5,0.125,1,\n")]
    [InlineData("x,y,label\n0.25,-1.5,0,\n-3,40,1,\n5,0.125,1,\n")]
    [InlineData("# a comment, with commas\nx,y,label\n0.25,-1.5,0\n#-3,40,7\n-3,40,1\n,,\n\n5,0.125,1\n,,\n")]
    [InlineData("\"x\",\"y\",\"label\"\n\"0.25\",\"-1.5\",\"0\"\n -3 , 40 , 1 \n5,0.125,1\n")]
    public void TheSameTableInManyForms(string text) => HoldsPlain(Read(text), "x", "y", "label");

    [Fact]
    public void EncodingsAndCompressionAreFound()
    {
        Encoding[] encodings = [new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UnicodeEncoding(false, false),
            new UnicodeEncoding(true, false)];
        foreach (Encoding encoding in encodings) HoldsPlain(Read([.. encoding.Preamble, .. encoding.GetBytes(Plain)]), "x", "y", "label");
        byte[] bytes = Gzip(Plain);
        HoldsPlain(Read(bytes), "x", "y", "label");
        for (int cut = 11; cut < bytes.Length; cut++)
            Assert.StartsWith("t.csv: the gzip data is damaged", Assert.Throws<InvalidDataException>(() => Read(bytes[..cut])).Message);
        Assert.Equal(4, Read([.. bytes, .. Gzip("-3,40,1\n")]).Count);
    }

    [Fact]
    public void WhatIsNotUtf8IsWindows1252AndIsSaid()
    {
        DataTable table = Read(Encoding.Latin1.GetBytes("a,vin\n1,r\u00E9sin\u00E9\n2,r\u00E9sin\u00E8\n3,\u0080\n"));
        Assert.Equal(["r\u00E9sin\u00E9", "r\u00E9sin\u00E8", "\u20AC"], table.Columns[1].Values);
        Assert.Contains("line 2 is the first that is not): it is read as windows-1252", Assert.Single(table.Notes));
        DataTable utf8 = Read("a,vin\n1,r\u00E9sin\u00E9\n2,x\n");
        Assert.Equal(["r\u00E9sin\u00E9", "x"], utf8.Columns[1].Values);
        Assert.Empty(utf8.Notes);
    }

    [Fact]
    public void DoubledTabsAreOneWhereRowsAreElseTooLong()
    {
        string rows = string.Concat(Enumerable.Range(0, 600).Select(k => k is 30 or 550 ? $"{k}\t\t1.5\t0\n" : $"{k}\t1.5\t1\n"));
        DataTable table = Read(rows);
        Assert.Equal((600, 3, true), (table.Count, table.Columns.Count, table.Format!.Runs));
        DataTable late = Read(string.Concat(Enumerable.Range(0, 600).Select(k => k == 550 ? $"{k}\t\t1.5\t0\n" : $"{k}\t1.5\t1\n")));
        Assert.Equal((600, 3), (late.Count, late.Columns.Count));
        DataTable missing = Read("a\tb\tc\n1\t\t0\n2\t3\t1\n");
        Assert.Equal((2, 1), (missing.Count, missing.Columns[1].Missing));
    }

    [Theory]
    [InlineData("0,1,label\n0.25,-1.5,0\n-3,40,1\n", true)]
    [InlineData("B,0.25,1.5\nM,0.5,2\nB,1,3\nM,4,5\n", false)]
    [InlineData("p,x\ne,y\np,x\ne,x\n", false)]
    [InlineData("class,cap\np,x\ne,y\np,x\ne,x\n", true)]
    [InlineData("2019,2020,y\n1,2,0\n3,4,1\n", true)]
    [InlineData("5.1,3.5,setosa\n4.9,3,setosa\n7,3.2,virginica\n", false)]
    [InlineData("1,?,0\n2,3,1\n", false)]
    [InlineData("a,b,c\n", true)]
    public void AHeaderIsSeenByTheColumnsBelowIt(string text, bool header)
    {
        if (text.Count(c => c == '\n') > 1) Assert.Equal(header, Read(text).Format!.HasHeader);
        else Assert.Contains("no row follows the header", Assert.Throws<InvalidDataException>(() => Read(text)).Message);
        Assert.Equal(text.Count(c => c == '\n'), Read(text, new TableReadOptions { Header = false }).Count);
    }

    [Fact]
    public void RowNamesWithoutAHeaderAreAColumnWithoutAName()
    {
        DataTable table = Read("\"x\" \"y\"\n\"1\" 0.5 2\n\"2\" 1.5 3\n");
        Assert.Equal(["", "x", "y"], table.Columns.Select(column => column.Name));
        Assert.Equal([1, 0.5, 2], table.Columns.Select(column => column.Number(0)));
    }

    [Fact]
    public void ValuesAreMissingInEveryUsualWay()
    {
        string[] missing = ["", "NA", "na", "?", "nan", "NaN", "N/A", "null", "NULL", "#N/A", "<NA>", "-nan", "\" \"", "\"\t\"",
            "\"    \""];
        DataTable table = Read("b,a\n2,1\n" + string.Concat(missing.Select(word => $"7,{word}\n")));
        Assert.Equal((missing.Length, false), (table.Columns[1].Missing, table.Columns[1].IsText));
        Assert.All(Enumerable.Range(1, missing.Length), row => Assert.Null(table.Columns[1].Text(row)));
        Assert.Equal("none", Read("a,b\n1,none\n2,x\n").Columns[1].Text(0));
    }

    [Fact]
    public void OptionsComeBeforeGuesses()
    {
        DataTable table = Read("report\nof today\n1:2,5\n3:4,5\n", new TableReadOptions { SkipRows = 2, Separator = ':', Decimal = ',' });
        Assert.Equal([1, 2.5], table.Columns.Select(column => column.Number(0)));
        DataTable grouped = Read("x,y\n\"10,229.10\",1\n\"-1,000\",2\n", new TableReadOptions { Thousands = ',' });
        Assert.Equal([10229.1, -1000], [grouped.Columns[0].Number(0), grouped.Columns[0].Number(1)]);
        Assert.True(Read("x,y\n\"10,229.10\",1\n\"1,000\",2\n").Columns[0].IsText);
        Assert.Throws<ArgumentException>("Separator", () => Read(Plain, new TableReadOptions { Separator = 'a' }));
        Assert.Throws<ArgumentException>("Decimal", () => Read(Plain, new TableReadOptions { Decimal = ';' }));
        Assert.Throws<ArgumentException>("Thousands", () => Read(Plain, new TableReadOptions { Thousands = '.' }));
    }

    [Fact]
    public void TextsAfterNumbersKeepTheSpellingOfTheNumbers()
    {
        DataTable table = Read("a,b\n1.0,1\n007,2\nx,3\n");
        Assert.Equal(["1.0", "007", "x"], table.Columns[0].Values);
        DataTable quoted = Read("a,b\n\"one, \"\"two\"\"\nthree\",1\nx,2\n");
        Assert.Equal("one, \"two\"\nthree", quoted.Columns[0].Text(0));
        Assert.Equal("t.csv:4:2", quoted.Where(1, quoted.Columns[1]));
    }

    [Theory]
    [InlineData("1,2,3\n4,5\n", "t.csv:2:3: 2 fields; line 1 has 3")]
    [InlineData("1,2,3\n4,5,6,7\n1,2,3\n", "t.csv:2:4: 4 fields; line 1 has 3; a field with a comma")]
    [InlineData("Report of May\nx,y,z\n1,2,3\n4,5,6\n", "t.csv:1:2: 1 field; the other rows have 3; --skip-rows N")]
    [InlineData("1,\"2\n3,4\n", "t.csv:1:2: the quote that opens here is never closed")]
    [InlineData("1,\"2\"3\n3,4\n", "t.csv:1:2: '3' follows a closing quote")]
    [InlineData("a\n1\n2\n", "t.csv:1:1: one column only")]
    [InlineData("", "t.csv:1:1: the file is empty")]
    [InlineData("1,2\n3,\0\n", "t.csv:2:1: byte 3 of the line is 0")]
    [InlineData("PAR1....", "t.csv: is a Parquet file")]
    [InlineData("% c\n@RELATION iris\n@ATTRIBUTE a REAL\n", "t.csv: is an ARFF file")]
    [InlineData("+1 1:0.5 2:0.25\n-1 1:3 7:2\n", "t.csv: is in LIBSVM's format")]
    [InlineData("PK\u0003\u0004abcdef", "t.csv: is a zip archive or an Excel workbook")]
    [InlineData("[{\"a\": 1}]", "t.csv: is JSON")]
    [InlineData("<!DOCTYPE html>\n<html>", "t.csv: is a page of HTML")]
    public void WhatIsNoTableIsNamed(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void ATableOfArraysIsCheckedAndCounted()
    {
        var table = new DataTable("t", [TableColumn.OfNumbers("a", [1, double.NaN]), TableColumn.OfTexts("b", ["x", null])]);
        Assert.Equal((2, 2, 1, 2), (table.Count, table.Width, table.Columns[0].Missing, table.Columns[1].Position));
        Assert.Equal(("t:2:1", null, "x"), (table.Where(1, table.Columns[0]), table.Columns[1].Text(1), table.Columns[1].Text(0)));
        Assert.Throws<ArgumentException>(() => new DataTable("t", []));
        Assert.Throws<ArgumentException>(() => new DataTable("t", [TableColumn.OfNumbers("a", [1]), TableColumn.OfNumbers("b", [1, 2])]));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Columns[0].Number(2));
    }
}
