using System.Text.RegularExpressions;

namespace GpuMlp.Tests.Architecture;

/// <summary>README's Map names all folders that there are, and the rooms (namespaces) in the order of the table.</summary>
public partial class MapTests
{
    static readonly string[] map = [.. File.ReadLines(Path.Combine(Project.Root().FullName, "README.md"))
        .SkipWhile(line => line != "## Map").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))];

    [Fact]
    public void TheMapNamesEachProjectOfTheProductAndTheOtherFolders()
    {
        DirectoryInfo root = Project.Root();
        var projects = root.GetDirectories("src")[0].GetDirectories().Where(HoldsCode).Select(folder => $"src/{folder.Name}/");
        string[] folders = ["kernels/", .. projects, "tests/", "bench/"];
        Assert.Equal(folders.Order(StringComparer.Ordinal), map.Select(line => line.Split('`')[1]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kernels/")]
    [InlineData("src/GpuMlp/")]
    [InlineData("src/GpuMlp.Cli/")]
    public void TheMapListsTheRoomsInTheirOrder(string folder)
    {
        string row = map.Single(line => line.StartsWith($"| `{folder}`", StringComparison.Ordinal));
        string[] listed = InOrder().Match(row).Groups[1].Value.Split(", ");
        Assert.Equal(OfTable(folder), listed);
        DirectoryInfo[] folders = new DirectoryInfo(Path.Combine(Project.Root().FullName, folder)).GetDirectories();
        var there = folders.Where(HoldsCode).Select(room => room.Name);
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    static bool HoldsCode(DirectoryInfo folder) =>
        folder.Name is not ("bin" or "obj") && folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Any();

    // sub-rooms are not on the map
    static IEnumerable<string> OfTable(string folder) => folder switch
    {
        "kernels/" => Rooms.All.Select(room => room.Name.Split('.')).Where(name => name is ["Kernels", _, ..])
            .Select(name => name[1]).Distinct(),
        "src/GpuMlp/" => Rooms.All.Select(room => room.Name.Split('.')[0]).Where(name => name != "Kernels").Distinct(),
        "src/GpuMlp.Cli/" => Rooms.Program.Where(room => room.Name != "Cli").Select(room => room.Name.Split('.')[1]),
        _ => throw new ArgumentException($"{folder} has no rooms", nameof(folder)),
    };

    [GeneratedRegex(@"rooms in order of use: ((\w+, )*\w+)")]
    private static partial Regex InOrder();
}
