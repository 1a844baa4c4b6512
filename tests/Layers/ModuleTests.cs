using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Tensors;

namespace GpuMlp.Tests.Layers;

/// <summary>Modules know their parameters by name.</summary>
public class ModuleTests : IDisposable
{
    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    Sequential Net() => new(new Scale(device), new Linear(device, 2, 3), new ReLU());

    [Fact]
    public void NamesFollowTheTree()
    {
        Sequential net = Net();
        Assert.Equal(["0.factor", "1.weight", "1.bias"], net.NamedParameters().Select(p => p.Name));
        Assert.Equal(10, net.ParameterCount);
        Assert.Equal("Sequential(\n  (0): Scale(factor 1 × 1)\n  (1): Linear(2, 3)\n  (2): ReLU\n)  # 10 parameters", net.ToString());
    }

    [Fact]
    public void StateMovesFromNetToNet()
    {
        Sequential from = Net(), to = Net();
        foreach (Parameter p in from.Parameters()) p.Value.CopyFrom([.. Enumerable.Range(1, p.Length).Select(k => (float)k)]);
        to.LoadStateDict(from.StateDict());
        Assert.Equal(from.Parameters().SelectMany(p => p.Value.ToArray()), to.Parameters().SelectMany(p => p.Value.ToArray()));
    }

    [Fact]
    public void AllThatDoesNotFitIsListedAndNothingChanges()
    {
        Sequential net = Net();
        var state = new Dictionary<string, float[,]>
        {
            ["0.factor"] = new float[,] { { 5 } },
            ["1.weight"] = new float[3, 2],
            ["4.weight"] = new float[1, 1],
        };
        string message = Assert.Throws<ArgumentException>(() => net.LoadStateDict(state)).Message;
        Assert.Contains("missing: '1.bias' 1 × 3", message);
        Assert.Contains("unexpected: '4.weight'", message);
        Assert.Contains("mis-shaped: '1.weight' is 3 × 2, 2 × 3 is needed", message);
        Assert.Equal(0f, net.Parameters()[0].Value.Item());
        state.Remove("1.weight");
        net.LoadStateDict(state, strict: false);
        Assert.Equal(5f, net.Parameters()[0].Value.Item());
    }

    [Fact]
    public void ZeroGradClearsAll()
    {
        Sequential net = Net();
        net.Forward(Variable.From(device, new float[,] { { 1, 2 } })).Sum().Backward();
        net.Forward(Variable.From(device, new float[,] { { 1, 2 } })).Sum().Backward();
        net.ZeroGrad();
        Assert.All(net.Parameters().SelectMany(p => p.Gradient.ToArray()), g => Assert.Equal(0f, g));
    }

    [Fact]
    public void ByHandNeedsLayers()
    {
        using var x = new Tensor(device, 1, 2);
        Assert.Contains("module 0, Scale", Assert.Throws<InvalidOperationException>(() => Net().Forward(x)).Message);
    }

    [Fact]
    public void NamesAreTakenOnce() =>
        Assert.Contains("'a' is registered twice", Assert.Throws<ArgumentException>(() => new Twice(device)).Message);

    sealed class Scale : Module
    {
        readonly Parameter factor;

        public Scale(ComputeDevice device) => factor = Register("factor", new Parameter(device, 1, 1));

        public override Variable Forward(Variable x) => x * factor;
    }

    sealed class Twice : Module
    {
        public Twice(ComputeDevice device)
        {
            Register("a", new Parameter(device, 1, 1));
            Register("a", new ReLU());
        }

        public override Variable Forward(Variable x) => x;
    }
}
