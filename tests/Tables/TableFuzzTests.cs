using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using GpuMlp.Data;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Tables;

/// <summary>Mutated tables: every one is read, or refused by a documented exception, in little time and memory.</summary>
public class TableFuzzTests
{
    const int Tables = 50_000;
    const long MostBytes = 64L << 20;

    static readonly byte[][] Seeds =
    [
        .. ((string[])
        [
            "x,y,label\n0.25,-1.5,0\n-3,4e1,1\n5,0.125,1\n7,8,0\n", "5.1;3,5;a\n4,9;3,0;b\n7,0;3,2;a\n", "1 2.5 0\n3 4 1\n5 6 0\n",
            "a\tb\t\tc\n1\t2\t3\n", "id,name,sex,alive\n1,\"Doe, \"\"J\"\"\nr\",f,true\n2,B,m,false\n3,C,?,true\n",
                "sep=;\nx;y\n1;2\n3;NA\n",
            "# c\n1,2,-1\n3,4,1\n", "0,0,1\n0,1,0\n1,0,0\n", "\"x\" \"y\"\n\"1\" 0.5 2\n\"2\" 1.5 3\n", "+1 1:0.5 2:0.25\n",
                "1e308,1e-320,inf\n1,2,3\n",
        ]).Select(Encoding.UTF8.GetBytes),
        Encoding.Unicode.GetBytes("\uFEFFa,b\n1,\u00E9\n2,x\n"), [.. "a,b\n1,"u8, 0xE9, .. "\n2,x\n"u8], Compressed("x,y\n1,2\n3,4\n"u8),
    ];

    static readonly string[] Pieces = [",", ";", "\t", "\n", "\r", "\"", "\"\"", " ", "#", "?", "NA", "e", ".", "-", "1",
        "99999999999999999999", "\0", "\u00E9", "sep="];

    static byte[] Compressed(ReadOnlySpan<byte> text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true)) gzip.Write(text);
        return bytes.ToArray();
    }

    [Fact]
    public void MutatedTablesAreReadOrRefused()
    {
        var random = new Random(20_260_101);
        int read = 0, refused = 0;
        for (int k = 0; k < Tables; k++)
        {
            byte[] table = Mutated(random);
            var options = Options(random);
            long start = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                DataTable read1 = DataTable.Read(new MemoryStream(table), "t", options);
                DataSet rows = TablePreprocessor.Fit(read1, Columns(random)) is var plan ? plan.Transform(read1, plan.CompleteRows(read1))
                    : null!;
                Assert.True(rows.Count > 0 && rows.Labels.All(float.IsFinite));
                Assert.All(rows.Flat.ToArray(), value => Assert.True(float.IsFinite(value)));
                Assert.DoesNotContain(rows.ClassNames, name => name.Contains('\uFFFD')
                    && !Encoding.UTF8.GetString(table).Contains('\uFFFD'));
                read++;
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                refused++;
                Assert.True(e.Message.Length < 4000, $"table {k}: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"table {k}, {Convert.ToBase64String(table)}: {e}");
            }
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 2, $"table {k} took {Stopwatch.GetElapsedTime(start)}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes + table.Length, $"table {k} took much memory");
        }
        Assert.True(read > Tables / 20 && refused > Tables / 20, $"{read} were read, {refused} refused");
    }

    static byte[] Mutated(Random random)
    {
        List<byte> bytes = [.. Seeds[random.Next(Seeds.Length)]];
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(bytes.Count + 1), count = random.Next(1, 6);
            switch (random.Next(5))
            {
                case 0: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 1: bytes.RemoveRange(at, Math.Min(count, bytes.Count - at)); break;
                case 2 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 3: bytes.InsertRange(at, [.. bytes.Skip(random.Next(bytes.Count + 1)).Take(10 * count)]); break;
                case 4: bytes.InsertRange(at, Seeds[random.Next(Seeds.Length)].Take(3 * count)); break;
            }
        }
        return [.. bytes];
    }

    static TableReadOptions? Options(Random random) => random.Next(4) > 0 ? null : new TableReadOptions
    {
        Separator = ((char?[])[null, ',', ';', ' ', '\t'])[random.Next(5)],
        Decimal = ((char?[])[null, '.'])[random.Next(2)],
        Header = ((bool?[])[null, true, false])[random.Next(3)],
        SkipRows = random.Next(3),
    };

    static ColumnOptions Columns(Random random) => new()
    {
        Label = ((string?[])[null, null, "1", "label", "1,2"])[random.Next(5)],
        Missing = (MissingRule)random.Next(4),
        Labels = (LabelUse)random.Next(3),
        Derive = random.Next(8) == 0 ? "x^2" : null,
    };
}
