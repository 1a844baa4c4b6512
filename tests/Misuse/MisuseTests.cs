using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Kernels.Activations;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tensors;
using GpuMlp.Training;
using Sigmoid = GpuMlp.Layers.Sigmoid;

namespace GpuMlp.Tests.Misuse;

/// <summary>Wrong use of the library gives an exception that says what is wrong, never a wrong number or a crash.</summary>
public sealed class MisuseTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(20);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    Sequential Net(string net = "2-5-1", Loss? loss = null) =>
        NetworkSpec.Parse(net).Build(
            device, Initialization.Uniform, new PhiloxStream(1, StreamPurpose.Initialization), loss ?? new BceLoss());

    Trainer NewTrainer(Sequential network, Picks? picks = null, EngineChoice engine = EngineChoice.Auto, OptimizerSpec? optimizer = null) =>
        new(network, Moons, Recipe.Of(network) with { Steps = 50, Optimizer = optimizer ?? OptimizerSpec.Default },
            new TrainingOptions { SnapshotEvery = 0, Engine = engine }, picks);

    [Fact]
    public void ADisposedTensorSaysSo()
    {
        Tensor x = Tensor.From(device, [1, 2], 1, 2);
        Sequential net = Net();
        net.Forward(x);
        x.Dispose();
        var e = Assert.Throws<ObjectDisposedException>(() => net.Forward(x));
        Assert.Contains("this tensor (1 × 2) was disposed", e.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(x.ToArray);
        Assert.Throws<ObjectDisposedException>(() => x.CopyFrom([1, 2]));
    }

    [Fact]
    public void AnOutputIsGoneOnceTheBatchHasAnotherSize()
    {
        Sequential net = Net();
        Tensor before = net.Forward(new Tensor(device, 32, 2));
        net.Forward(new Tensor(device, 8, 2));
        Assert.Throws<ObjectDisposedException>(before.ToArray);
    }

    [Fact]
    public void ALayerMakesANewOutputWhereItsOwnWasDisposed()
    {
        Sequential net = Net();
        using Tensor x = Tensor.From(device, [1, 2], 1, 2);
        float[] first = net.Forward(x).ToArray();
        net.Forward(x).Dispose();
        Assert.Equal(first, net.Forward(x).ToArray());
    }

    [Fact]
    public void ATrainerThatWasDisposedDoesNotRun()
    {
        Trainer trainer = NewTrainer(Net());
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Run(cancellation: Token));
        Assert.Throws<ObjectDisposedException>(trainer.WarmUp);
    }

    [Theory]
    [InlineData(EngineChoice.Fused)]
    [InlineData(EngineChoice.Layers)]
    public void ATrainerStopsWhereItsNetworkGoesInTheMiddle(EngineChoice engine)
    {
        Sequential net = Net();
        var options = new TrainingOptions { StepsPerLaunch = 100, Engine = engine };
        using var trainer = new Trainer(net, Moons, Recipe.Of(net) with { Steps = 5000 }, options);
        Assert.Throws<ObjectDisposedException>(() => trainer.Run((_, _) => net.Dispose(), Token));
    }

    [Theory]
    [InlineData(40_000_000)]
    [InlineData(20)]
    public void PicksBeyondTheDataAreRefused(int row)
    {
        var e = Assert.Throws<ArgumentException>(() => NewTrainer(Net(), Picks.Fixed([.. Enumerable.Repeat(row, 50)])));
        Assert.Contains($"picks go up to row {row}, 'moons' has rows 0 to 19", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Picks.Fixed([0, -1]));
        Assert.Throws<ArgumentException>(() => NewTrainer(Net(), Picks.Philox(0, 21)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Picks.Philox(0, 0));
    }

    [Fact]
    public void PicksAreAsTheyWereGiven()
    {
        int[] rows = new int[50];
        using Trainer trainer = NewTrainer(Net(), Picks.Fixed(rows));
        Array.Fill(rows, 40_000_000);
        Assert.Equal(50, trainer.Run(cancellation: Token).Steps);
    }

    [Fact]
    public void BothEnginesDrawFromTheExamplesThatPicksName()
    {
        float[] Losses(EngineChoice engine) => NewTrainer(Net(), Picks.Philox(3, 5), engine).Run(cancellation: Token).Losses;
        Assert.Equal(Losses(EngineChoice.Layers), Losses(EngineChoice.Fused));
        Assert.NotEqual(Losses(EngineChoice.Layers), NewTrainer(Net(), Picks.Philox(3, 20), EngineChoice.Layers)
            .Run(cancellation: Token).Losses);
    }

    sealed class SoftplusLayer() : ActivationLayer(new ActivationOps<Softplus>());

    [Fact]
    public void AnActivationThatNoFusedKernelKnowsTrainsAsItself()
    {
        Sequential Make() => new(new Linear(device, 2, 5), new SoftplusLayer(), new Linear(device, 5, 1), new Sigmoid());
        float[] start = [.. Enumerable.Range(0, Net().Arena.Length).Select(k => MathF.Sin(k))];
        (float[] Losses, string Engine, string Reason) Run(EngineChoice engine)
        {
            Sequential net = Make();
            net.LoadParameters(start);
            using Trainer trainer = NewTrainer(net, engine: engine);
            return (trainer.Run(cancellation: Token).Losses, trainer.Engine, trainer.EngineReason);
        }
        var auto = Run(EngineChoice.Auto);
        Assert.Equal("layers", auto.Engine);
        Assert.Equal(Run(EngineChoice.Layers).Losses, auto.Losses);
        Assert.Contains("no kernel knows its activation, SoftplusLayer", auto.Reason, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Run(EngineChoice.Fused));
    }

    [Fact]
    public void NesterovWithoutMomentumIsRefusedByBothEngines()
    {
        var optimizer = new OptimizerSpec { Kind = OptimizerKind.Nesterov, Momentum = 0 };
        foreach (EngineChoice engine in (EngineChoice[])[EngineChoice.Fused, EngineChoice.Layers])
            Assert.Throws<ArgumentOutOfRangeException>(() => NewTrainer(Net(), engine: engine, optimizer: optimizer));
    }

    [Fact]
    public void NetworksTooDeepForAPopulationAreRefused()
    {
        NetworkSpec deep = NetworkSpec.Parse("2-3-3-3-3-3-3-3-3-1");
        using Sequential net = deep.Build(device, new BceLoss());
        Assert.Throws<ArgumentException>(() => PopulationEvaluator.Evaluate(device, deep, [new float[net.Arena.Length]], [new float[2]]));
        Assert.Throws<ArgumentException>(() => new GpuMlp.Kernels.Networks.NetworkShape(deep.Widths));
    }

    [Fact]
    public void DataThatIsNotWhatItSaidIsRefused()
    {
        var recipe = new Recipe { Net = NetworkSpec.Parse("2-5-1"), Steps = 5 };
        var narrow = new DataSet("x", new float[20, 1], new float[20], ["0", "1"]);
        foreach (PopulationData said in (PopulationData[])[new(4000, 2, () => Moons), new(20, 2, () => narrow)])
        {
            var e = Assert.Throws<ArgumentException>(() => new Population(device, [recipe], [said]).Run(cancellation: Token));
            Assert.Contains($"data set 0 said {said.Rows} × 2, what it loads is 20 × ", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1.5f)]
    [InlineData(float.NaN)]
    [InlineData(-1f)]
    [InlineData(3f)]
    public void AComputedLabelThatIsNoClassGivesNaN(float label)
    {
        Variable logits = Variable.From(device, new float[,] { { 1, 2, 3 } });
        Variable computed = Variable.From(device, [0f]) + label;
        Assert.True(float.IsNaN(new CrossEntropyLoss().Forward(logits, computed).Item()));
        Assert.False(float.IsNaN(new CrossEntropyLoss().Forward(logits, Variable.From(device, [0f]) + 2f).Item()));
    }

    [Fact]
    public void WhatDoesNotFitABufferIsRefusedByName()
    {
        var tensor = Assert.Throws<ArgumentOutOfRangeException>(() => new Tensor(device, 65536, 65536));
        const string TooLarge = "a tensor of 65536 × 65536: 4,294,967,296 values; a buffer holds up to 1,879,048,191";
        Assert.StartsWith(TooLarge, tensor.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(device, 65536, 65536));
        Variable column = Variable.From(device, new float[65536]);
        var sum = Assert.Throws<ArgumentOutOfRangeException>(() => column + column.Transpose());
        Assert.StartsWith("+: 4,294,967,296 values", sum.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => column.MatMul(column.Transpose()));
        Sequential net = Net();
        var snapshots = Assert.Throws<ArgumentOutOfRangeException>(
            () => new Trainer(net, Moons, Recipe.Of(net) with { Steps = 2_000_000_000 }, new TrainingOptions { SnapshotEvery = 1 }));
        Assert.StartsWith("2000000000 snapshots, one every 1 steps", snapshots.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelOfAnotherDeviceIsRefused()
    {
        using ComputeDevice other = ComputeDevice.OpenCpu(4, 1);
        Sequential net = Net();
        Tensor y = net.Forward(new Tensor(device, 3, 2));
        Assert.Throws<ArgumentException>(() => net.ComputeLoss(y, new Tensor(other, 3, 1)));
        var layer = new ReLU();
        layer.Forward(new Tensor(device, 3, 2));
        Assert.Throws<ArgumentException>(() => layer.Backward(new Tensor(other, 3, 2)));
    }

    [Fact]
    public void ALossIsOfTheForwardItWasAskedFor()
    {
        float Loss(Action<Sequential>? meanwhile)
        {
            Sequential net = Net();
            Tensor y = net.Forward(new Tensor(device, 300, 2));
            meanwhile?.Invoke(net);
            return net.ComputeLoss(y, new Tensor(device, 300, 1)).Item();
        }
        Assert.Equal(Loss(null), Loss(net => net.Layers[^1].Forward(new Tensor(device, 1, 1))));          // the sigmoid saw another logit
        Assert.Throws<ObjectDisposedException>(() => Loss(net => net.Layers[^2].Forward(new Tensor(device, 1, 5))));
    }

    [Fact]
    public void WhatIsDoneWithADisposedDeviceSaysSo()
    {
        ComputeDevice gone = ComputeDevice.OpenCpu(4, 1);
        Variable x = Variable.From(gone, new float[2, 2]);
        Tensor t = new(gone, 2, 2);
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x + 1f);
        Assert.Throws<ObjectDisposedException>(() => Variable.From(gone, [1f]));
        Assert.Throws<ObjectDisposedException>(() => new Tensor(gone, 2, 2));
        Assert.Throws<ObjectDisposedException>(t.ToArray);
        Assert.Throws<ObjectDisposedException>(gone.Synchronize);
        x.Dispose();
        t.Dispose();
    }

    [Fact]
    public void ASinkMayNotUseOrDisposeTheDevice()
    {
        var grid = new GridEvaluator(Net());
        GridSpec spec = GridSpec.FromSize(new Window(-1, 1, -1, 1), 64, 64);
        Assert.Throws<InvalidOperationException>(() => grid.Stream(spec, (_, _) => device.Dispose(), cancellation: Token));
        Assert.Throws<InvalidOperationException>(() => grid.Stream(spec, (_, _) => new Tensor(device, 1, 1), cancellation: Token));
        Assert.Equal(64 * 64, grid.Evaluate(spec).Length);
    }

    [Fact]
    public void ABackwardOverChangedValuesIsRefused()
    {
        Sequential net = Net();
        using Tensor x = Tensor.From(device, [1, 2], 1, 2), y = new(device, 1, 1);
        net.ComputeLoss(net.Forward(x), y);
        x.CopyFrom([3, 4]);
        Assert.Contains("x was changed since", Assert.Throws<InvalidOperationException>(net.Backward).Message, StringComparison.Ordinal);
        net.ComputeLoss(net.Forward(x), y);
        net.Backward();
        net.Step(0.1f);
        string Refusal(Action act) => Assert.Throws<InvalidOperationException>(act).Message;
        Assert.Contains("parameters were changed", Refusal(net.Backward), StringComparison.Ordinal);

        var optimizer = new Sgd(net.Parameters(), 0.1f);
        Variable loss = new BceLoss().Forward(net.Forward(Variable.From(device, new float[1, 2])), Variable.From(device, [0f]));
        optimizer.Step();
        Assert.Contains("before the optimizer's Step", Refusal(() => loss.Backward()), StringComparison.Ordinal);
    }

    [Fact]
    public void CoresAreBounded() => Assert.Throws<ArgumentOutOfRangeException>(() => ComputeDevice.OpenCpu(16, 100_000));

    [Fact]
    public void ADisposedNetworkTrainsNoMore()
    {
        Sequential net = Net();
        var optimizer = new Sgd(net.Parameters(), 0.1f);
        Trainer trainer = NewTrainer(net);
        var grid = new GridEvaluator(net);
        net.Dispose();
        Assert.Throws<ObjectDisposedException>(() => net.Predict([1, 2]));
        Assert.Throws<ObjectDisposedException>(() => net.Step(0.1f));
        Assert.Throws<ObjectDisposedException>(() => net.LoadParameters(new float[5]));
        Assert.Throws<ObjectDisposedException>(optimizer.Step);
        Assert.Throws<ObjectDisposedException>(() => trainer.Run(cancellation: Token));
        Assert.Throws<ObjectDisposedException>(() => grid.Evaluate(GridSpec.FromSize(new Window(0, 1, 0, 1), 2, 2)));
    }

    [Fact]
    public void WhatNobodyHoldsComesBack()
    {
        using ComputeDevice own = ComputeDevice.OpenCpu(4, 1);
        Sequential net = NetworkSpec.Parse("2-50-1").Build(own, new BceLoss());
        for (int step = 0; step < 100_000; step++) net.Forward(Tensor.From(own, [1, 2], 1, 2));
        Assert.InRange(own.LiveBuffers, 1, 10_000);
    }

    public void Dispose() => device.Dispose();
}
