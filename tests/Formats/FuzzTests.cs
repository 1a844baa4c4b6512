using System.IO.Compression;
using System.Text;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Fuzz;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Formats;

/// <summary>50,000 damaged files of each format: only the declared exception, in little time and memory.</summary>
public class FuzzTests
{
    const int Files = 50_000;

    static byte[] Example(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name));

    static readonly string[] Models =
    [
        "Records/Files/torch-seq-pt.safetensors", "Records/Files/own-extra-meta.safetensors", "Records/Files/torch-fc.safetensors",
        "Records/Files/First/classes.safetensors",
    ];

    // most damaged files must be refused: a fuzzer whose files are all whole, or whose reader reads nothing, finds nothing
    static void Check(int refused) => Assert.InRange(refused, Files / 2, Files - 1);

    [Fact]
    public void Safetensors() => Check(Mutations.Read(Files, [.. Models.Select(Example)], FuzzTargets.All["safetensors"]));

    [Fact]
    public void NumPyArrays() => Check(Mutations.Read(Files,
        [Example("Formats/Files/a-fortran.npy"), Example("Formats/Files/a-big-endian.npy"), Example("Golden/init_w1.npy")],
        FuzzTargets.All["npy"]));

    [Fact]
    public void NumPyArchives()
    {
        byte[] archive = Example("Formats/Files/net-2-8-1.npz");
        byte[][] arrays = [Example("Formats/Files/a-fortran.npy"), Example("Formats/Files/a-big-endian.npy")];
        int broken = Mutations.Read(Files / 2, [archive, Packed(arrays[0])], bytes => NpzFile.Read(new MemoryStream(bytes), "a"));
        // arrays that are damaged, in an archive whose checksums are right
        int damaged = Mutations.Read(Files / 2, arrays, bytes => TensorFile.Read(new MemoryStream(bytes), "a"), Packed);
        Check(broken + damaged);
    }

    [Fact]
    public void Records() => Check(Mutations.Read(Files,
        [Example("Records/Files/First/bce.json"), Example("Records/Files/First/number.json"), Encoding.Unicode.GetPreamble()
            .Concat(Encoding.Unicode.GetBytes("""{"config": {"steps": 5, "net": "2-3-1", "window": "0:1,0:1"}}""")).ToArray()],
        FuzzTargets.All["record"]));

    // half of the files are damaged in the state, half in what lies beside it
    [Fact]
    public void Checkpoints()
    {
        string[] names = [StoredCheckpoint.FileName, StoredCheckpoint.LossesName, StoredCheckpoint.SnapshotsName];
        using var folder = new ScratchFolder();
        using (var writer = new CheckpointWriter(folder.Path, "1", new() { SnapshotEvery = 2 }, new(null, 4, "0")))
        {
            var state = new TrainingState(3, [1, 2, 3], [4, 5, 6]) { Best = [7, 8, 9], Validation = [new(2, 0.5)] };
            writer.Save(new Checkpoint(state, 0, (float[])[1, 2, 3], [new(0, 1, [1, 1, 1]), new(2, 2, [2, 2, 2])]));
        }
        byte[][] whole = [.. names.Select(name => File.ReadAllBytes(folder.File(name)))];
        void Read(byte[] state, byte[] losses, byte[] snapshots) => StoredCheckpoint.Decode(
            SafetensorsFile.Read(new MemoryStream(state), "c"), "c",
            name => (name, new MemoryStream(name == StoredCheckpoint.LossesName ? losses : snapshots)));
        int refused = Mutations.Read(Files / 2, [whole[0]], bytes => Read(bytes, whole[1], whole[2]));
        refused += Mutations.Read(Files / 4, [whole[1]], bytes => Read(whole[0], bytes, whole[2]));
        Check(refused + Mutations.Read(Files / 4, [whole[2]], bytes => Read(whole[0], whole[1], bytes)));
    }

    static byte[] Packed(byte[] array)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = zip.CreateEntry("0.weight.npy", CompressionLevel.Fastest).Open();
            entry.Write(array);
        }
        return stream.ToArray();
    }
}
