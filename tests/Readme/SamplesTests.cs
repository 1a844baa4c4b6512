using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Readme;

/// <summary>The programs in src/Samples are short, compile without a warning and learn; the tutorial and README name each.</summary>
public class SamplesTests
{
    static readonly string samples = Path.Combine(Architecture.Project.Root().FullName, "src/Samples");

    public static TheoryData<string> Names() => [.. Directory.GetFiles(samples, "*.cs").Select(file => Path.GetFileName(file)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void AProgramRunsAndLearns(string name)
    {
        string source = File.ReadAllText(Path.Combine(samples, name));
        Assert.InRange(source.Split('\n').Length, 10, 61);
        Assert.StartsWith("#:project ../GpuMlp/GpuMlp.csproj", source);
        using var folder = new ScratchFolder();
        Assert.InRange(OneFileProgram.Accuracy(source, folder), 97, 100);
        Assert.Contains($"[{name}]({name})", File.ReadAllText(Path.Combine(samples, "TUTORIAL.md")));
        string readme = File.ReadAllText(Path.Combine(Architecture.Project.Root().FullName, "README.md"));
        Assert.Contains($"src/Samples/{name}", readme);
    }
}
