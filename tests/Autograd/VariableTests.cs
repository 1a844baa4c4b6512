using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Losses;

namespace GpuMlp.Tests;

/// <summary>Each op on variables: its gradient against central differences of its own forward.</summary>
public sealed class VariableTests : IDisposable
{
    readonly ComputeDevice device = ComputeDevice.OpenCpu(8, 1);

    static readonly float[,] start = { { 0.7f, -1.3f, 0.4f }, { 1.9f, 0.25f, -0.6f } };

    public void Dispose() => device.Dispose();

    public static TheoryData<string> Ops => [.. Functions.Keys];

    static readonly Dictionary<string, Func<Variable, Variable>> Functions = new()
    {
        ["add"] = x => (x + x.Row(1)).Sum(),
        ["subtract"] = x => (x.Row(0) - x).Mean(),
        ["multiply"] = x => (x * x.Row(0)).Sum(),
        ["divide"] = x => (x / (x * x + 1f)).Sum(),
        ["matmul"] = x => x.MatMul(x.Transpose()).Sum(),
        ["reshape"] = x => (x.Reshape(3, 2) * x.Transpose()).Sum(),
        ["clamp"] = x => (x.Clamp(-1f, 1f) * x).Sum(),
        ["relu"] = x => (x.Relu() * x).Sum(),
        ["leaky relu"] = x => (x.LeakyRelu() * x).Sum(),
        ["tanh"] = x => x.Tanh().Sum(),
        ["sigmoid"] = x => (x.Sigmoid() * x).Sum(),
        ["silu"] = x => x.Silu().Sum(),
        ["exp"] = x => x.Exp().Mean(),
        ["log"] = x => (x * x + 1f).Log().Sum(),
        ["softplus"] = x => x.Softplus().Sum(),
        ["softmax"] = x => (x.Softmax() * x).Sum(),
        ["mse"] = x => new MseLoss().Forward(x.Reshape(6, 1), Variable.From(x.Device, new float[,] { { 1 }, { 0 }, { 2 }, { -1 }, { 0.5f }, { 3 } })),
        ["cross-entropy"] = x => new CrossEntropyLoss().Forward(x, Variable.From(x.Device, new float[,] { { 2 }, { 0 } })),
        ["bce"] = x => new BceLoss().Forward(x.Reshape(6, 1).Sigmoid(), Variable.From(x.Device, new float[,] { { 1 }, { 0 }, { 1 }, { 1 }, { 0 }, { 0 } })),
    };

    [Theory]
    [MemberData(nameof(Ops))]
    public void GradientIsThatOfTheForward(string op)
    {
        Variable x = Variable.From(device, start, wantsGradient: true);
        Functions[op](x).Backward();
        float[] analytic = x.Gradient!.ToArray();
        for (int k = 0; k < 6; k++)
        {
            const float Step = 1e-2f;
            float numeric = (At(k, Step) - At(k, -Step)) / (2 * Step);
            Assert.True(Math.Abs(numeric - analytic[k]) < 2e-3f * (1 + Math.Abs(numeric)), $"{op}, element {k}: {numeric} against {analytic[k]}");
        }

        float At(int k, float by)
        {
            var moved = (float[,])start.Clone();
            moved[k / 3, k % 3] += by;
            return Functions[op](Variable.From(device, moved)).Item();
        }
    }

    [Fact]
    public void MisuseSaysWhatToDo()
    {
        Variable x = Variable.From(device, start, wantsGradient: true);
        Assert.Throws<InvalidOperationException>(() => x.Exp().Backward());
        Variable sum = x.Sum();
        sum.Backward();
        Assert.Throws<InvalidOperationException>(() => sum.Backward());
    }
}
