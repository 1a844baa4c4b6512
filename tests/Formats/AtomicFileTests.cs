using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WritesAndReplaces()
    {
        string path = folder.File("a.txt");
        AtomicFile.Write(path, s => s.Write("one, the longer"u8));
        AtomicFile.Write(path, s => s.Write("two"u8));
        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void AnExceptionLeavesTheOldFileAndNothingElse()
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
    public void NothingIsThereBeforeCommit()
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
    public void DisposeWithoutCommitDeletes()
    {
        AtomicFile file = AtomicFile.Create(folder.File("a.txt"));
        file.Stream.Write("x"u8);
        file.Dispose();
        file.Dispose();
        Assert.Empty(folder.Names);
        Assert.Throws<InvalidOperationException>(file.Commit);
    }

    [Fact]
    public void TwoWritersOfOneFileDoNotMeet()
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
    public void ARelativePathIsTheFolderItWasWhenCreated()
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.File("a.txt"));
        AtomicFile.Write(relative, s => s.Write("x"u8));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void SystemErrorsComeThrough()
    {
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Create(folder.File("missing/a.txt")));
        Directory.CreateDirectory(folder.File("taken"));
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => AtomicFile.Create(folder.File("taken"))).Message);
        Assert.Equal(["taken"], folder.Names);
    }

    [Fact]
    public void ATargetThatBecomesAFolderFailsTheCommitAndLeavesNothing()
    {
        string path = folder.File("a");
        Assert.ThrowsAny<SystemException>(() => AtomicFile.Write(path, _ => Directory.CreateDirectory(path)));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public void AFileThatIsReplacedKeepsItsPermissions()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        if (OperatingSystem.IsWindows()) return;
        UnixFileMode[] modes = [UnixFileMode.UserRead | UnixFileMode.UserWrite, (UnixFileMode)0b110_110_110, UnixFileMode.UserRead];
        foreach (UnixFileMode mode in modes)
        {
            string path = folder.File("a.txt");
            File.WriteAllText(path, "old");
            File.SetUnixFileMode(path, mode);
            AtomicFile.Write(path, s =>
            {
                Assert.Equal(mode, ModeOf(Directory.GetFiles(folder.File(""), ".*.tmp").Single()));         // others cannot read it before
                s.Write("new"u8);
            });
            Assert.Equal((mode, "new"), (ModeOf(path), File.ReadAllText(path)));
            File.Delete(path);
        }

        static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALinkStaysAndWhatItLeadsToIsWritten(bool isThere)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Directory.CreateDirectory(folder.File("elsewhere"));
        if (isThere) File.WriteAllText(folder.File("elsewhere/a.txt"), "old");
        File.CreateSymbolicLink(folder.File("second"), "elsewhere/a.txt");
        File.CreateSymbolicLink(folder.File("first"), "second");
        AtomicFile.Write(folder.File("first"), s => s.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder.File("elsewhere/a.txt")));
        Assert.Equal("second", new FileInfo(folder.File("first")).LinkTarget);
        Assert.Equal("elsewhere/a.txt", new FileInfo(folder.File("second")).LinkTarget);
        Assert.Equal(["elsewhere", "first", "second"], folder.Names);
        File.CreateSymbolicLink(folder.File("circle"), "circle");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Create(folder.File("circle")));
    }

    [Theory]
    [InlineData("a", 244)]
    [InlineData("a", 255)]
    [InlineData("ü", 127)]                                         // 254 bytes
    [InlineData("😀", 63)]                                         // 252 bytes
    public void ANameMayBeAsLongAsNamesCanBe(string letter, int count)
    {
        string name = string.Concat(Enumerable.Repeat(letter, count));
        AtomicFile.Write(folder.File(name), s => s.Write("x"u8));
        Assert.Equal([name], folder.Names);
    }

    [Fact]
    public void WhatKilledProgramsLeftIsClearedAndWhatIsWrittenStays()
    {
        string path = folder.File("a.txt");
        string[] others = [".b.txt.5-abcdefgh.tmp", ".a.txt.5-abcdefghi.tmp", "x.a.txt.5-abcdefgh.tmp", ".a.txt.tmp"];
        foreach (string name in others.Append(".a.txt.5-abcdefgh.tmp")) File.WriteAllText(folder.File(name), "");
        using (AtomicFile alive = AtomicFile.Create(path))
        {
            AtomicFile.Clear(path);
            alive.Commit();
        }
        Assert.Equal(others.Append("a.txt").Order(), folder.Names);
    }

    [Fact]
    public void AFolderWithoutWritePermissionIsAnUnauthorizedAccess()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a Unix user whom permissions bind");
        string locked = folder.File("locked");
        if (!OperatingSystem.IsWindows()) Directory.CreateDirectory(locked, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.Create(Path.Combine(locked, "a")));
    }
}
