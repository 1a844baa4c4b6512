using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tables;

namespace GpuMlp.Tests.Fuzz;

/// <summary>The readers of files, by format: each returns or throws InvalidDataException, whatever the bytes.</summary>
public static class FuzzTargets
{
    /// <summary>A reader for each format.</summary>
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>
    {
        ["safetensors"] = bytes => Model(SafetensorsFile.Read(new MemoryStream(bytes), "m")),
        ["npy"] = bytes => Npy.Read(new MemoryStream(bytes), "a"),
        ["npz"] = bytes => Model(TensorFile.Read(new MemoryStream(bytes), "a")),
        ["record"] = bytes => RunRecord.ReadReplay(bytes, "run.json"),
        ["checkpoint"] = Checkpoint,
        ["table"] = Table,
    };

    // what a model's reader does with any file's tensors
    static void Model(SafetensorsFile file)
    {
        ModelMetadata.Decode("m", file.Metadata);
        LinearLayers.Find("m", file);
    }

    // the files beside it are as long as it may say
    static void Checkpoint(byte[] bytes) => StoredCheckpoint.Decode(
        SafetensorsFile.Read(new MemoryStream(bytes), "c"), "c", name => (name, new MemoryStream(bytes)));

    static void Table(byte[] bytes)
    {
        DataTable table = DataTable.Read(new MemoryStream(bytes), "t");
        try
        {
            TablePreprocessor columns = TablePreprocessor.Fit(table);
            columns.Transform(table, columns.CompleteRows(table));
        }
        catch (ArgumentException) { }                              // a table that holds no such data; the program says so by option
    }
}
