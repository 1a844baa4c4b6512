using CsCheck;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Records;

public sealed class LossesCsvTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TextIsWhatTheContractSays()
    {
        string path = folder.File("losses.csv");
        LossesCsv.Write(path, [0.693147182f, 1, 1e-9f, float.NaN, float.PositiveInfinity]);
        Assert.Equal("step,loss\n0,0.6931472\n1,1\n2,1E-09\n3,NaN\n4,Infinity\n", File.ReadAllText(path));
        LossesCsv.Write(path, []);
        Assert.Equal("step,loss\n", File.ReadAllText(path));
        Assert.Empty(LossesCsv.Read(path));
        Assert.Equal(["losses.csv"], folder.Names);
    }

    [Fact]
    public void RoundTripsBitForBit()
    {
        string path = folder.File("losses.csv");
        Gen.Float.Where(x => !float.IsNaN(x)).Array[0, 50].Sample(losses =>
        {
            LossesCsv.Write(path, losses);
            return LossesCsv.Read(path).Select(BitConverter.SingleToInt32Bits).SequenceEqual(losses.Select(BitConverter.SingleToInt32Bits));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void ChunksAndTheWholeAreTheSameFile()
    {
        float[] losses = [.. Enumerable.Range(0, 20_000).Select(i => -float.MinValue / (i + 1))];
        LossesCsv.Write(folder.File("whole.csv"), losses);
        AtomicFile.Write(folder.File("chunks.csv"), stream =>
        {
            var writer = new LossesCsvWriter(stream);
            foreach (float[] chunk in losses.Chunk(777)) writer.Write(chunk);
        });
        Assert.Equal(File.ReadAllBytes(folder.File("whole.csv")), File.ReadAllBytes(folder.File("chunks.csv")));
        Assert.Equal(losses, LossesCsv.Read(folder.File("chunks.csv")));
    }

    [Theory]
    [InlineData(2, "step,loss,lossMin,lossMax\n0,2.5,1,4\n4,5.5,5,6\n")]
    [InlineData(3, "step,loss,lossMin,lossMax\n0,1.5,1,2\n2,3.5,3,4\n4,5.5,5,6\n")]
    [InlineData(5, "step,loss,lossMin,lossMax\n0,1.5,1,2\n2,3.5,3,4\n4,5.5,5,6\n")]
    [InlineData(6, "step,loss\n0,1\n1,2\n2,3\n3,4\n4,5\n5,6\n")]
    public void AStretchIsTheLeastPowerOfTwoThatNeedsNoMoreRows(int most, string text)
    {
        LossesCsv.WriteThinned(folder.File("l"), [1, 2, 3, 4, 5, 6], null, most);
        Assert.Equal(text, File.ReadAllText(folder.File("l")));
        ValidationLoss[] looks = [new(1, 0.5), new(2, 0.25), new(6, 0.125)];
        LossesCsv.WriteThinned(folder.File("l"), [1, 2, 3, 4, 5, 6], looks, 3);
        const string looked = "step,loss,lossMin,lossMax,validation\n0,1.5,1,2,0.25\n2,3.5,3,4,\n4,5.5,5,6,0.125\n";
        Assert.Equal(looked, File.ReadAllText(folder.File("l")));
    }

    [Theory]
    [InlineData("", "1:1: the first line must be 'step,loss'")]
    [InlineData("step,loss\r\n0,1\r\n", "1:1: the first line must be 'step,loss'")]
    [InlineData("step,loss\n0,1\n1,0.5", "3:1: the line has no end")]
    [InlineData("step,loss\n0,1\n2,0.5\n", "3:1: '1,' and a loss expected")]
    [InlineData("step,loss\n0\n", "2:1: '0,' and a loss expected")]
    [InlineData("step,loss\n0, 1\n", "2:3: a number expected")]
    [InlineData("step,loss\n0,1,2\n", "2:3: a number expected")]
    [InlineData("step,loss\n0,\n", "2:3: a number expected")]
    public void OtherFilesAreRefusedWithTheirPlace(string text, string expected)
    {
        string path = folder.File("losses.csv");
        File.WriteAllText(path, text);
        Assert.StartsWith($"{path}:{expected}", Assert.Throws<InvalidDataException>(() => LossesCsv.Read(path)).Message);
    }
}
