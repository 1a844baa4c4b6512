namespace GpuMlp.Tests.Architecture;

/// <summary>Each rule finds what it forbids, and nothing else, among the types of Violations.cs.</summary>
public class RulesTests
{
    static readonly string[] fixtureOps = [typeof(Fixtures.IFixtureOp<>).FullName!];

    [Fact]
    public void KernelsThatUseAnotherAssemblyAreFound() => Found(Rules.KernelReferences(Fixtures()),
        ("ReferencesXunit", "Xunit.Assert"), ("Draws", "ScottPlot.Plot"));

    [Fact]
    public void APackageNamedLikeTheFrameworkIsNotTheFramework()
    {
        Assert.True(Rules.IsFramework("System.Runtime"));
        Assert.False(Rules.IsFramework("System.CommandLine"));
        Assert.False(Rules.IsFramework("ILGPU"));
    }

    [Fact]
    public void ConsoleIsFoundInAGeneratedType() => Found(Rules.Console(Fixtures()), ("WritesToConsole+<Iterator>", "System.Console"));

    [Fact]
    public void PlottingIsFound() => Found(Rules.Plotting(Fixtures()), ("Draws", "ScottPlot.Plot"));

    [Fact]
    public void EverySelfSeedingIsFoundAndASeedIsNot() => Found(Rules.Seeds(Fixtures()),
        ("SeedsItself", "System.Random..ctor"), ("SeedsItself", "System.Random.get_Shared"), ("SeedsItself", "System.Guid.NewGuid"),
        ("SeedsItself", "RandomNumberGenerator.GetInt32"), ("SeedsItself", "System.Environment.get_TickCount64"));

    [Fact]
    public void ASeededRandomIsAllowed()
    {
        var seeded = new MemberName(new("System.Runtime", "System.Random"), ".ctor", 1);
        Assert.Contains(Fixtures(), type => type.Members.Contains(seeded));
        Assert.Empty(Rules.Seeds([new TypeUse(new("A", "A")) { Members = { seeded } }]));
    }

    [Fact]
    public void TheClockIsFound() => Found(Rules.WallClock(Fixtures()), ("ReadsTheClock", "System.DateTime.get_UtcNow"));

    [Fact]
    public void MathsThatRoundsByDeviceIsFoundAndExactMathsIsNot() => Found(Rules.DeviceMaths(Fixtures()),
        ("UsesMathsOfOthers", "System.MathF.Exp"), ("UsesMathsOfOthers", "System.Math.Log2"),
        ("UsesMathsOfOthers", "System.Numerics.IHyperbolicFunctions`1.Tanh"),
        ("UsesMathsOfOthers", "System.Numerics.Vector.MultiplyAddEstimate"));

    [Fact]
    public void WrongArrowsAndUnlistedRoomsAreFound()
    {
        var fixtures = Project.Tests.Where(type => type.Type.Outermost.EndsWith(".ArrowFixture", StringComparison.Ordinal));
        Found(Rules.Arrows(fixtures, Rooms.All),
            ("GpuMlp.Data.ArrowFixture uses",
                "GpuMlp.Layers.ArrowFixture+Item: Data may use Numerics, Formats, Tables, Settings, Randomness, not Layers"),
            ("GpuMlp.Data.ArrowFixture uses", "GpuMlp.Layers.ArrowFixture+Choice"),
            ("GpuMlp.Data.ArrowFixture uses", "GpuMlp.Layers.ArrowFixture: "),
            ("GpuMlp.Data.ArrowFixture+<>c uses", "GpuMlp.Layers.ArrowFixture: "),
            ("GpuMlp.Data.ArrowFixture+Nested uses", "GpuMlp.Layers.ArrowFixture+Base"),
            ("GpuMlp.Kernels.Lanes.ArrowFixture uses", "GpuMlp.Kernels.Numerics.ArrowFixture"),
            ("GpuMlp.Devices.Memory.ArrowFixture uses", "GpuMlp.Devices.Ops.ArrowFixture"),
            ("GpuMlp.Devices.Launching.ArrowFixture uses", "GpuMlp.Devices.ArrowFixture"),
            ("GpuMlp.Cellar.ArrowFixture is in namespace 'GpuMlp.Cellar'", "not a listed room"));
    }

    [Fact]
    public void ARoomListedBeforeWhatItUsesIsFound() => Assert.Equal(
        [
            "A may use B, which is not listed before it",
            "B.Low may use B.High, which is not listed before it",
            "C may use B.Type, which is not listed before it",
        ],
        Rules.Order(
        [
            new("A", "", "B"),
            new("B.Low", "", "A", "B", "B.Type", "B.High"),
            new("B.High", "", "B.Low"),
            new("B", "", "B.Low"),
            new("C", "", "B", "B.Type"),
        ]));

    [Fact]
    public void AnOpThatNoTestReachesIsFound()
    {
        TypeUse[] fixtures = [.. Fixtures()];
        var launchers = fixtures.Where(type => type.Type.FullName.EndsWith(".Launcher", StringComparison.Ordinal));
        Assert.Equal(5, Rules.Ops(fixtures, fixtureOps).Count());
        Found(Rules.UntestedOps(fixtures, fixtures.Except(launchers).ToList(), launchers, fixtureOps),
            ("UntestedOp`1", "reached by no test"), ("UncalledOp`1", "reached by no test"));
    }

    static IEnumerable<TypeUse> Fixtures() => Project.Tests.Where(type => type.Type.Namespace == "GpuMlp.Tests.Architecture.Fixtures");

    // each expected pair is in some line, and each line has some expected pair
    static void Found(IEnumerable<string> violations, params (string User, string Used)[] expected)
    {
        string[] lines = [.. violations];
        Assert.All(expected, pair => Assert.Contains(lines, line => Has(line, pair)));
        Assert.All(lines, line => Assert.Contains(expected, pair => Has(line, pair)));
    }

    static bool Has(string line, (string User, string Used) pair) =>
        line.Contains(pair.User, StringComparison.Ordinal) && line.Contains(pair.Used, StringComparison.Ordinal);
}
