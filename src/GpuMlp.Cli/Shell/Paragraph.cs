namespace GpuMlp.Cli.Shell;

/// <summary>Breaks text into lines that fit a terminal.</summary>
static class Paragraph
{
    const int OffATerminal = 80, Narrowest = 40;

    /// <summary>The columns of the terminal that a stream writes to; 80 where it is no terminal.</summary>
    public static int WidthOf(TextWriter writer)
    {
        if (writer == Console.Error ? Console.IsErrorRedirected : Console.IsOutputRedirected) return OffATerminal;
        try { return Console.WindowWidth is var width and > 0 ? Math.Max(Narrowest, width) : OffATerminal; }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException) { return OffATerminal; }
    }

    /// <summary>Breaks a text between words; a word longer than a line gets its own line.</summary>
    /// <param name="first">The beginning of the first line, which is never broken.</param>
    /// <param name="text">The words.</param>
    /// <param name="width">Columns per line.</param>
    /// <param name="indent">Blanks before each line but the first.</param>
    /// <param name="more">The end of each line but the last.</param>
    public static IEnumerable<string> Wrap(string first, string text, int width, int indent = 0, string more = "")
    {
        string line = first, blank = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (blank.Length > 0 && line.Length + 1 + word.Length + more.Length > width)
            {
                yield return line + more;
                (line, blank) = (new string(' ', indent), "");
            }
            line += blank + word;
            blank = " ";
        }
        yield return line;
    }
}
