using System.Text.RegularExpressions;

namespace GpuMlp.Tests.Architecture;

/// <summary>A file's namespace is that of its project and its folder, so each of the two tells the other.</summary>
public partial class NamespaceTests
{
    [Fact]
    public void EachNamespaceIsItsFolder() => ArchitectureTests.None(Astray(Project.Root()));

    [Fact]
    public void AFileInAnotherFolderIsFound()
    {
        var root = Directory.CreateTempSubdirectory("gpumlp-namespaces");
        try
        {
            root.CreateSubdirectory("src/My.Project/Room/obj");
            void Write(string file, string text) => File.WriteAllText(Path.Combine(root.FullName, "src", "My.Project", file), text);
            Write("My.Project.csproj", "");
            Write("Right.cs", "namespace My.Project;");
            Write("Program.cs", "return 0;");
            Write("Room/Right.cs", "using System;\n\nnamespace My.Project.Room;\n");
            Write("Room/Wrong.cs", "using System;\n\nnamespace My.Project;\n");
            Write("Room/obj/Generated.cs", "namespace Other;");
            string wrong = Path.Combine("src", "My.Project", "Room", "Wrong.cs");
            Assert.Equal([$"{wrong}: namespace My.Project, its folder is My.Project.Room"], Astray(root));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void TestsAreNamedInOneStyle() => ArchitectureTests.None(
        from type in typeof(NamespaceTests).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.IsDefined(typeof(FactAttribute), true) && method.Name.Contains('_')
        select $"{type.FullName}.{method.Name}: a test's name is a sentence InOneWord");

    static IEnumerable<string> Astray(DirectoryInfo root) =>
        from file in root.EnumerateFiles("*.cs", SearchOption.AllDirectories)
        where ProjectOf(file.Directory) is not null
        let project = ProjectOf(file.Directory)!
        let folders = Path.GetRelativePath(project.DirectoryName!, file.FullName).Split(Path.DirectorySeparatorChar)[..^1]
        where !folders.Any(folder => folder is "bin" or "obj")
        let found = Declaration().Match(File.ReadAllText(file.FullName))
        where found.Success
        let wanted = string.Join('.', [Path.GetFileNameWithoutExtension(project.Name), .. folders])
        where found.Groups[1].Value != wanted
        select $"{Path.GetRelativePath(root.FullName, file.FullName)}: namespace {found.Groups[1].Value}, its folder is {wanted}";

    static FileInfo? ProjectOf(DirectoryInfo? folder) =>
        folder is null ? null : folder.EnumerateFiles("*.csproj").FirstOrDefault() ?? ProjectOf(folder.Parent);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
