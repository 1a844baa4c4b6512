namespace GpuMlp.Tests.Architecture;

/// <summary>Checks the layout of the source tree: four top-level folders, and files that stay readable.</summary>
public class SourceTreeTests
{
    const int MaximumLines = 300, MaximumColumns = 140;

    [Fact]
    public void TopLevelFoldersAreSrcKernelsTestsBench() =>
        ArchitectureTests.None(StrayFolders(Project.Root())
            .Select(name => $"{name}/ is no folder of the layout: src, kernels, tests, bench"));

    [Fact]
    public void NoSourceFileIsTooLong()
    {
        var root = Project.Root();
        ArchitectureTests.None([.. LongFiles(root, "src"), .. LongFiles(root, "kernels")]);
    }

    [Fact]
    public void NoLineIsTooLong()
    {
        var root = Project.Root();
        ArchitectureTests.None([.. new[] { "src", "kernels", "tests", "bench" }.SelectMany(folder => LongLines(root, folder))]);
    }

    [Fact]
    public void AStrayFolderAndALongFileAreFound()
    {
        var root = Directory.CreateTempSubdirectory("gpumlp-tree");
        try
        {
            string[] folders = ["src", "kernels/obj", "tests", "bench", ".ci", "results", "attic"];
            foreach (string name in folders) root.CreateSubdirectory(name);
            File.WriteAllText(Path.Combine(root.FullName, ".gitignore"), "*.user\n/results/\n");
            File.WriteAllLines(Path.Combine(root.FullName, "src", "Long.cs"), new string[MaximumLines + 1]);
            File.WriteAllLines(Path.Combine(root.FullName, "src", "Short.cs"), new string[MaximumLines]);
            string[] wide = [new string('é', MaximumColumns), new string('x', MaximumColumns + 1)];
            File.WriteAllLines(Path.Combine(root.FullName, "src", "Wide.cs"), wide);
            File.WriteAllLines(Path.Combine(root.FullName, "kernels", "obj", "Generated.cs"), new string[MaximumLines + 1]);
            Assert.Equal(["attic"], StrayFolders(root));
            Assert.Equal([$"{Path.Combine("src", "Long.cs")}: 301 lines, at most 300"], LongFiles(root, "src"));
            Assert.Empty(LongFiles(root, "kernels"));
            Assert.Equal([$"{Path.Combine("src", "Wide.cs")}:2: 141 columns, at most 140"], LongLines(root, "src"));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    // what .gitignore names is not part of the repository
    static IEnumerable<string> StrayFolders(DirectoryInfo root)
    {
        var ignored = File.ReadLines(Path.Combine(root.FullName, ".gitignore")).Select(line => line.Trim('/'));
        return root.GetDirectories().Select(folder => folder.Name).Where(name => !name.StartsWith('.'))
            .Except(["src", "kernels", "tests", "bench", .. ignored]);
    }

    static IEnumerable<string> LongFiles(DirectoryInfo root, string folder) =>
        from file in SourceFiles(root, folder)
        let lines = File.ReadLines(file).Count()
        where lines > MaximumLines
        select $"{Path.GetRelativePath(root.FullName, file)}: {lines} lines, at most {MaximumLines}";

    static IEnumerable<string> LongLines(DirectoryInfo root, string folder) =>
        from file in SourceFiles(root, folder)
        from line in File.ReadLines(file).Index()
        let columns = new System.Globalization.StringInfo(line.Item).LengthInTextElements
        where columns > MaximumColumns
        select $"{Path.GetRelativePath(root.FullName, file)}:{line.Index + 1}: {columns} columns, at most {MaximumColumns}";

    static IEnumerable<string> SourceFiles(DirectoryInfo root, string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(root.FullName, folder), "*.cs", SearchOption.AllDirectories)
        where !Path.GetRelativePath(root.FullName, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        select file;
}
