namespace CudaEmulator.Interpreter;

/// <summary>The threads that touched each word of memory since a group's last barrier.</summary>
sealed class RaceFinder
{
    const int Nobody = -1;

    readonly Dictionary<nint, Word> words = [];

    /// <summary>Forgets everything: all threads have reached a barrier.</summary>
    public void Clear() => words.Clear();

    /// <summary>Notes that a thread touches a word.</summary>
    /// <returns>A thread that this one races with; null if there is none.</returns>
    public int? Touch(nint address, int thread, bool writes)
    {
        Word word = words.GetValueOrDefault(address, new(Nobody, Nobody, Nobody));
        if (word.Writer != Nobody && word.Writer != thread) return word.Writer;
        if (writes)
        {
            int other = word.Reader != thread ? word.Reader : word.AnotherReader;
            if (other != Nobody) return other;
            words[address] = word with { Writer = thread };
        }
        else if (word.Reader == Nobody)
        {
            words[address] = word with { Reader = thread };
        }
        else if (word.Reader != thread)
        {
            words[address] = word with { AnotherReader = thread };
        }
        return null;
    }

    readonly record struct Word(int Writer, int Reader, int AnotherReader);
}
