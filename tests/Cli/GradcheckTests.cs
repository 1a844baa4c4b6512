using GpuMlp.Cli;
using GpuMlp.Cli.Gradients;
using GpuMlp.Devices;

namespace GpuMlp.Tests;

/// <summary>gpumlp gradcheck passes what is right and fails what is wrong.</summary>
public class GradcheckTests
{
    [Fact]
    public void All_gradients_are_right()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("gradcheck --device cpu");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("cross-entropy of 3", outcome.Out);
        Assert.Equal(2, Gpumlp.Run("gradcheck --device gpu").ExitCode);
    }

    [Fact]
    public void A_derivative_that_is_not_its_functions_fails()
    {
        using var device = ComputeDevice.Open("cpu");
        var wrong = new GradientCase("wrong", [new Matrix(1, 2, [0.5, 1.5])], x => x[0].Exp(), x => x[0].Map(v => Math.Exp(v) + 1e-3 * v));
        Assert.Equal(1, GradcheckCommand.Execute(device, [wrong], new Terminal(quiet: true, json: false)));
    }
}
