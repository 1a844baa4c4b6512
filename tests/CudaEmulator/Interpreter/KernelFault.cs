namespace CudaEmulator.Interpreter;

/// <summary>A kernel did something forbidden: the error that the context keeps, and a line for the log.</summary>
sealed class KernelFault(CudaError error, string message) : Exception(message)
{
    public CudaError Error => error;
}
