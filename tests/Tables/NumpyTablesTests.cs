using System.IO.Compression;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Tables;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Tables;

/// <summary>NumPy's arrays as tables.</summary>
public class NumpyTablesTests
{
    static void Holds(DataTable table)
    {
        Assert.Equal((3, 3, false), (table.Count, table.Columns.Count, table.HasNames));
        Assert.Equal([3, 4, 1], table.Columns.Select(column => column.Number(1)));
    }

    [Theory]
    [InlineData("X.npy", "y.npy")]
    [InlineData("moons-x.npy", "moons-y.npy")]
    [InlineData("X_train.npy", "y_train.npy")]
    public void LabelsLieBesideTheFeatures(string features, string labels)
    {
        using var folder = new ScratchFolder();
        Npy.Write<double>(folder.File(features), [1, 2, 3, 4, 5, 6], 3, 2);
        Assert.Contains("no labels beside it", Assert.Throws<InvalidDataException>(() => DataTable.Read(folder.File(features))).Message);
        Npy.Write<long>(folder.File(labels), [0, 1, 1], 3);
        Holds(DataTable.Read(folder.File(features)));
        Npy.Write<long>(folder.File(labels), [0, 1], 2);
        Assert.Contains("has shape (2); (3,) is needed, a label for each row",
            Assert.Throws<InvalidDataException>(() => DataTable.Read(folder.File(features))).Message.Replace("(2,)", "(2)"));
    }

    [Fact]
    public void SeveralLabelsARowAreAllLabels()
    {
        using var folder = new ScratchFolder();
        Npy.Write<double>(folder.File("X.npy"), [1, 2, 3, 4, 5, 6], 3, 2);
        Npy.Write<double>(folder.File("y.npy"), [1, 0, 0, 1, 0, 1], 3, 2);
        DataTable table = DataTable.Read(folder.File("X.npy"));
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Labels = LabelUse.Classes });
        Assert.Equal((2, 2), (plan.Inputs, plan.ClassNames.Count));
        Assert.Equal([0, 1, 1], plan.Transform(table).Labels);
        Assert.Equal(2, TablePreprocessor.Fit(table, new ColumnOptions { Labels = LabelUse.Numbers }).Targets);
    }

    [Fact]
    public void LongKeysAreClassesOfTheirOwn()
    {
        using var folder = new ScratchFolder();
        Npy.Write<double>(folder.File("X.npy"), [1, 2, 3, 4, 5, 6], 3, 2);
        Npy.Write<long>(folder.File("y.npy"), [9007199254740993, long.MaxValue, 9007199254740992], 3);
        DataTable table = DataTable.Read(folder.File("X.npy"));
        TablePreprocessor plan = TablePreprocessor.Fit(table, new ColumnOptions { Labels = LabelUse.Classes });
        Assert.Equal(["9007199254740992", "9007199254740993", "9223372036854775807"], plan.ClassNames);
        Assert.Equal([1, 2, 0], plan.Transform(table).Labels);
    }

    [Fact]
    public void AnArchiveHoldsBoth()
    {
        using var folder = new ScratchFolder();
        Npy.Write<float>(folder.File("a.npy"), [1, 2, 3, 4, 5, 6], 3, 2);
        Npy.Write<byte>(folder.File("b.npy"), [0, 1, 1], 3);
        using (ZipArchive archive = ZipFile.Open(folder.File("d.npz"), ZipArchiveMode.Create))
        {
            archive.CreateEntryFromFile(folder.File("a.npy"), "X.npy");
            Assert.NotNull(archive);
        }
        Assert.Contains("has no array y; it has X, and X and y are needed",
            Assert.Throws<InvalidDataException>(() => DataTable.Read(folder.File("d.npz"))).Message);
        using (ZipArchive archive = ZipFile.Open(folder.File("d.npz"), ZipArchiveMode.Update))
            archive.CreateEntryFromFile(folder.File("b.npy"), "y.npy");
        Holds(DataTable.Read(folder.File("d.npz")));
        byte[] bytes = File.ReadAllBytes(folder.File("d.npz"));
        for (int cut = 0; cut < bytes.Length; cut += 7)
        {
            File.WriteAllBytes(folder.File("d.npz"), bytes[..cut]);
            Assert.StartsWith(folder.File("d.npz"),
                Assert.Throws<InvalidDataException>(() => DataTable.Read(folder.File("d.npz"))).Message);
        }
    }
}
