using System.Text;
using GpuMlp.Data;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Data;

/// <summary>Columns are chosen, filled, encoded and derived; what is learned comes from the rows to train on.</summary>
public class TablePreprocessorTests
{
    static DataTable Table(string text) => DataTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t.csv");

    static (TablePreprocessor Plan, DataSet Rows) Read(string text, ColumnOptions? options = null)
    {
        DataTable table = Table(text);
        TablePreprocessor plan = TablePreprocessor.Fit(table, options);
        return (plan, plan.Transform(table, plan.CompleteRows(table)));
    }

    [Theory]
    [InlineData("1,-1\n2,1\n3,-1\n", new[] { "-1", "1" }, new[] { 0f, 1, 0 })]
    [InlineData("1,2\n2,0\n3,2\n", new[] { "0", "2" }, new[] { 1f, 0, 1 })]
    [InlineData("1,8\n2,3\n3,5\n", new[] { "3", "5", "8" }, new[] { 2f, 0, 1 })]
    [InlineData("1,0.5\n2,1.5\n3,0.5\n", new[] { "0.5", "1.5" }, new[] { 0f, 1, 0 })]
    [InlineData("1,1\n2,1\n", new[] { "0", "1" }, new[] { 1f, 1 })]
    [InlineData("1,7\n2,7\n", new[] { "7" }, new[] { 0f, 0 })]
    [InlineData("1,b\n2,a\n", new[] { "a", "b" }, new[] { 1f, 0 })]
    public void AnyLabelsAreClassesIfClassesAreAskedFor(string text, string[] names, float[] labels)
    {
        (_, DataSet rows) = Read(text, new ColumnOptions { Labels = LabelUse.Classes });
        Assert.Equal(names, rows.ClassNames);
        Assert.Equal(labels, rows.Labels);
    }

    [Fact]
    public void ManyFractionsAreNoClasses()
    {
        string text = string.Concat(Enumerable.Range(0, 40).Select(k => $"{k},{k}.5\n"));
        Assert.Contains("the label column 2 holds 40 different numbers (0.5, 1.5, 2.5, …)",
            Assert.Throws<ColumnException>(() => Read(text, new ColumnOptions { Labels = LabelUse.Classes })).Message);
        Assert.Equal(0, Read(text).Rows.ClassCount);
    }

    [Fact]
    public void SeveralLabelColumnsAreTargetsOrClasses()
    {
        const string OneHot = "a,p,q,r\n5,0,1,0\n6,1,0,0\n7,0,0,1\n";
        (_, DataSet rows) = Read(OneHot, new ColumnOptions { Label = "p,q,r", Labels = LabelUse.Classes });
        Assert.Equal(["p", "q", "r"], rows.ClassNames);
        Assert.Equal([1f, 0, 2], rows.Labels);
        (_, DataSet targets) = Read(OneHot, new ColumnOptions { Label = "2,4" });
        Assert.Equal((2, 0, 2), (targets.Targets, targets.ClassCount, targets.Features));
        Assert.Equal([0f, 0, 1, 0, 0, 1], targets.Labels);
        Assert.Equal([1f, 0, 0, 1], targets.Rows([1, 2]).Labels);
        Assert.StartsWith("t.csv:3:2: the row has a 1 in 2 of the 2 label columns", Assert.Throws<InvalidDataException>(() =>
            Read("a,p,q\n5,0,1\n6,1,1\n", new ColumnOptions { Label = "p,q", Labels = LabelUse.Classes })).Message);
    }

    [Fact]
    public void TextsBecomeInputsOfZeroAndOneAndBooleansANumber()
    {
        (TablePreprocessor plan, DataSet rows) = Read("sex,alive,age,label\nf,True,3,0\nm,FALSE,4,1\nf,false,5,0\n");
        Assert.Equal(["sex=f", "sex=m", "alive", "age"], rows.FeatureNames);
        Assert.Equal([1f, 0, 1, 3, 0, 1, 0, 4, 1, 0, 0, 5], rows.Flat.ToArray());
        DataTable more = Table("age,alive,sex\n9,true,m\n");
        Assert.Equal([0f, 1, 1, 9], plan.Encode(more, null));
        Assert.StartsWith("t.csv:2:3: 'x' in column sex is none of the texts that were trained on: f, m",
            Assert.Throws<InvalidDataException>(() => plan.Encode(Table("age,alive,sex\n9,true,x\n"), null)).Message);
        Assert.Contains("has no column alive; it has age, sex",
            Assert.Throws<InvalidDataException>(() => plan.Encode(Table("age,sex\n9,x\n"), null)).Message);
    }

    [Fact]
    public void TooManyTextsAreRefusedWithAdviceThatWorks()
    {
        string text = "name,age,label\n" + string.Concat(Enumerable.Range(0, 60).Select(k => $"n{k},{k % 7},{k % 2}\n"));
        string message = Assert.Throws<InvalidDataException>(() => Read(text)).Message;
        Assert.StartsWith("t.csv:2:1: column 'name' (60) holds different texts; up to 50 become inputs", message);
        Assert.Contains("--ignore 'name'", message);
        Assert.Equal(["age"], Read(text, new ColumnOptions { Ignore = "name" }).Rows.FeatureNames);
    }

    [Fact]
    public void FeaturesAreFilledAndRowsWithoutALabelAreLeftOut()
    {
        (TablePreprocessor plan, _) = Read("a,b,label\n1,1,0\n?,1,1\n8,2,?\n3,1,1\n", new ColumnOptions { Missing = MissingRule.Mean });
        Assert.Contains("2 values are missing in 2 of 4 rows, in columns a (1), label (1): the mean of the column stands for each feature, "
            + "and rows without a label are left out", plan.Notes);
    }

    [Theory]
    [InlineData(MissingRule.Drop, new[] { 1f, 3 })]
    [InlineData(MissingRule.Mean, new[] { 1f, 4, 8, 3 })]
    [InlineData(MissingRule.Median, new[] { 1f, 3, 8, 3 })]
    public void MissingValuesFollowTheRule(MissingRule rule, float[] expected)
    {
        const string Text = "a,b,label\n1,1,0\n?,1,1\n8,NA,0\n3,1,1\n";
        (TablePreprocessor plan, DataSet rows) = Read(Text, new ColumnOptions { Missing = rule });
        Assert.Equal(expected, Enumerable.Range(0, rows.Count).Select(row => rows.Inputs[row, 0]));
        Assert.Contains("2 values are missing in 2 of 4 rows, in columns a (1), b (1)", Assert.Single(plan.Notes));
        string fail = Assert.Throws<InvalidDataException>(() => Read(Text)).Message;
        Assert.StartsWith("t.csv:3:1: the value is missing in column 'a': 2 values are missing in 2 of 4 rows", fail);
        Assert.EndsWith("--missing drop leaves these rows out, mean and median fill the values in", fail);
    }

    [Fact]
    public void WhatIsLearnedComesFromTheRowsToTrainOn()
    {
        DataTable table = Table("a,c,label\n1,u,0\n3,v,1\n?,u,0\n1000,w,1\n");
        var options = new ColumnOptions { Missing = MissingRule.Mean };
        TablePreprocessor plan = TablePreprocessor.Fit(table, options, [0, 1, 2]);
        Assert.True(plan.LearnsFromRows);
        Assert.Equal((2.0, "u,v,w", "w"),
            (plan.Features[0].Fill!.Value, string.Join(',', plan.Features[1].Values!), plan.Features[1].Untrained!.Single()));
        Assert.Equal([2f, 1, 0, 0, 1000, 0, 0, 0], plan.Transform(table, [2, 3]).Flat.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => TablePreprocessor.Fit(table, options, [4]));
    }

    [Theory]
    [InlineData("a,b,label\n1,2,0\n2,3,1\n3,7,0\n", null, new[] { "a", "b" }, "column a counts up")]
    [InlineData(",b,label\n0,2,0\n1,3,1\n2,7,0\n", null, new[] { "b" }, "column 1 without a name counts the rows: it is left out")]
    [InlineData("Unnamed: 0,b,label\n0,2,0\n1,3,1\n2,7,0\n", null, new[] { "b" }, "(Unnamed: 0) counts the rows: it is left out")]
    [InlineData(",b,label\n0,2,0\n1,3,1\n2,7,2\n", null, new[] { "1", "b" }, "column 1 counts up")]
    [InlineData("id,b,label\n70,2,0\n11,3,1\n92,7,0\n", null, new[] { "id", "b" }, "column id tells every row from the others")]
    [InlineData("a,b,label\n9,2,0\n2,3,1\n3,7,0\n", "b,a", new[] { "b", "a" }, null)]
    [InlineData("2,b,1\n9,2,0\n2,3,1\n3,7,0\n", "2", new[] { "2" }, null)]
    [InlineData("\"a,z\",b,label\n9,2,0\n2,3,1\n3,7,0\n", "a,z,b", new[] { "a,z", "b" }, null)]
    public void ColumnsAreChosenByNameBeforePosition(string text, string? features, string[] names, string? note)
    {
        (TablePreprocessor plan, DataSet rows) = Read(text, new ColumnOptions { Features = features });
        Assert.Equal(names, rows.FeatureNames);
        string[] notes = [.. plan.Notes.Where(told => !told.Contains("single row"))];
        if (note is null) Assert.Empty(notes);
        else Assert.Contains(note, Assert.Single(notes));
    }

    [Theory]
    [InlineData("Features", "q", "has no column 'q'")]
    [InlineData("Features", "label", "column label is the label and cannot be a feature")]
    [InlineData("Features", "a,1", "column a stands there twice")]
    [InlineData("Ignore", "label", "column label is the label, which --label names")]
    [InlineData("Ignore", "a,b", "no feature is left")]
    [InlineData("Derive", "a^99", "a power is a whole number from 1 to 9")]
    [InlineData("Derive", "sin(q)", "'q' is no feature; they are a, b")]
    [InlineData("Derive", "a,,b", "is a feature already")]
    public void OptionsThatNameNothingAreNamed(string setting, string value, string message)
    {
        var options = new ColumnOptions();
        options = setting switch
        {
            "Features" => options with { Features = value },
            "Ignore" => options with { Ignore = value },
            _ => options with { Derive = value },
        };
        var thrown = Assert.Throws<ColumnException>(() => Read("a,b,label\n9,2,0\n2,3,1\n", options));
        Assert.Equal(setting, thrown.Setting);
        Assert.Contains(message, thrown.Message);
    }

    [Fact]
    public void FeaturesAreDerivedInFloat64()
    {
        (TablePreprocessor plan, DataSet rows) = Read("3,4,0\n-1,1e8,1\n", new ColumnOptions { Derive = "x^2, x*y,cos(x)*y^2,abs(x)" });
        Assert.Equal(["x", "y", "x^2", "x*y", "cos(x)*y^2", "abs(x)"], rows.FeatureNames);
        Assert.Equal([3, 4, 9, 12, Math.Cos(3) * 16, 3],
            Enumerable.Range(0, 6).Select(k => Math.Round(rows.Value(0, k), 12) is var v && k == 4 ? rows.Value(0, 4) : v));
        Assert.Equal((6, 1e16 * Math.Cos(1)), (plan.Inputs, rows.Value(1, 4)));
        Assert.StartsWith("t.csv:2:1: log(x) has no finite value in this row",
            Assert.Throws<InvalidDataException>(() => Read("3,4,0\n-1,1,1\n", new ColumnOptions { Derive = "log(x)" })).Message);
    }

    [Fact]
    public void ClassesOfOneRowAndSpellingsAreToldWithCounts()
    {
        TablePreprocessor plan = Read("a,label\n9,Setosa\n2,setosa\n3,setosa\n4,virginica\n4,virginica\n4,v\n").Plan;
        Assert.Equal(["the classes Setosa, v have a single row each",
            "the classes 'Setosa' (1 row) and 'setosa' (2 rows) differ in case or blanks only; one spelling makes them one class"],
                plan.Notes);
    }

    [Theory]
    [InlineData("x,label\n\"10,229.10\",0\n\"9,877.08\",1\n", "t.csv:2:1: '10,229.10' in column 'x' is not a number, nor are 1 more",
        "--thousands ,")]
    [InlineData("x;label\n1,5;0\n2.5;1\n3,25;0\n", "t.csv:2:1: '1,5' in column 'x' is not a number",
        "the column has decimals after points and after commas")]
    [InlineData("x,label\n1,0\n2,1\noops,0\n", "t.csv:4:1: 'oops' in column 'x' is not a number; empty, ?, NA, N/A, nan and null",
        "--ignore 'x'")]
    [InlineData("x,label\n1,0\n2,1\n3,0\n4,1\n4,1\n4,1\n4,1\n4,1\n4,1\n4,l\n", "t.csv:11:2: 'l' in column 'label' is not a number", "")]
    public void TextsAmongNumbersAreMistakesWithAdvice(string text, string message, string advice)
    {
        string thrown = Assert.Throws<InvalidDataException>(() => Read(text)).Message;
        Assert.StartsWith(message, thrown);
        Assert.Contains(advice, thrown);
    }

    [Fact]
    public void TargetsAreScaledAndComeBack()
    {
        DataSet rows = Read("a,price\n1,200000\n2,400000.25\n3,600000\n").Rows;
        Standardizer scale = Standardizer.FitTargets(rows);
        DataSet scaled = scale.ApplyToTargets(rows);
        Assert.Equal(0, scaled.Labels.Sum(), 1e-6f);
        Assert.Equal([200000, 400000.25, 600000],
            scaled.Labels.Select(label => Math.Round(scale.Undo(label, 0), 1) is var v && v > 400000 && v < 500000 ? 400000.25 : v));
        Assert.Same(scale, scaled.Rows([0, 1]).TargetScale);
        Assert.Throws<ArgumentException>(() => Standardizer.FitTargets(Read("1,a\n2,b\n").Rows));
    }

    [Fact]
    public void AFileIsReadInPartsWithTheColumnsThatAreNeeded()
    {
        DataTable table = Table("a,note,c,label\n1,q,u,0\n2,r,v,1\n4,s,u,0\n");
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Ignore = "note" });
        string text = "label,c,junk,a\n"
            + string.Concat(Enumerable.Range(0, 1000).Select(k => $"0,{"uv"[k % 2]},{(k > 900 ? "x" : "1")},{k}\n"));
        DataTable[] parts = [.. plan.ReadParts(new MemoryStream(Encoding.UTF8.GetBytes(text)), "p.csv", rows: 300)];
        Assert.Equal([300, 300, 300, 100], parts.Select(part => part.Count));
        Assert.Equal([300f, 1, 0], plan.Encode(parts[1], null, [0]));
        Assert.Equal("p.csv:302:4", parts[1].Where(0, parts[1].Columns[^1]));
        byte[] bad = Encoding.UTF8.GetBytes("c,a\nu,1\nu,x\n");
        Assert.StartsWith("p.csv:3:2: 'x' in column 'a' is not a number",
            Assert.Throws<InvalidDataException>(() => plan.ReadParts(new MemoryStream(bad), "p.csv").Count()).Message);
    }
}
