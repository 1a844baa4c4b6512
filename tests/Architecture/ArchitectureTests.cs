namespace GpuMlp.Tests.Architecture;

/// <summary>Checks the compiled code against the rules of the architecture; RulesTests shows that each rule can fail.</summary>
public class ArchitectureTests
{
    static readonly TypeUse[] product = [.. Project.Kernels, .. Project.Library, .. Project.Plotting, .. Project.Cli];

    [Fact]
    public void KernelsUseOnlyIlgpuAndTheFramework() => None(Rules.KernelReferences(Project.Kernels));

    [Fact]
    public void RoomsUseOnlyWhatIsListedForThem() => None(Rules.Arrows([.. Project.Kernels, .. Project.Library], Rooms.All));

    [Fact]
    public void VerbsUseOnlyWhatIsListedForThem() => None(Rules.Arrows(Project.Cli, Rooms.Program));

    [Fact]
    public void OnlyTheProgramUsesTheConsole() => None(Rules.Console([.. Project.Kernels, .. Project.Library, .. Project.Plotting]));

    [Fact]
    public void OnlyPlottingKnowsThePlottingLibraries() => None(Rules.Plotting([.. Project.Kernels, .. Project.Library, .. Project.Cli]));

    [Fact]
    public void NothingSeedsItself() => None(Rules.Seeds(product));

    [Fact]
    public void TheLibraryReadsNoWallClock() => None(Rules.WallClock([.. Project.Kernels, .. Project.Library]));

    [Fact]
    public void KernelsCallNoTranscendentalFunctionButTheirOwn() => None(Rules.DeviceMaths(Project.Kernels));

    [Fact]
    public void EveryKernelIsTested()
    {
        foreach (string name in Rules.OpInterfaces.Where(name => Project.Kernels.Any(type => type.Type.FullName == name)))
        {
            bool hasOps = Rules.Ops(Project.Kernels, [name]).Any();
            Assert.True(hasOps, $"No public struct in GpuMlp.Kernels implements {name}: the rule looks at nothing.");
        }
        var opMethods = Project.Library
            .Where(type => type.Type.Namespace is string room && room.StartsWith("GpuMlp.", StringComparison.Ordinal));
        None(Rules.UntestedOps(Project.Kernels, Project.Tests, opMethods, Rules.OpInterfaces));
    }

    [Fact]
    public void EachRoomIsListedAfterAllThatItMayUse() => None([.. Rules.Order(Rooms.All), .. Rules.Order(Rooms.Program)]);

    /// <summary>Fails with one line per violation.</summary>
    internal static void None(IEnumerable<string> violations)
    {
        string[] lines = [.. violations];
        Assert.True(lines.Length == 0, string.Join(Environment.NewLine, lines));
    }
}
