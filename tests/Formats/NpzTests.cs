using System.IO.Compression;
using GpuMlp.Formats;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Formats;

public sealed class NpzTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    static readonly NpzFile Example = new(
    [
        ("0.weight", NpyArray.Of<float>([2, 3], [1, 2, 3, 4, 5, -0f])),
        ("step", NpyArray.Of<long>([], [123456789012])),
        ("classes", NpyArray.Of<byte>([2], [65, 66])),
    ]);

    static byte[] Written(NpzFile file)
    {
        var stream = new MemoryStream();
        file.Write(stream);
        return stream.ToArray();
    }

    static NpzFile Read(byte[] bytes) => NpzFile.Read(new MemoryStream(bytes), "a.npz");

    static string Error(byte[] bytes)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(bytes)).Message;
        Assert.StartsWith("a.npz: ", message);
        return message;
    }

    static byte[] Npy(int[] shape, float[] values)
    {
        var stream = new MemoryStream();
        var writer = new NpyWriter<float>(stream, shape);
        writer.Write(values);
        writer.Finish();
        return stream.ToArray();
    }

    static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    [Fact]
    public void WhatNumPySavedIsRead()
    {
        NpzFile file = NpzFile.Read(Path.Combine(AppContext.BaseDirectory, "Formats/Files/net-2-8-1.npz"));
        Assert.Equal(["W1", "b1", "W2", "b2"], file.Arrays.Select(array => array.Name));
        Assert.Equal([8, 2], file.Find("W1")!.Shape);
        Assert.Equal(8, file.Find("b1")!.Values<float>().Length);
        Assert.Null(file.Find("W3"));
    }

    [Fact]
    public void AFileComesBackAsItWasAndToTheSameBytes()
    {
        string path = folder.File("a.npz");
        Example.Write(path);
        NpzFile read = NpzFile.Read(path);
        Assert.Equal(["0.weight", "step", "classes"], read.Arrays.Select(array => array.Name));
        Assert.Equal([2, 3], read.Find("0.weight")!.Shape);
        Assert.Equal(BitConverter.SingleToInt32Bits(-0f), BitConverter.SingleToInt32Bits(read.Find("0.weight")!.Values<float>()[5]));
        Assert.Equal([123456789012], read.Find("step")!.Values<long>());
        Assert.Equal([65, 66], read.Find("classes")!.Values<byte>());
        Assert.Equal(File.ReadAllBytes(path), Written(read));
        Assert.Equal(["a.npz"], folder.Names);
    }

    [Fact]
    public void CompressedArraysAreReadUpToAHundredTimesTheFile()
    {
        float[] values = [.. Enumerable.Range(0, 5000).Select(k => k % 7 / 3f)];
        NpzFile read = Read(Zip(CompressionLevel.SmallestSize, ("a.npy", Npy([5000], values))));
        Assert.Equal(values, read.Find("a")!.Values<float>());
        Assert.Equal(250_000, Read(Zip(CompressionLevel.SmallestSize, ("a.npy", Npy([250_000], new float[250_000])))).Find("a")!.Shape[0]);
        byte[] bomb = Zip(CompressionLevel.SmallestSize, ("a.npy", Npy([5_000_000], new float[5_000_000])));
        Assert.Contains("'a.npy' unpacks to 20000128 bytes; at most", Error(bomb));
        Assert.Contains("100 times as much", Error(bomb));
    }

    [Fact]
    public void WhatIsNoArchiveOfArraysIsNamed()
    {
        byte[] one = Npy([1], [1]);
        Assert.Contains("'a.txt' in it is no .npy file", Error(Zip(CompressionLevel.Fastest, ("a.txt", one))));
        Assert.Contains("'.npy' in it is no .npy file", Error(Zip(CompressionLevel.Fastest, (".npy", one))));
        Assert.Contains("'a.npy' comes twice", Error(Zip(CompressionLevel.Fastest, ("a.npy", one), ("a.npy", one))));
        Assert.Contains("'a.npy': not an .npy file", Error(Zip(CompressionLevel.Fastest, ("a.npy", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))));
        Assert.Contains("'a.npy': shape (1) of '<f4' takes 4 bytes", Error(Zip(CompressionLevel.Fastest, ("a.npy", one[..^1]))));
        Assert.Contains("has more than 1000 characters", Error(Zip(CompressionLevel.Fastest, (new string('a', 1001) + ".npy", one))));
        Assert.Contains("4097 arrays; at most 4096",
            Error(Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, 4097).Select(k => ($"{k}.npy", one))])));
        Assert.Contains("not a whole .npz file", Error([1, 2, 3]));
        Assert.Contains("'[2Jab' in it", Error(Zip(CompressionLevel.Fastest, ("\u001b[2J\u202eab", one))));
    }

    [Fact]
    public void ABitThatFellOverIsFoundByTheChecksum()
    {
        byte[] bytes = Written(Example);
        int at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(3f));
        bytes[at] ^= 1;
        Assert.Contains("'0.weight.npy': checksum", Error(bytes));
    }

    [Fact]
    public void ArraysThatCannotBeWrittenAreRefused()
    {
        NpyArray array = NpyArray.Of<float>([1], [1]);
        Assert.Throws<ArgumentException>(() => new NpzFile([("a", array), ("a", array)]));
        Assert.Throws<ArgumentException>(() => new NpzFile([("", array)]));
        Assert.Throws<ArgumentException>(() => new NpzFile([("\ud83d", array)]));
        Assert.Throws<ArgumentException>(() => new NpzFile([.. Enumerable.Range(0, 4097).Select(k => ($"{k}", array))]));
        Assert.Throws<ArgumentException>(() => NpyArray.Of<float>([2], [1]));
        Assert.Throws<NotSupportedException>(() => NpyArray.Of<short>([1], [1]));
    }

    [Fact]
    public async Task APipeIsRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes in folders.");
        string pipe = folder.File("pipe");
        System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExit();
        var write = Task.Run(() => File.WriteAllBytes(pipe, Written(Example)), TestContext.Current.CancellationToken);
        Assert.Equal(3, NpzFile.Read(pipe).Arrays.Count);
        await write;
    }
}
