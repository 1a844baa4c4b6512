namespace CudaEmulator;

/// <summary>Where the emulator says what went wrong: the file that was named, else stderr.</summary>
sealed class Log(string? file)
{
    readonly Lock writing = new();

    /// <summary>Whether more than faults is wanted.</summary>
    public bool IsFile => file is not null;

    public void Write(string line)
    {
        lock (writing)
        {
            if (file is null) Console.Error.WriteLine($"emulated card: {line}");
            else File.AppendAllText(file, line + "\n");
        }
    }
}
