using GpuMlp.Devices.Launching;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>The cache of compiled kernels: it returns what was put in, or nothing.</summary>
public sealed class KernelCacheTests : IDisposable
{
    static readonly byte[] content = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i))];

    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Root => folder.File("kernels");

    KernelCache Filled(string key = "a kernel")
    {
        KernelCache cache = KernelCache.Open(Root)!;
        cache.Write(key, content);
        Assert.Equal(content, cache.Read(key));
        return cache;
    }

    static string OnlyFile(KernelCache cache) => Assert.Single(Directory.GetFiles(cache.Folder));

    [Fact]
    public void WhatWasWrittenIsReadUnderItsKeyAlone()
    {
        KernelCache cache = Filled();
        Assert.Null(cache.Read("another kernel"));
        Assert.Equal(content, KernelCache.Open(Root)!.Read("a kernel"));
        cache.Write("a kernel", [1]);
        Assert.Equal([1], cache.Read("a kernel"));
        Assert.EndsWith(".kernel", OnlyFile(cache), StringComparison.Ordinal);         // no temporary file is left
    }

    [Fact]
    public void AnotherBuildSeesNothingOfIt()
    {
        Filled();
        KernelCache other = KernelCache.Open(Root, "another build")!;
        Assert.Null(other.Read("a kernel"));
        other.Write("a kernel", [1]);
        Assert.Equal(content, KernelCache.Open(Root)!.Read("a kernel"));
    }

    [Fact]
    public void ADamagedEntryIsNone()
    {
        KernelCache cache = Filled();
        string file = OnlyFile(cache);
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Null(cache.Read("a kernel"));
        }
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= (byte)(1 << at % 8);
            File.WriteAllBytes(file, changed);
            Assert.Null(cache.Read("a kernel"));
        }
        File.WriteAllBytes(file, [.. whole, 0]);
        Assert.Null(cache.Read("a kernel"));
        cache.Write("a kernel", content);
        Assert.Equal(content, cache.Read("a kernel"));
    }

    [Fact]
    public void AnEntryOfAnotherKeyUnderThisNameIsNone()
    {
        KernelCache cache = Filled();
        string file = OnlyFile(cache);
        cache.Write("another kernel", [1, 2, 3]);
        File.Copy(Directory.GetFiles(cache.Folder).Single(f => f != file), file, overwrite: true);
        Assert.Null(cache.Read("a kernel"));
    }

    [Theory]
    [InlineData("rm {0} && mkfifo {0}")]
    [InlineData("ln -sf /dev/zero {0}")]
    [InlineData("rm {0} && mkdir {0}")]
    [InlineData("truncate -s 1G {0}")]
    public async Task WhatIsNoFileOfSuchASizeIsNotOpened(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and devices are told by Linux.");
        KernelCache cache = Filled();
        using (var shell = System.Diagnostics.Process.Start("sh", ["-c", string.Format(command, OnlyFile(cache))]))
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Null(await Task.Run(() => cache.Read("a kernel")).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void WhereNothingCanBeWrittenNothingIsKept()
    {
        File.WriteAllText(Root, "a file where the folder should be");
        KernelCache cache = KernelCache.Open(Root)!;
        cache.Write("a kernel", content);
        Assert.Null(cache.Read("a kernel"));
        Assert.Equal(["kernels"], folder.Names);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void NothingIsReadWhereOthersMayWrite(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }
        KernelCache cache = Filled();
        UnixFileMode mode = File.GetUnixFileMode(cache.Folder);
        Assert.Equal(UnixFileMode.None, mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        File.SetUnixFileMode(cache.Folder, mode | more);
        Assert.Null(cache.Read("a kernel"));
        cache.Write("another kernel", content);
        OnlyFile(cache);
    }

    [Fact]
    public void NothingIsReadFromAnotherUsersFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root gives files away.");
        KernelCache cache = Filled();
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", cache.Folder]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
        Assert.Null(cache.Read("a kernel"));
    }

    [Fact]
    public void OldBuildsMakeRoomAndNothingElseIsTouched()
    {
        string own = Path.Combine(Root, "own"), like = Path.Combine(Root, "gpumlp-kernels-of-mine");
        foreach (string path in (string[])[own, like])
        {
            Directory.CreateDirectory(path);
            File.WriteAllText(Path.Combine(path, "file"), "");
            Directory.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        }
        for (int build = 0; build < 20; build++)
        {
            KernelCache cache = KernelCache.Open(Root, $"build {build}")!;
            cache.Write("a kernel", content);
            Assert.Equal(content, cache.Read("a kernel"));
            Directory.SetLastWriteTimeUtc(cache.Folder, DateTime.UnixEpoch.AddDays(1 + build));
        }
        Assert.True(File.Exists(Path.Combine(own, "file")) && File.Exists(Path.Combine(like, "file")));
        Assert.InRange(Directory.GetDirectories(Root).Length, 3, 10);
        Assert.Equal(content, KernelCache.Open(Root, "build 19")!.Read("a kernel"));
        Assert.Null(KernelCache.Open(Root, "build 0")!.Read("a kernel"));
    }

    [Theory]
    [InlineData("/x", "/c", "/h", "/x")]
    [InlineData("off", "/c", "/h", null)]
    [InlineData(null, "/c", "/h", "/c/gpumlp/kernels")]
    [InlineData("", "c", "/h", "/h/.cache/gpumlp/kernels")]
    [InlineData(null, null, "/h", "/h/.cache/gpumlp/kernels")]
    [InlineData(null, null, "", null)]
    [InlineData(null, null, null, null)]
    public void TheFolderIsTheUsersOrTheOneNamed(string? named, string? xdg, string? home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has another place for it.");
        Assert.Equal(expected, KernelCacheFolder.Root(name => name switch
        {
            "GPUMLP_KERNEL_CACHE" => named,
            "XDG_CACHE_HOME" => xdg,
            "HOME" => home,
            _ => throw new ArgumentException(name),
        }));
    }
}
