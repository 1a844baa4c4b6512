using GpuMlp.Cli.Shell;
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
        throw new UsageException($"{path}: {WhyNot(path)}");
    }

    /// <summary>Why a path is not a file that can be read.</summary>
    public static string WhyNot(string path)
    {
        if (Directory.Exists(path)) return "is a folder; a file is needed";
        try
        {
            File.OpenRead(path).Dispose();
            return "there is no such file";
        }
        catch (UnauthorizedAccessException)
        {
            return "it may not be read: permission denied";        // as of a folder on the way there
        }
        catch (IOException)
        {
            return "there is no such file";
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hints">What the command line says of it; see <see cref="ModelOptions"/>.</param>
    /// <param name="terminal">Tells the user what there is to know of how it was read.</param>
    /// <exception cref="UsageException">The file is no model, or cannot be read.</exception>
    public static StoredModel Read(string path, ModelHints hints, Terminal terminal)
    {
        try
        {
            using IDisposable _ = terminal.DuringReading(path);
            StoredModel model = ModelFile.Read(path, hints);
            foreach (string note in model.Notes) terminal.Note(note);
            return model;
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
