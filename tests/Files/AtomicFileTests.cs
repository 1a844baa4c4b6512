using GpuMlp.Files;

namespace GpuMlp.Tests;

public sealed class AtomicFileTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Writes_and_replaces()
    {
        string path = folder.File("a.txt");
        AtomicFile.Write(path, s => s.Write("one, the longer"u8));
        AtomicFile.Write(path, s => s.Write("two"u8));
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void An_exception_leaves_the_old_file_and_nothing_else()
    {
        string path = folder.File("a.txt");
        File.WriteAllText(path, "old");
        var thrown = Assert.Throws<FormatException>(() => AtomicFile.Write(path, s =>
        {
            s.Write(new byte[1 << 20]);                            // beyond the buffer: some of it is on disk
            Assert.Equal(2, folder.Names.Count());
            throw new FormatException("mine");
        }));
        Assert.Equal("mine", thrown.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void Nothing_is_there_before_commit()
    {
        string path = folder.File("a.txt");
        using AtomicFile file = AtomicFile.Create(path);
        file.Stream.Write("x"u8);
        Assert.False(File.Exists(path));
        string temporary = Assert.Single(folder.Names);
        Assert.StartsWith($".a.txt.{Environment.ProcessId}-", temporary);
        Assert.EndsWith(".tmp", temporary);
        file.Commit();
        Assert.Equal(["a.txt"], folder.Names);
        Assert.Throws<InvalidOperationException>(file.Commit);
    }

    [Fact]
    public void Dispose_without_commit_deletes()
    {
        AtomicFile file = AtomicFile.Create(folder.File("a.txt"));
        file.Stream.Write("x"u8);
        file.Dispose();
        file.Dispose();
        Assert.Empty(folder.Names);
        Assert.Throws<InvalidOperationException>(file.Commit);
    }

    [Fact]
    public void Two_writers_of_one_file_do_not_meet()
    {
        string path = folder.File("a.txt");
        using AtomicFile one = AtomicFile.Create(path), two = AtomicFile.Create(path);
        one.Stream.Write("one"u8);
        two.Stream.Write("two"u8);
        two.Commit();
        one.Commit();
        Assert.Equal("one", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void A_relative_path_is_the_folder_it_was_when_created()
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.File("a.txt"));
        AtomicFile.Write(relative, s => s.Write("x"u8));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void System_errors_come_through()
    {
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Create(folder.File("missing/a.txt")));
        Directory.CreateDirectory(folder.File("taken"));
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => AtomicFile.Create(folder.File("taken"))).Message);
        Assert.Equal(["taken"], folder.Names);
    }

    [Fact]
    public void A_target_that_becomes_a_folder_fails_the_commit_and_leaves_nothing()
    {
        string path = folder.File("a");
        Assert.ThrowsAny<SystemException>(() => AtomicFile.Write(path, _ => Directory.CreateDirectory(path)));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void A_folder_without_write_permission_is_an_unauthorized_access()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a Unix user whom permissions bind");
        string locked = folder.File("locked");
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.Create(Path.Combine(locked, "a")));
    }
}
