using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using static System.FormattableString;

namespace GpuMlp.Cli.Map;

/// <summary>Puts the parts of a map together.</summary>
static class MapMerge
{
    const int MostNamed = 8;

    /// <summary>Writes the map whose parts lie in a folder: the picture and the values of a map that was not shared out.</summary>
    /// <exception cref="UsageException">There is no part, or parts are of different maps.</exception>
    /// <returns>The exit code: 1 where parts are missing.</returns>
    public static int Execute(string path, Terminal terminal, Interruption interruption)
    {
        if (!Directory.Exists(path)) throw UsageException.For("merge", path, "there is no such folder");
        MapPart[] parts = [.. MapPart.In(path).OrderBy(part => part.Shard.Number)];
        if (parts.Length == 0) throw UsageException.For("merge", path, "no part of a map is in it; map --shard K/N writes one");
        int count = parts[0].Shard.Count;
        if (parts.FirstOrDefault(part => part.Shard.Count != count) is MapPart other)
            throw UsageException.For("merge", path, $"{Name(other)} and {Name(parts[0])} are of different numbers of parts; move one away");
        int[] missing = [.. Enumerable.Range(0, count).Except(parts.Select(part => part.Shard.Number))];
        if (missing.Length > 0)
        {
            string more = missing.Length > MostNamed ? Invariant($" and {missing.Length - MostNamed:N0} more") : "";
            Terminal.Error($"{path}: missing {string.Join(", ", missing.Take(MostNamed).Select(part => $"{part}/{count}"))}{more}; "
                + "map --shard with these numbers makes them");
            return ExitCode.Failed;
        }
        using OutputFolder folder = OutputFolder.Claim(path, true, RunFiles.OfMap);
        interruption.AtOnce = folder.Dispose;
        (MapRecord record, float[] values) = Together(path, parts);
        interruption.Complete("the map");
        MapOutputs.Write(folder, record, values, terminal);
        return ExitCode.Ok;
    }

    static string Name(MapPart part) => Path.GetFileName(part.Path);

    static (MapRecord, float[]) Together(string path, MapPart[] parts)
    {
        (MapRecord sum, _) = parts[0].Read();
        (int width, int height) = MapRequest.SizeOf(sum.Options["size"]);
        HostMemory.Require($"--size {sum.Options["size"]}", MapRun.BytesPerPixel * width * height);
        var values = new float[width * height];
        foreach (MapPart part in parts)
        {
            (MapRecord record, float[] some) = part.Read();
            if (sum.WhyNotOf(record.Version, record.Options, record.Data) is string difference)
                throw UsageException.For("merge", path, $"{Name(parts[0])} and {Name(part)} are of different maps: {difference}");
            int first = part.Shard.First(values.Length);
            if (some.Length != part.Shard.End(values.Length) - first)
                throw UsageException.For("merge", path, $"{Name(part)} has {some.Length} values: it was renamed; move it away");
            some.CopyTo(values, first);
            if (part != parts[0]) sum = sum.And(record);
        }
        return (sum, values);
    }
}
