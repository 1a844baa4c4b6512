using GpuMlp.Devices;
using GpuMlp.Planning;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Planning;

/// <summary>Measurements are kept as text; what is damaged, or of another build, counts as none.</summary>
public sealed class MeasurementsTests : IDisposable
{
    static readonly Work Steps = Work.OfTraining(new Recipe());
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Write()
    {
        var measured = new Measurements();
        measured.Add(DeviceDescription.Processor, 0.25, [(Steps, 0.5, 0.125), (Steps with { Operations = 1e6 }, 3, 0)]);
        measured.Add(new("opencl:0", DeviceKind.OpenCL, "a name\twith\ntwists"), 1, [(Steps, 2, 0)]);
        Assert.True(measured.Save(folder.File("a/measured.tsv")));
        return folder.File("a/measured.tsv");
    }

    [Fact]
    public void TheyComeBackAsTheyWere()
    {
        Measurements read = Measurements.Load(Write());
        Assert.Equal(2, read.Count);
        Assert.Equal(0.25 + 0.125 + 0.5, read.Of(DeviceDescription.Processor)!.Seconds([Steps]), 1e-12);
        Assert.NotNull(read.Of(new("opencl:0", DeviceKind.OpenCL, "a name\twith\ntwists")));
        Assert.Null(read.Of(new("opencl:0", DeviceKind.OpenCL, "another name")));
        Assert.DoesNotContain(WorkKind.Grid, read.Of(DeviceDescription.Processor)!.Kinds.Keys);
    }

    [Theory]
    [InlineData("gpumlp measurements 1", "gpumlp measurements 2")]
    [InlineData("\t0.25\t", "\t-1\t")]
    [InlineData("\t0.25\t", "\tNaN\t")]
    [InlineData("\t0.25\t", "\tfast\t")]
    [InlineData("\tFused\t", "\tUnheardOf\t")]
    [InlineData("\tFused\t", "\t77\t")]
    [InlineData("\t0.125\t", "\t0.125\t1\t")]
    [InlineData("\t500000\t", "\t5\t")]
    public void DamageIsSeen(string text, string other)
    {
        string file = Write(), content = File.ReadAllText(file);
        Assert.Contains(text, content);
        File.WriteAllText(file, content.Replace(text, other, StringComparison.Ordinal));
        Assert.Equal(0, Measurements.Load(file).Count);
    }

    [Fact]
    public void NoFileAndNoFolderAreNoFailure()
    {
        Assert.Equal(0, Measurements.Load(folder.File("none")).Count);
        Assert.Equal(0, Measurements.Load(folder.Path).Count);
        File.WriteAllText(folder.File("file"), "");
        Assert.False(new Measurements().Save(folder.File("file/measured.tsv")));
    }

    [Fact]
    public void AJobTakesTime() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new Measurements().Add(DeviceDescription.Processor, 0, [(Steps, 0, 0)]));
}
