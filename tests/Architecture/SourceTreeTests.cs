namespace GpuMlp.Tests.Architecture;

/// <summary>Checks the layout of the source tree: four top-level folders, and files that stay readable.</summary>
public class SourceTreeTests
{
    const int MaximumLines = 300;

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
            File.WriteAllLines(Path.Combine(root.FullName, "kernels", "obj", "Generated.cs"), new string[MaximumLines + 1]);
            Assert.Equal(["attic"], StrayFolders(root));
            Assert.Equal([$"{Path.Combine("src", "Long.cs")}: 301 lines, at most 300"], LongFiles(root, "src"));
            Assert.Empty(LongFiles(root, "kernels"));
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
        from file in Directory.EnumerateFiles(Path.Combine(root.FullName, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(root.FullName, file)
        where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
        let lines = File.ReadLines(file).Count()
        where lines > MaximumLines
        select $"{path}: {lines} lines, at most {MaximumLines}";
}
