namespace CudaEmulator.Interpreter;

/// <summary>A number of groups or threads in each direction, or the position of one group or thread.</summary>
readonly record struct Size3(int X, int Y, int Z)
{
    public long Count => (long)X * Y * Z;

    /// <summary>The position with a given index, x fastest.</summary>
    public Size3 At(long index) => new((int)(index % X), (int)(index / X % Y), (int)(index / X / Y));

    public override string ToString() => $"({X},{Y},{Z})";
}
