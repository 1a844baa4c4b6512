using System.Globalization;
using System.Text.RegularExpressions;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Map;

/// <summary>
/// The file of a part of a map: the values of its pixels with its record, written whole or not at all. Two tasks with the same number write
/// the same bytes.
/// </summary>
sealed partial record MapPart(string Path, Shard Shard)
{
    const string RecordKey = "gpumlp.map", PartKey = "gpumlp.part", ValuesName = "values";

    /// <summary>The file of a part in a folder, which is made if it is not there.</summary>
    /// <exception cref="UsageException">The folder cannot be made.</exception>
    public static MapPart At(string folder, Shard shard)
    {
        try
        {
            if (File.Exists(folder)) throw UsageException.For("out", folder, "is a file; a folder is needed");
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw UsageException.For("out", folder, $"cannot write there: {OutputFolder.Plain(e.Message)}", e);
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"map-{shard.Number}-of-{shard.Count}.safetensors");
        var part = new MapPart(System.IO.Path.Combine(folder, name), shard);
        AtomicFile.Clear(part.Path);
        AtomicFile.Clear(part.Begun.Path);
        return part;
    }

    /// <summary>The file of what is trained of the part so far, from which it goes on when it was stopped.</summary>
    public MapPart Begun => this with { Path = System.IO.Path.ChangeExtension(Path, ".begun") };

    /// <summary>The files of parts in a folder, by their names.</summary>
    public static IEnumerable<MapPart> In(string folder)
    {
        foreach (string path in Directory.GetFiles(folder))
        {
            if (FileName().Match(System.IO.Path.GetFileName(path)) is not { Success: true } name) continue;
            if (!int.TryParse(name.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int number)) continue;
            if (!int.TryParse(name.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out int count)) continue;
            if (number < count && count <= Shard.Most)
                yield return new MapPart(path, new Shard(number, count));
        }
    }

    [GeneratedRegex(@"^map-(0|[1-9]\d*)-of-([1-9]\d*)\.safetensors\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    /// <summary>Its record and its values.</summary>
    /// <exception cref="UsageException">The file is no part of a map.</exception>
    public (MapRecord Record, float[] Values) Read()
    {
        try
        {
            SafetensorsFile file = SafetensorsFile.Read(Path);
            MapRecord? record = file.Metadata.TryGetValue(RecordKey, out string? json) ? MapRecord.Of(json) : null;
            if (record is null || file.Find(ValuesName) is not SafeTensor values)
                throw new UsageException($"{Path}: it is no part of a map; move it away");
            if (file.Metadata.GetValueOrDefault(PartKey) is not string held || held != $"{Shard}")
                throw new UsageException($"{Path}: it holds another part than {Shard}, so it was copied or renamed; move it away");
            return (record, values.Floats);
        }
        catch (InvalidDataException e)
        {
            throw new UsageException($"{e.Message} It is no part of a map; move it away", e);
        }
    }

    /// <summary>Writes the file.</summary>
    public void Write(MapRecord record, float[] values) =>
        new SafetensorsFile([SafeTensor.Float32(ValuesName, [values.Length], values)], new Dictionary<string, string>
        {
            [RecordKey] = record.ToJson(),
            [PartKey] = $"{Shard}",
        }).Write(Path);
}
