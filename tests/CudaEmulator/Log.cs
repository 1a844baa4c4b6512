namespace CudaEmulator;

/// <summary>The log of the emulator's faults: the file that was named, else stderr.</summary>
sealed class Log(string? file)
{
    readonly Lock writing = new();

    /// <summary>Whether launches are logged too, not only faults.</summary>
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
