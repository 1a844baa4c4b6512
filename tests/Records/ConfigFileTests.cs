using System.Text;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>The settings of a run.json that an editor or a shell wrote.</summary>
public class ConfigFileTests
{
    [Fact]
    public void AByteOrderMarkIsNoPartOfIt()
    {
        using var folder = new ScratchFolder();
        Encoding[] encodings =
            [new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, new UTF8Encoding(false)];
        foreach (Encoding encoding in encodings)
        {
            File.WriteAllText(folder.File("c.json"), """{"config": {"steps": 77}}""", encoding);
            Assert.Equal(77, RunRecord.ReadConfig(folder.File("c.json")).Steps);
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"steps\"")]
    public void AnythingButAnObjectIsSaidToBeNone(string text)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("c.json"), text);
        var e = Assert.Throws<InvalidDataException>(() => RunRecord.ReadConfig(folder.File("c.json")));
        Assert.Contains("is no JSON object, which is needed", e.Message);
    }

    [Fact]
    public void BytesThatAreNoTextAndFilesWithoutBoundsAreRefused()
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.File("c.json"), [(byte)'{', 0xFF, (byte)'}']);
        string Refusal() => Assert.Throws<InvalidDataException>(() => RunRecord.ReadConfig(folder.File("c.json"))).Message;
        Assert.EndsWith("is not UTF-8", Refusal());
        File.WriteAllText(folder.File("c.json"), new string(' ', 1 << 20) + "{}");
        Assert.Contains("is longer than the 1,048,576 bytes", Refusal());
    }
}
