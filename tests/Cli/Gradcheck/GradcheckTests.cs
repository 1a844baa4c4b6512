using System.Text.Json;
using GpuMlp.Cli.Gradcheck;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;

namespace GpuMlp.Tests.Cli.Gradcheck;

/// <summary>gpumlp gradcheck passes right gradients and fails wrong ones.</summary>
public class GradcheckTests
{
    [Fact]
    public void AllGradientsAreRight()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("gradcheck --device cpu");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("cross-entropy of 3", outcome.Out);
        foreach (string tensor in (string[])["weight", "bias", "input"])
            Assert.Matches($@"Linear layer 4-300 +{tensor} .* ok", outcome.Out);
        Assert.Equal(2, Gpumlp.Run("gradcheck --device gpu").ExitCode);
        Assert.Contains("(auto: a check is too little work for a GPU)", Gpumlp.Run("gradcheck --net 2-3-1").Error);
    }

    [Fact]
    public void ADerivativeThatIsNotItsFunctionsFails()
    {
        using var device = ComputeDevice.Open("cpu");
        var wrong = new GradientCase("wrong", [new Matrix(1, 2, [0.5, 1.5])], x => x[0].Exp(), x => x[0].Map(v => Math.Exp(v) + 1e-3 * v));
        Assert.Equal(1, GradcheckCommand.Execute(device, [wrong], new Terminal(quiet: true, json: false)));
    }

    [Fact]
    public void ANetworkHasARowForEachOfItsTensors()
    {
        Gpumlp.Outcome outcome = Gpumlp.Run("gradcheck --device cpu --json --net 2-8-3 --activation tanh");
        Assert.Equal(0, outcome.ExitCode);
        JsonElement report = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.True(report.GetProperty("passed").GetBoolean());
        JsonElement[] rows = [.. report.GetProperty("rows").EnumerateArray()];
        Assert.All(rows, row => Assert.Equal("2-8-3 tanh cross-entropy", row.GetProperty("op").GetString()));
        Assert.Equal(["layer 0 weight 16", "layer 0 bias 8", "layer 1 weight 24", "layer 1 bias 3", "input 10"],
            rows.Select(row => $"{row.GetProperty("tensor").GetString()} {row.GetProperty("checked").GetInt32()}"));
    }

    [Theory]
    [InlineData("--net", "--net 2-x-1: 'x' is not a width", "2-x-1")]
    [InlineData("--loss cross-entropy --net", "--loss cross-entropy: takes two outputs", "2-8-1")]
    [InlineData("--loss bce-torch --net",
        "--loss bce-torch: takes one output, 2-8-3 has 3; for several, allowed are mse and cross-entropy", "2-8-3")]
    [InlineData("--net", "--net 2-3000-3000-1: has 9,015,001 parameters", "2-3000-3000-1")]
    [InlineData("--activation", "--activation step: allowed are relu, leaky-relu", "step")]
    [InlineData("--loss", "--loss hinge: allowed are bce, bce-torch, bce-logits, mse, cross-entropy", "hinge")]
    public void ANetworkThatCannotBeIsRefused(string options, string message, string value)
    {
        Gpumlp.Outcome outcome = Gpumlp.Run($"gradcheck --device cpu {options}", value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, Assert.Single(outcome.ErrorLines));
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public void ANetworkThatIsNotItsReferenceFails()
    {
        using var device = ComputeDevice.Open("cpu");
        GradientCase right = NetworkCase.Make(NetworkSpec.Parse("2-8-8-1"), new BceLoss(), new Random(1));
        Assert.Equal(0, GradcheckCommand.Execute(device, [right], new Terminal(quiet: true, json: false)));
        GradientCase wrong = right with { OnHost = m => right.OnHost(m).Map(v => v + 1e-4 * m[2].Values[5]) };
        Assert.Equal(1, GradcheckCommand.Execute(device, [wrong], new Terminal(quiet: true, json: false)));
    }
}
