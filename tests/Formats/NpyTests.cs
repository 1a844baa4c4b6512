using System.Text;
using CsCheck;
using GpuMlp.Formats;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Formats;

public sealed class NpyTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A file with any header: the version, the dict as it is to be in the file, and the data.</summary>
    static byte[] Compose(string dict, byte[] data, byte major = 1, byte minor = 0)
    {
        byte[] text = Encoding.Latin1.GetBytes(dict);
        byte[] length = major == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes((uint)text.Length);
        return [0x93, .. "NUMPY"u8, major, minor, .. length, .. text, .. data];
    }

    static NpyArray Read(byte[] bytes) => Npy.Read(new MemoryStream(bytes), "x.npy");

    static string Error(byte[] bytes)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(bytes)).Message;
        Assert.StartsWith("x.npy: ", message);
        return message;
    }

    static byte[] Written<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged
    {
        var stream = new MemoryStream();
        var writer = new NpyWriter<T>(stream, shape);
        writer.Write(values);
        writer.Finish();
        return stream.ToArray();
    }

    [Fact]
    public void HeaderIsNumPysByteForByte()
    {
        string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (25, 40), }";
        byte[] header = Encoding.ASCII.GetBytes(dict.PadRight(117));
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0x00, .. header, (byte)'\n', .. new byte[4000]];
        Assert.Equal(expected, Written<float>(new float[1000], 25, 40));
    }

    [Theory]
    [InlineData("()", new int[0], 128)]
    [InlineData("(3,)", new[] { 3 }, 128)]
    [InlineData("(0, 5)", new[] { 0, 5 }, 128)]
    // 10 + 97 + 1 bytes fit in 128, but not with the spare digits for the first dimension
    [InlineData("(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)", new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 192)]
    public void HeaderHasTheShapeAsATupleAndIsAligned(string tuple, int[] shape, int length)
    {
        byte[] bytes = Written<byte>(new byte[shape.Aggregate(1, (a, b) => a * b)], shape);
        string header = Encoding.ASCII.GetString(bytes, 10, length - 10);
        Assert.Equal($"{{'descr': '|u1', 'fortran_order': False, 'shape': {tuple}, }}".PadRight(length - 11) + "\n", header);
        Assert.Equal(shape, Read(bytes).Shape);
    }

    [Fact]
    public void RoundTripsEveryTypeBitForBit()
    {
        void Check<T>(Gen<T> gen) where T : unmanaged =>
            Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[1, 3])
                .SelectMany(s => gen.Array[s.Item1 * s.Item2 * s.Item3].Select(values => (s, values)))
                .Sample(t =>
                {
                    NpyArray read = Read(Written<T>(t.values, t.s.Item1, t.s.Item2, t.s.Item3));
                    return read.Shape.SequenceEqual([t.s.Item1, t.s.Item2, t.s.Item3]) && read.Values<T>().SequenceEqual(t.values);
                }, iter: 200);
        Check(Gen.Float);
        Check(Gen.Double);
        Check(Gen.Int);
        Check(Gen.Long);
        Check(Gen.Byte);
        float[] odd = [float.NaN, -0f, float.Epsilon, float.NegativeInfinity];
        float[] read = [.. Read(Written<float>(odd, 4)).Values<float>()];
        Assert.Equal(odd.Select(BitConverter.SingleToInt32Bits), read.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void WritesAndReadsFiles()
    {
        string path = folder.File("losses.npy");
        Npy.Write<double>(path, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2, 3);
        NpyArray read = Npy.Read(path);
        Assert.Equal([2, 3], read.Shape);
        Assert.Equal(typeof(double), read.ElementType);
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], read.Values<double>());
        string message = Assert.Throws<InvalidDataException>(read.Values<float>).Message;
        Assert.Equal($"{path}: elements are Double; Single is needed.", message);
        Assert.Equal(["losses.npy"], folder.Names);
    }

    [Fact]
    public void ALargeArrayCrossesTheChunks()
    {
        float[] values = new float[(1 << 21) + 3];
        for (int i = 0; i < values.Length; i++) values[i] = i;
        Assert.True(Read(Written<float>(values, values.Length)).Values<float>().AsSpan().SequenceEqual(values));
    }

    [Fact]
    public void WriterHoldsToTheDeclaredCount()
    {
        var stream = new MemoryStream();
        var writer = new NpyWriter<float>(stream, 2, 3);
        writer.Write([1, 2, 3, 4]);
        Assert.Contains("6 elements; 4 were written", Assert.Throws<InvalidOperationException>(writer.Finish).Message);
        Assert.Contains("4 are written, 3 more came", Assert.Throws<InvalidOperationException>(() => writer.Write([5, 6, 7])).Message);
        writer.Write([5, 6]);
        writer.Finish();
        Assert.Equal([1f, 2, 3, 4, 5, 6], Read(stream.ToArray()).Values<float>());
    }

    [Fact]
    public void WriterRefusesBadShapesAndTypes()
    {
        Assert.Throws<ArgumentException>(() => new NpyWriter<float>(Stream.Null, -1));
        Assert.Throws<ArgumentException>(() => new NpyWriter<float>(Stream.Null, int.MaxValue, int.MaxValue, int.MaxValue));
        Assert.Throws<ArgumentException>(() => new NpyWriter<float>(Stream.Null, [.. Enumerable.Repeat(1, 4000)]));
        Assert.Throws<NotSupportedException>(() => new NpyWriter<short>(Stream.Null, 1));
        Assert.Throws<ArgumentException>(() => Npy.Write<float>(folder.File("a.npy"), [1, 2], 3));
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }  \n")]
    [InlineData("{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}\n")]
    [InlineData("{ \"descr\" : \"<f4\" , 'fortran_order':False, 'shape':( 1, 2 ,) }\n")]
    public void ReadsEveryWayToWriteTheDict(string dict) => Assert.Equal(2, Read(Compose(dict, new byte[8])).Values<float>().Length);

    [Fact]
    public void ReadsVersions2And3AndDataThatIsNotAligned()
    {
        const string Dict = "{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n";
        Assert.Equal([5L], Read(Compose(Dict, BitConverter.GetBytes(5L), 2)).Values<long>());
        NpyArray number = Read(Compose(Dict, BitConverter.GetBytes(5L), 3));
        Assert.Equal([5L], number.Values<long>());
        Assert.Empty(number.Shape);
        Assert.Equal([7], Read(Compose(Dict.Replace("<i8", "<u1"), [7])).Values<byte>());
    }

    [Theory]
    [InlineData("'=f8'", "element type '=f8'; allowed are f4, f8, i4 and i8 in either order of bytes, '|u1' and '|b1'")]
    [InlineData("'|f4'", "element type '|f4'")]
    [InlineData("'<'", "element type '<'")]
    [InlineData("''", "element type ''")]
    [InlineData("'<f2'", "element type '<f2'")]
    [InlineData("'|O'", "element type '|O'")]
    [InlineData("[('a', '<f4')]", "a quoted string expected, '[' found")]
    public void OtherElementTypesAreRefused(string descr, string expected) =>
        Assert.Contains(expected, Error(Compose($"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n", new byte[8])));

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }\n", "True or False expected, '0' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }\n", "',' after the first dimension expected, ')' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 1, }\n", "'(' expected, '1' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (,), }\n", "a dimension, 0 or more expected, ',' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }\n", "a dimension, 0 or more expected, '-' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }\n", "expected, 'L' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (01,), }\n", "a dimension begins with 0")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1 1), }\n", "',' or ')' expected, '1' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,,), }\n", "expected, ',' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n", "a dimension is above 2147483647")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }\n", "has more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2), }\n", "has more than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,), }\n",
        "takes 8000000000 bytes, 4 follow the header (truncated)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, }\n", "expected, '}' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}\n", "a key is missing")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "key 'descr' is unknown or comes twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, 'shape': (1,), }\n",
        "'fortran_order' is unknown or comes twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': '1'}\n", "key 'x' is unknown")]
    [InlineData("{'descr': '<f4' 'fortran_order': False, 'shape': (1,), }\n", "'}' expected, ''' found")]
    [InlineData("{'descr': '<f\\x34', 'fortran_order': False, 'shape': (1,), }\n", "printable ASCII without escapes expected, '\\' found")]
    [InlineData("{'descr': '<f4", "a closing quote expected, its end found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "a final newline expected, its end found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x\n", "a final newline expected, 'x' found")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n\n", "a final newline expected, byte 0x0A found")]
    [InlineData("", "'{' expected, its end found")]
    [InlineData("__import__('os')\n", "'{' expected, '_' found")]
    public void MalformedHeadersAreRefused(string dict, string expected) => Assert.Contains(expected, Error(Compose(dict, new byte[4])));

    [Fact]
    public void WrongMagicVersionLengthAndDataAreRefused()
    {
        byte[] good = Written<float>([1, 2], 2);
        byte[] text = [.. "PK\u0003\u0004 a zip"u8];
        Assert.Contains("not an .npy file: it begins with 504B0304", Error(text));
        Assert.Contains("version 4.0; allowed are 1.0, 2.0 and 3.0", Error(Compose("", [], major: 4)));
        Assert.Contains("version 1.1", Error(Compose("", [], minor: 1)));
        Assert.Contains("header of 20000 bytes; at most 10000", Error(Compose(new string(' ', 20_000), [])));
        byte[] gigabytes = [0x93, .. "NUMPY"u8, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.Contains("header of 4294967295 bytes", Error(gigabytes));
        Assert.Contains("ends within its .npy header", Error(good[..50]));
        Assert.Contains("takes 8 bytes, 7 follow the header (truncated)", Error(good[..^1]));
        Assert.Contains("takes 8 bytes, 9 follow the header (trailing bytes)", Error([.. good, 0]));
    }

    [Fact]
    public void DamageIsAnInvalidDataExceptionOrHarmless() =>
        Corrupt.Fuzz(Written<float>([1, 2, 3, 4, 5, 6], 2, 3), b => Read(b), headerBytes: 75);

    [Theory]
    [InlineData("a-fortran.npy")]
    [InlineData("a-big-endian.npy")]
    public void OtherOrdersOfDimensionsAndBytesAreRead(string file)
    {
        NpyArray read = Npy.Read(Path.Combine(AppContext.BaseDirectory, "Formats/Files", file));
        Assert.Equal([2, 3], read.Shape);
        double[] values = read.ElementType == typeof(float) ? [.. read.Values<float>().Select(value => (double)value)]
            : read.ElementType == typeof(double) ? read.Values<double>() : [.. read.Values<long>().Select(value => (double)value)];
        Assert.Equal([0, 1, 2, 3, 4, 5], values);
    }

    [Theory]
    [InlineData(2, 3, 4)]
    [InlineData(1, 5, 1)]
    [InlineData(4, 1, 3)]
    [InlineData(0, 2, 2)]
    public void FortranOrderOfAnyRankIsTheSameArray(int a, int b, int c)
    {
        var there = new List<byte>();                              // element (i, j, k) is 100 i + 10 j + k, the first index fastest
        for (int k = 0; k < c; k++)
            for (int j = 0; j < b; j++)
                for (int i = 0; i < a; i++) there.AddRange(BitConverter.GetBytes(100 * i + 10 * j + k));
        int[] read = Read(Compose($"{{'descr': '<i4', 'fortran_order': True, 'shape': ({a}, {b}, {c}), }}\n", [.. there])).Values<int>();
        Assert.Equal([.. Enumerable.Range(0, a * b * c).Select(n => 100 * (n / (b * c)) + 10 * (n / c % b) + n % c)], read);
    }

    [Fact]
    public void BigEndianElementsOfEverySizeAreRead()
    {
        static string Dict(string descr) => $"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,), }}\n";
        static byte[] Turned(byte[] bytes) => [.. bytes.Reverse()];
        Assert.Equal([1.5f], Read(Compose(Dict(">f4"), Turned(BitConverter.GetBytes(1.5f)))).Values<float>());
        Assert.Equal([0.1], Read(Compose(Dict(">f8"), Turned(BitConverter.GetBytes(0.1)))).Values<double>());
        Assert.Equal([-7], Read(Compose(Dict(">i4"), Turned(BitConverter.GetBytes(-7)))).Values<int>());
        Assert.Equal([1L << 40], Read(Compose(Dict(">i8"), Turned(BitConverter.GetBytes(1L << 40)))).Values<long>());
        Assert.Equal([1], Read(Compose(Dict("|b1"), [1])).Values<byte>());
    }
}
