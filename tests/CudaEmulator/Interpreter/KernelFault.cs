namespace CudaEmulator.Interpreter;

/// <summary>A kernel did what no kernel may do: what the context is left with, and a line for the log.</summary>
sealed class KernelFault(CudaError error, string message) : Exception(message)
{
    public CudaError Error => error;
}
