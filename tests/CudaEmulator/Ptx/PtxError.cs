namespace CudaEmulator.Ptx;

/// <summary>A module that is not accepted: the line at fault, and the message for the JIT's error log.</summary>
sealed class PtxError(int line, string message, CudaError code = CudaError.InvalidPtx)
    : Exception($"ptxas application ptx input, line {line}; error   : {message}")
{
    /// <summary>The result of the call that loads the module.</summary>
    public CudaError Code => code;

    /// <summary>The line of the module's text, from 1.</summary>
    public int Line => line;
}
