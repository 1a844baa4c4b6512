using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Records;

namespace GpuMlp.Cli.Input;

/// <summary>The model file that a command names.</summary>
static class ModelInput
{
    /// <summary>Checks that a path is a file, before anything costly begins.</summary>
    /// <exception cref="UsageException">There is no such file, or it is a folder.</exception>
    public static void RequireFile(string path)
    {
        if (File.Exists(path)) return;
        throw new UsageException($"{path}: {(Directory.Exists(path) ? "is a folder; a model file is needed" : "there is no such file")}");
    }

    /// <summary>Loads a model.</summary>
    /// <exception cref="UsageException">The file is no model, or cannot be read.</exception>
    public static Model Load(string path, ComputeDevice device)
    {
        try
        {
            return ModelFile.Load(path, device);
        }
        catch (InvalidDataException e)
        {
            throw new UsageException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
    }
}
