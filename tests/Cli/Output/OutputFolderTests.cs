using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Output;

/// <summary>How a run's folder treats the files in it, and those that were to come into it.</summary>
public sealed class OutputFolderTests : IDisposable
{
    static readonly string[] outputs = RunFiles.OfTrain(true, true);

    readonly ScratchFolder scratch = new();

    string Run => scratch.File("run");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void ARunThatEndsEarlyLeavesTheEarlierOneAndWhatIsWholeInANewFolder()
    {
        Write(Run, "one", "losses.csv", "data.png");
        string[] before = Tree.Contents(Run);
        using (OutputFolder folder = OutputFolder.Claim(Run, true, outputs)) File.WriteAllText(folder["losses.csv"], "two");
        Assert.Equal(before, Tree.Contents(Run));

        using (OutputFolder folder = OutputFolder.Claim(scratch.File("new"), false, outputs))
        {
            File.WriteAllText(folder["losses.csv"], "two");
            File.WriteAllText(folder[".model.safetensors.1-abcdefgh.tmp"], "half");
        }
        Assert.Equal([".gpumlp.lock", "losses.csv"], Tree.Names(scratch.File("new")));
        Assert.Equal("losses.csv\n", File.ReadAllText(scratch.File("new/.gpumlp.lock")));
        OutputFolder.Claim(scratch.File("none/at/all"), false, outputs).Dispose();
        Assert.Equal(["new", "run"], scratch.Names);
    }

    [Fact]
    public void TheEarlierRunsFilesGoWhenTheNewOnesComeAndNotBefore()
    {
        Write(Run, "one", "losses.csv", "data.png", "frames/boundary-000000.png", "frames/boundary-000250.png");
        File.WriteAllText(Path.Combine(Run, "notes.txt"), "mine");
        string[] before = Tree.Names(Run);
        using (OutputFolder folder = OutputFolder.Claim(Run, true, outputs))
        {
            Fill(folder, "two", "losses.csv", "frames/boundary-000000.png");
            Assert.Superset(before.ToHashSet(), Tree.Names(Run).ToHashSet());
            Assert.StartsWith("one", File.ReadAllText(Path.Combine(Run, "losses.csv")));
            folder.Publish();
        }
        Assert.Equal(["frames/boundary-000000.png", "losses.csv", "notes.txt", "run.json"], Tree.Names(Run));
        Assert.Equal("two", File.ReadAllText(Path.Combine(Run, "frames/boundary-000000.png")));
    }

    [Fact]
    public void FramesThatAreNotTheRunsStay()
    {
        Write(Run, "one", "losses.csv", "frames/boundary-000250.png");
        foreach (string name in (string[])["boundary-mine.png", "boundary-000123.png", "boundary-001000.png"])
            File.WriteAllText(Path.Combine(Run, "frames", name), "mine");
        using (OutputFolder folder = OutputFolder.Claim(Run, true, RunFiles.OfTrain(false, true)))
        {
            Fill(folder, "two", "losses.csv");
            folder.Publish();
        }
        Assert.Equal(["boundary-000123.png", "boundary-001000.png", "boundary-mine.png"], Tree.Names(Path.Combine(Run, "frames")));
    }

    [Theory]
    [InlineData("data.png", false)]
    [InlineData("losses.csv", false)]
    [InlineData("run.json", false)]
    [InlineData("frames/boundary-000500.png", false)]
    [InlineData("data.png", true)]
    [InlineData("frames/boundary-000123.png", true)]
    public void AFileOfTheUsersOwnIsNeverReplaced(string name, bool besideARun)
    {
        if (besideARun) Write(Run, "one", "losses.csv", "frames/boundary-000250.png");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Run, name))!);
        File.WriteAllText(Path.Combine(Run, name), "mine");
        string[] before = Tree.Contents(Run);
        string message = Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, true, outputs)).Message;
        Assert.Contains($"{name} in it is not an earlier run's", message);
        Assert.Equal(before, Tree.Contents(Run));
    }

    [Theory]
    [InlineData("losses.csv")]
    [InlineData("model.safetensors")]
    [InlineData("run.json")]
    [InlineData("data.png")]
    [InlineData("boundary.gif")]
    [InlineData("loss.png")]
    [InlineData("frames/boundary-000000.png")]
    public void AFolderWhereAFileIsToBeIsRefusedAtTheStart(string name)
    {
        Directory.CreateDirectory(Path.Combine(Run, name, "inside"));
        Assert.Contains($"{name} in it is", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, true, outputs)).Message);
        Assert.Equal([$"{name}/inside"], Tree.Names(Run));
    }

    [Fact]
    public void SoIsAFileWhereTheFramesAreToBeAndALinkToNowhere()
    {
        Write(Run, "one", "losses.csv");
        File.WriteAllText(Path.Combine(Run, "frames"), "mine");
        Assert.Contains("frames in it is a file", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, true, outputs)).Message);
        OutputFolder.Claim(Run, true, RunFiles.OfTrain(false, true)).Dispose();
        File.Delete(Path.Combine(Run, "losses.csv"));
        File.CreateSymbolicLink(Path.Combine(Run, "losses.csv"), scratch.File("missing/losses.csv"));
        string message = Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, true, "losses.csv")).Message;
        Assert.Contains("link to a folder that is not", message);
        File.Delete(Path.Combine(Run, "losses.csv"));
        File.CreateSymbolicLink(Path.Combine(Run, "losses.csv"), Path.Combine(Run, "losses.csv"));
        Assert.Contains("cannot write there", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, true, "losses.csv")).Message);
    }

    [Fact]
    public void FoldersInUseAndFullOnesSaySo()
    {
        using (OutputFolder.Claim(Run, false, outputs))
            foreach (bool force in (bool[])[false, true])
                Assert.Contains("is in use", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, force, outputs)).Message);
        Write(Run, "one", "losses.csv");
        Assert.Contains("not empty", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, false, outputs)).Message);
        Assert.Equal(["losses.csv", "run.json"], Tree.Names(Run));
    }

    [Fact]
    public void WhatKilledRunsLeftIsGoneAndDoesNotCount()
    {
        string[] left =
        [
            FolderLock.Name,
            ".gpumlp-new/losses.csv",
            ".gpumlp-new/frames/.boundary-000000.png.77-abcdefgh.tmp",
            ".losses.csv.77-abcdefgh.tmp",
            "frames/.boundary-000250.png.77-00000000.tmp",
        ];
        foreach (string name in left) Put(Run, name, "");
        using (OutputFolder folder = OutputFolder.Claim(Run, false, outputs)) Assert.Empty(Tree.Names(folder.New));
        Assert.False(Directory.EnumerateFileSystemEntries(Run).Any());
    }

    [Fact]
    public void WhatAProgramStillWritesAndHiddenFilesOfTheUsersOwnStay()
    {
        Directory.CreateDirectory(Run);
        using AtomicFile alive = AtomicFile.Create(Path.Combine(Run, "losses.csv"));
        Put(Run, ".notes.77-abcdefgh.tmp", "mine");
        using (OutputFolder.Claim(Run, true, outputs)) { }
        Assert.Equal(2, Tree.Names(Run).Length);
        Assert.Contains("not empty", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, false, outputs)).Message);
        alive.Commit();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ARunThatWasKilledWhileItsFilesMovedIsPutToItsEndByTheNext(bool halfWay)
    {
        Write(Run, "one", "losses.csv", "data.png");
        Write(Path.Combine(Run, ".gpumlp-new"), "two", "losses.csv", "frames/boundary-000000.png");
        if (halfWay)
        {
            File.Delete(Path.Combine(Run, "data.png"));
            File.Delete(Path.Combine(Run, "run.json"));
            File.Move(Path.Combine(Run, ".gpumlp-new/losses.csv"), Path.Combine(Run, "losses.csv"), true);
        }
        Assert.Contains("not empty", Assert.Throws<UsageException>(() => OutputFolder.Claim(Run, false, outputs)).Message);
        Assert.Equal(["frames/boundary-000000.png", "losses.csv", "run.json"], Tree.Names(Run));
        Assert.Equal("two", File.ReadAllText(Path.Combine(Run, "losses.csv")));
    }

    [Fact]
    public void PermissionsAndLinksAreKept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions, and links need a privilege.");
        Write(Run, "one", "losses.csv", "model.safetensors", "frames/boundary-000000.png");
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(Run, "run.json"), Private);
        File.Move(Path.Combine(Run, "losses.csv"), scratch.File("elsewhere.csv"));
        File.CreateSymbolicLink(Path.Combine(Run, "losses.csv"), "../elsewhere.csv");
        Directory.Move(Path.Combine(Run, "frames"), scratch.File("pictures"));
        File.CreateSymbolicLink(Path.Combine(Run, "frames"), "../pictures");
        using (OutputFolder folder = OutputFolder.Claim(Run, true, outputs))
        {
            Fill(folder, "two", "losses.csv", "model.safetensors", "frames/boundary-000000.png");
            folder.Publish();
        }
        Assert.Equal("two", File.ReadAllText(scratch.File("elsewhere.csv")));
        Assert.Equal("two", File.ReadAllText(scratch.File("pictures/boundary-000000.png")));
        Assert.Equal("../elsewhere.csv", new FileInfo(Path.Combine(Run, "losses.csv")).LinkTarget);
        Assert.Equal("../pictures", new FileInfo(Path.Combine(Run, "frames")).LinkTarget);
        if (!OperatingSystem.IsWindows()) Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(Run, "run.json")));
        Assert.Equal(["elsewhere.csv", "pictures", "run"], scratch.Names);
        Assert.Equal(["boundary-000000.png"], Tree.Names(scratch.File("pictures")));
    }

    // files of a run that drew steps 0, 250 and 500
    static void Write(string folder, string text, params string[] names)
    {
        foreach (string name in names) Put(folder, name, text);
        string listed = string.Join(',', names.Select(name => $"\"{name.Split('/')[0]}\"").Distinct().Append("\"run.json\""));
        Put(folder, "run.json",
            $$"""{"schemaVersion": 1, "config": {"snapshotEvery": 250}, "steps": 500, "outputs": [{{listed}}], "timings": { } }""");
    }

    static void Fill(OutputFolder folder, string text, params string[] names) => Write(folder.New, text, names);

    static void Put(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
