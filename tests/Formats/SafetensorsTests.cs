using System.Text;
using CsCheck;
using GpuMlp.Formats;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    static byte[] Written(SafetensorsFile file)
    {
        var stream = new MemoryStream();
        file.Write(stream);
        return stream.ToArray();
    }

    static SafetensorsFile Read(byte[] bytes) => SafetensorsFile.Read(new MemoryStream(bytes), "m.safetensors");

    static byte[] Compose(string json, params byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes((ulong)text.Length), .. text, .. data];
    }

    static readonly SafetensorsFile Example = new(
        [
            SafeTensor.Float32("0.weight", [2, 3], [1, 2, 3, 4, 5, 6]),
            SafeTensor.Float32("0.bias", [1], [-0f]),
            SafeTensor.Int64("step", [], [123456789012]),
        ],
        new Dictionary<string, string> { ["net"] = "3-2", ["activation"] = "relu" });

    [Fact]
    public void BytesAreAsTheFormatSays()
    {
        string json = """
            {"__metadata__":{"activation":"relu","net":"3-2"},
            "0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},
            "0.bias":{"dtype":"F32","shape":[1],"data_offsets":[32,36]},
            "step":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}
            """.ReplaceLineEndings("");
        json = json.PadRight((json.Length + 7) / 8 * 8);
        byte[] data = [.. BitConverter.GetBytes(123456789012L), .. new float[] { 1, 2, 3, 4, 5, 6, -0f }.SelectMany(BitConverter.GetBytes)];
        Assert.Equal(Compose(json, data), Written(Example));
    }

    [Fact]
    public void RoundTripsThroughAFile()
    {
        string path = folder.File("m.safetensors");
        Example.Write(path);
        SafetensorsFile read = SafetensorsFile.Read(path);
        Assert.Equal(["0.weight", "0.bias", "step"], read.Tensors.Select(t => t.Name));
        Assert.Equal([2, 3], read.Tensors[0].Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], read.Find("0.weight")!.Floats);
        Assert.Equal([123456789012L], read.Find("step")!.Integers);
        Assert.Null(read.Find("1.weight"));
        Assert.Equal("relu", read.Metadata["activation"]);
        Assert.Equal(["m.safetensors"], folder.Names);
    }

    [Fact]
    public void RoundTripsAnyTensorsToTheSameBytes()
    {
        Gen<string> name = Gen.String[Gen.Char[' ', '\u07FF'], 0, 8];
        Gen<int[]> shape = Gen.Int[0, 4].Array[0, 3];
        static int Count(int[] s) => s.Aggregate(1, (a, b) => a * b);
        static string Form(SafeTensor t) => $"{t.Dtype} {string.Join(',', t.Shape)}";
        Gen<Func<string, SafeTensor>> tensor = shape.SelectMany(s => Gen.OneOf<Func<string, SafeTensor>>(
            Gen.Float.Array[Count(s)].Select(v => (Func<string, SafeTensor>)(n => SafeTensor.Float32(n, s, v))),
            Gen.Long.Array[Count(s)].Select(v => (Func<string, SafeTensor>)(n => SafeTensor.Int64(n, s, v))),
            Gen.Long[0, long.MaxValue].Array[Count(s)].Select(v => (Func<string, SafeTensor>)(n => SafeTensor.UInt64(n, s, v)))));
        Gen.Select(Gen.Dictionary(name, tensor)[0, 6], Gen.Dictionary(name, name)[0, 4]).Sample((tensors, metadata) =>
        {
            var file = new SafetensorsFile(tensors.Select(t => t.Value(t.Key)), metadata);
            byte[] bytes = Written(file);
            SafetensorsFile read = Read(bytes);
            Assert.Equal(tensors.Keys, read.Tensors.Select(t => t.Name));
            Assert.Equal(metadata.OrderBy(p => p.Key, StringComparer.Ordinal), read.Metadata);
            Assert.Equal(file.Tensors.Select(Form), read.Tensors.Select(Form));
            Assert.Equal(bytes, Written(read));
            Assert.Equal(0, (8 + BitConverter.ToInt32(bytes)) % 8);
        }, iter: 300);
    }

    [Theory]
    [InlineData("HALF", "key", "value", "surrogate")]
    [InlineData("t", "HALF", "value", "surrogate")]
    [InlineData("t", "key", "HALF", "surrogate")]
    [InlineData("t", "key", null, "null")]
    public void WhatAFileWouldGiveBackAsSomethingElseIsRefused(string name, string key, string? value, string why)
    {
        static string Half(string text) => text == "HALF" ? "\ud83d" : text;         // an attribute is UTF-8, which has no half pairs
        var metadata = new Dictionary<string, string> { [Half(key)] = value is null ? null! : Half(value) };
        SafeTensor[] tensors = [SafeTensor.Float32(Half(name), [1], [0])];
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => new SafetensorsFile(tensors, metadata)).Message);
    }

    [Fact]
    public void NarrowAndWideFloatsAreConverted()
    {
        byte[] wide = BitConverter.GetBytes(0.1), half = BitConverter.GetBytes((Half)1.5f);
        byte[] data = [.. wide, .. half, .. BitConverter.GetBytes(Half.NegativeInfinity), 0x80, 0x3F, 0x00, 0xC0];
        SafetensorsFile read = Read(Compose("""
            {"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},
             "b":{"dtype":"BF16","shape":[2,1],"data_offsets":[12,16]}}
            """, data));
        Assert.Equal([0.1f], read.Find("d")!.Floats);
        Assert.Equal([1.5f, float.NegativeInfinity], read.Find("h")!.Floats);
        Assert.Equal([1f, -2f], read.Find("b")!.Floats);
        Assert.All(read.Tensors, t => Assert.Equal("F32", t.Dtype));
    }

    [Fact]
    public void HeaderOrderAndDataOrderAreEachFree()
    {
        SafetensorsFile read = Read(Compose("""
            {"b":{"shape":[1],"data_offsets":[4,8],"dtype":"F32"},"none":{"dtype":"F32","shape":[0,9],"data_offsets":[4,4]},
             "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
            """, [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)]));
        Assert.Equal(["b", "none", "a"], read.Tensors.Select(t => t.Name));
        Assert.Equal([2f], read.Find("b")!.Floats);
        Assert.Equal([1f], read.Find("a")!.Floats);
        Assert.Empty(read.Find("none")!.Floats);
    }

    [Theory]
    // eight bytes of data follow each of these headers
    [InlineData("""[]""", "does not begin with '{'")]
    [InlineData("", "does not begin with '{'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", "not JSON")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", "not JSON")]
    [InlineData("""{"t":5}""", "tensor 't': an object expected, Number found")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "key 't' comes twice")]
    [InlineData("""{"t":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "tensor 't': key 'dtype' is unknown or comes twice")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "tensor 't': key 'x' is unknown")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2]}}""", "tensor 't': a key is missing")]
    [InlineData("""{"t":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "tensor 't': a string as dtype expected")]
    [InlineData("""{"t":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "tensor 't': dtype 'C64' is none of the format's")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", "tensor 't': shape has more than 8 numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "tensor 't': an array as shape expected")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""",
        "tensor 't': shape holds something else than integers from 0")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "tensor 't': shape holds something else")]
    [InlineData("""{"t":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "tensor 't': shape holds something else")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", "tensor 't': shape holds something else")]
    [InlineData("""{"t":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "tensor 't': shape holds something else")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""",
        "tensor 't': shape (2147483647, 2147483647, 2147483647) has more than")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "tensor 't': data_offsets has more than 2 numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""",
        "tensor 't': data_offsets [8, 0] do not lie within the 8 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""",
        "tensor 't': data_offsets [0, 12] do not lie within the 8 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}""",
        "tensor 't': data_offsets [0, 7] span 7 bytes, shape (2) of F32 takes 8")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor 't': data_offsets begin at 4, a gap after 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "tensor 't': data_offsets begin at 4, within the tensor before")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 trailing bytes after the last tensor")]
    [InlineData("""{}""", "8 trailing bytes after the last tensor")]
    [InlineData("""{"__metadata__":{"a":1}}""", "a string as metadata 'a' expected, Number found")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "metadata key 'a' comes twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "key '__metadata__' comes twice")]
    [InlineData("""{"__metadata__":[]}""", "an object as __metadata__ expected, StartArray found")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", "a string that is not Unicode")]
    [InlineData("""{"t":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}""",
        "tensor 't': 18446744073709551615 is above 9223372036854775807")]
    public void EveryBrokenRuleIsNamed(string json, string expected)
    {
        byte[] data = [.. BitConverter.GetBytes(ulong.MaxValue)];
        string message = Assert.Throws<InvalidDataException>(() => Read(Compose(json, data))).Message;
        Assert.StartsWith("m.safetensors: ", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void TensorsOfOtherTypesAreKeptAsTheyAre()
    {
        byte[] file = Compose("""
            {"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"BOOL","shape":[2,1],"data_offsets":[4,6]},
             "c":{"dtype":"F8_E4M3","shape":[],"data_offsets":[6,7]}}
            """, 1, 2, 3, 4, 0, 1, 9);
        SafetensorsFile read = Read(file);
        Assert.Equal(["I32", "BOOL", "F8_E4M3"], read.Tensors.Select(tensor => tensor.Dtype));
        Assert.Throws<InvalidDataException>(() => read.Find("a")!.Floats);
        Assert.Throws<InvalidDataException>(() => read.Find("a")!.Integers);
        Assert.Equal([1, 2, 3, 4, 0, 1, 9], Written(read)[^7..]);
    }

    [Fact]
    public void AHeaderOf1MiBAnd4096TensorsIsTheMost()
    {
        static byte[] Many(int count) => Compose($"{{{string.Join(',', Enumerable.Range(0, count).Select(k =>
            $"\"{k}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"))}}}");
        Assert.Equal(4096, Read(Many(4096)).Tensors.Count);
        Assert.Contains("more than 4096 tensors", Assert.Throws<InvalidDataException>(() => Read(Many(4097))).Message);
        Assert.Empty(Read(Compose("{}".PadRight(1 << 20))).Tensors);
        string message = Assert.Throws<InvalidDataException>(() => Read(Compose("{}".PadRight((1 << 20) + 1)))).Message;
        Assert.Contains("header length 1048577; at most 1048576 is allowed", message);
    }

    [Fact]
    public void NamesInMessagesCannotActOnATerminal()
    {
        string json = """{"\u001b[2Jt\u202e":{"dtype":"X","shape":[2],"data_offsets":[0,8]}}""";
        Assert.Contains("tensor '[2Jt': dtype", Assert.Throws<InvalidDataException>(() => Read(Compose(json, new byte[8]))).Message);
    }

    [Fact]
    public void BrokenLengthsTextAndValuesAreNamed()
    {
        static string Error(byte[] bytes) => Assert.Throws<InvalidDataException>(() => Read(bytes)).Message;
        Assert.Contains("shorter than the 8 bytes", Error([1, 2, 3]));
        Assert.Contains("header length 18446744073709551615; at most 1048576", Error(BitConverter.GetBytes(ulong.MaxValue)));
        Assert.Contains("header length 50, but only 2 bytes follow (truncated)", Error([50, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]));
        Assert.Contains("not UTF-8", Error([5, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}']));
        string wide = """{"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""";
        Assert.Contains("tensor 't': 1E+300 is beyond float32", Error(Compose(wide, BitConverter.GetBytes(1e300))));
        Assert.Equal([float.PositiveInfinity], Read(Compose(wide, BitConverter.GetBytes(double.PositiveInfinity))).Tensors[0].Floats);
        byte[] good = Written(Example);
        Assert.Contains("bytes of data (truncated)", Error(good[..^1]));
        Assert.Empty(Read(Compose("""{"__metadata__":null}""")).Metadata);
        Assert.Contains("1 trailing bytes", Error([.. good, 0]));
    }

    [Fact]
    public void DamageIsAnInvalidDataExceptionOrHarmless()
    {
        byte[] good = Written(Example);
        Corrupt.Fuzz(good, b => Read(b), headerBytes: good.Length - 36);
    }

    [Fact]
    public void ContradictoryTensorsCannotBeMade()
    {
        string Refusal(Action act) => Assert.Throws<ArgumentException>(act).Message;
        Assert.Contains("'w': shape (2, 3) does not hold 5", Refusal(() => SafeTensor.Float32("w", [2, 3], new float[5])));
        Assert.Throws<ArgumentException>(() => SafeTensor.Float32("w", [-1], []));
        Assert.Throws<ArgumentException>(() => SafeTensor.Float32("__metadata__", [], new float[1]));
        Assert.Throws<ArgumentException>(() => SafeTensor.UInt64("w", [1], [-1]));
        Assert.Throws<ArgumentException>(() => new SafetensorsFile([SafeTensor.Float32("w", [], [1]), SafeTensor.Float32("w", [], [2])]));
        string NotRead(Func<object> get) => Assert.Throws<InvalidDataException>(get).Message;
        Assert.Contains("'w' is F32; I64 or U64 is needed", NotRead(() => SafeTensor.Float32("w", [], [1f]).Integers));
        Assert.Contains("'w' is I64; floating-point is needed", NotRead(() => SafeTensor.Int64("w", [], [1]).Floats));
    }
}
