using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Options;

/// <summary>The file that --config names: a run.json, or another with settings in it.</summary>
static class ConfigFile
{
    /// <summary>Reads a record; the data that it names is as this program finds it.</summary>
    /// <exception cref="UsageException">There is no such file, or it holds no settings.</exception>
    public static Replay Read(string file)
    {
        try
        {
            if (Directory.Exists(file)) throw UsageException.For("config", file, "is a folder; a file is needed");
            Replay replay = RunRecord.ReadReplay(file);
            TrainConfig config = RecordFiles.Find(file, replay);
            RequireData(config.Data, file);
            return replay with { Config = config };
        }
        catch (InvalidDataException e)
        {
            throw new UsageException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageException.For("config", file, File.Exists(file) ? e.Message : "there is no such file", e);
        }
    }

    static void RequireData(string name, string file)
    {
        try { TrainData.ReadName(name); }
        catch (FormatException e) { throw new UsageException($"{file}: data {UsageException.Cut(name)}: {e.Message}", e); }
    }
}
