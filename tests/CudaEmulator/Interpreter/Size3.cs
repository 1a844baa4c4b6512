namespace CudaEmulator.Interpreter;

/// <summary>How many groups or threads there are in each direction, or which one it is.</summary>
readonly record struct Size3(int X, int Y, int Z)
{
    public long Count => (long)X * Y * Z;

    /// <summary>The place of the one with a number, x fastest.</summary>
    public Size3 At(long index) => new((int)(index % X), (int)(index / X % Y), (int)(index / X / Y));

    public override string ToString() => $"({X},{Y},{Z})";
}
