namespace GpuMlp.Tables;

/// <summary>The line of each row: most rows are a line, so only jumps are kept.</summary>
sealed class LineNumbers
{
    readonly List<(int Row, long Line)> jumps = [];
    int count;
    long next;

    /// <summary>Adds the line of the next row.</summary>
    public void Add(long line)
    {
        if (line != next) jumps.Add((count, line));
        (count, next) = (count + 1, line + 1);
    }

    /// <summary>The line of a row.</summary>
    public long this[int row]
    {
        get
        {
            int low = 0, high = jumps.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (jumps[middle].Row <= row) low = middle;
                else high = middle - 1;
            }
            return jumps[low].Line + row - jumps[low].Row;
        }
    }
}
