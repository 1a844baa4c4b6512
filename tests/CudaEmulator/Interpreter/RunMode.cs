namespace CudaEmulator.Interpreter;

/// <summary>How threads are run. Each mode is a copy of the interpreter, so that one that counts nothing pays nothing for it.</summary>
interface IRunMode
{
    /// <summary>Whether each instruction and each access to memory goes to the group's <see cref="Counter"/>.</summary>
    static abstract bool Counts { get; }
}

/// <summary>Only the number of instructions is known.</summary>
readonly struct Plain : IRunMode
{
    public static bool Counts => false;
}

/// <summary>Everything in <see cref="LaunchCounts"/> is counted.</summary>
readonly struct Counted : IRunMode
{
    public static bool Counts => true;
}
