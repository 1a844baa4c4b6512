using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Tests.Support;
using GpuMlp.Tests.Training;
using GpuMlp.Training;

namespace GpuMlp.Tests.Misuse;

/// <summary>What a user's own layer, loss or update rule does wrong, or is asked for where it cannot be, is said in a sentence.</summary>
public sealed class OwnPartsMisuseTests : IDisposable
{
    static readonly DataSet Moons = DataSets.MakeMoons(20);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    // a layer whose parts do what a test wants
    sealed class Scripted(Func<Scripted, float> forward) : HostLayer
    {
        internal Parameter Scale { get; private set; } = null!;

        internal static Scripted On(ComputeDevice device, Func<Scripted, float> forward)
        {
            var layer = new Scripted(forward);
            layer.Scale = layer.Register("scale", new Parameter(device, 1, 1));
            return layer;
        }

        internal float ValueOf(Parameter parameter) => Values(parameter)[0];

        internal float GradientOf(Parameter parameter) => Gradient(parameter)[0];

        protected override void Forward(ReadOnlySpan<float> x, Span<float> y, int rows) => y.Fill(forward(this));

        protected override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int rows) { }
    }

    sealed class Wrong(int outputs) : OwnReLU
    {
        public override int OutputsFor(int inputs) => outputs;
    }

    sealed class ScriptedRule(int states, Func<float> value) : HostUpdateRule
    {
        public override int States => states;

        protected internal override void Update(
            Span<float> values, ReadOnlySpan<float> gradients, Span<float> state, float learningRate, int step) => values.Fill(value());
    }

    sealed class Unknown : HostLoss
    {
        public override LabelKind Labels => (LabelKind)9;

        protected override float Compute(ReadOnlySpan<float> output, ReadOnlySpan<float> label, Span<float> gradient) => 0;
    }

    [Fact]
    public void ValuesAndGradientsAreThereInsideACallOnly()
    {
        Scripted layer = null!;
        Exception? gradient = null, foreign = null;
        layer = Scripted.On(device, own =>
        {
            gradient = Record.Exception(() => own.GradientOf(own.Scale));
            foreign = Record.Exception(() => own.ValueOf(new Parameter(device, 1, 1)));
            return own.ValueOf(own.Scale);
        });
        Assert.Equal([0f, 0], layer.Forward(new Tensor(device, 1, 2)).ToArray());
        Assert.Equal("Scripted: Gradient is there inside Backward only", Assert.IsType<InvalidOperationException>(gradient).Message);
        Assert.StartsWith("Scripted has not registered this parameter; see Register", Assert.IsType<ArgumentException>(foreign).Message);
        var outside = Assert.Throws<InvalidOperationException>(() => layer.ValueOf(layer.Scale));
        Assert.Equal("Scripted: Values is there inside Forward and Backward only", outside.Message);
        Assert.Throws<ArgumentNullException>(() => layer.ValueOf(null!));
    }

    /// <summary>The exception is the user's own, and nothing was changed: the network goes on once the fault is gone.</summary>
    [Fact]
    public void AnExceptionInAUsersCodeReachesTheUserAndChangesNothing()
    {
        bool fails = true;
        float Value() => fails ? throw new SinkException() : 0.5f;
        using Sequential network = With(_ => Value());
        float[] before = Parameters(network);
        var spec = new OptimizerSpec { Own = new ScriptedRule(1, Value) };
        using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 3, Optimizer = spec });
        Assert.Throws<SinkException>(() => trainer.Run(cancellation: Token));
        using Optimizer optimizer = spec.Build(network.Parameters());
        Assert.Throws<SinkException>(optimizer.Step);
        Assert.Equal(before, Parameters(network));
        Assert.Equal(0, optimizer.Steps);
        fails = false;
        Assert.Equal(3, trainer.Run(cancellation: Token).Steps);
        Assert.All(Parameters(network), value => Assert.Equal(0.5f, value));
    }

    [Fact]
    public void NaNOfAUsersLayerIsADivergence()
    {
        using Sequential network = With(_ => float.NaN);
        using var trainer = new Trainer(network, Moons, Recipe.Of(network) with { Steps = 3 });
        TrainingResult result = trainer.Run(cancellation: Token);
        Assert.Equal((StopReason.Diverged, 0), (result.StopReason, result.DivergedStep));
    }

    [Fact]
    public void SizesThatCannotBeAreRefused()
    {
        var e = Assert.Throws<InvalidOperationException>(() => new Wrong(-1).Forward(new Tensor(device, 1, 2)));
        Assert.Equal("Wrong.OutputsFor(2) is -1; it is a number of columns, 0 or more", e.Message);
        var wrong = Assert.Throws<ArgumentException>(
            () => new Sequential(new Linear(device, 2, 3), new Wrong(4), new Linear(device, 3, 1)));
        Assert.StartsWith("layer 2, Linear(3, 1), takes 3 columns, the layers before it give 4", wrong.Message);
        Assert.Throws<IndexOutOfRangeException>(() => new Wrong(1).Forward(new Tensor(device, 1, 2)));       // the user's own loop
        var states = Assert.Throws<ArgumentOutOfRangeException>(
            () => new OptimizerSpec { Own = new ScriptedRule(-1, () => 0) }.Build([new Parameter(device, 1, 1)]));
        Assert.Contains("ScriptedRule.States is how many numbers a value has, 0 or more", states.Message);
        using Sequential network = new(new Linear(device, 2, 1)) { Loss = new Unknown() };
        var labels = Assert.Throws<InvalidOperationException>(
            () => network.ComputeLoss(network.Forward(new Tensor(device, 1, 2)), new Tensor(device, 1, 1)));
        Assert.Equal("Unknown.Labels is 9, which is no kind of labels", labels.Message);
    }

    [Fact]
    public void ALossOfOnesOwnHasOneLabelARow()
    {
        using Sequential network = new(new Linear(device, 2, 2)) { Loss = new OwnSquares() };
        using Tensor x = new(device, 3, 2), labels = new(device, 3, 2);
        var refused = Assert.Throws<ArgumentException>(() => network.ComputeLoss(network.Forward(x), labels));
        Assert.Contains("OwnSquares takes an output n × 1 and labels n × 1, got 3 × 2 and 3 × 2", refused.Message);
        var two = new DataSet("two targets", new float[3, 2], new float[6], [], 2);
        refused = Assert.Throws<ArgumentException>(() => new Trainer(network, two, Recipe.Of(network)));
        Assert.Contains("OwnSquares takes one label per row, the data has 2", refused.Message);
    }

    [Fact]
    public void WhatOnlyTheLibrarysPartsCanDoIsRefused()
    {
        using Sequential network = OwnParts.Network(device, true, new BceWithLogitsLoss());
        using Sequential plain = OwnParts.Network(device, false, new OwnBce());
        string Fused(Sequential of, OptimizerSpec? optimizer = null) => Assert.Throws<ArgumentException>(() => new Trainer(of, Moons,
            Recipe.Of(of) with { Optimizer = optimizer ?? new() }, new TrainingOptions { Engine = EngineChoice.Fused })).Message;
        const string Cannot = "the fused engine cannot train this: ";
        Assert.StartsWith(Cannot + "it takes linear layers with one kind of activation between them and a sigmoid or nothing at the end: "
            + "OwnLinear is a layer of your own, which runs on the host", Fused(network));
        Assert.StartsWith(Cannot + "OwnBce is a loss of your own, which runs on the host", Fused(plain));
        using Sequential library = OwnParts.Network(device, false, new BceWithLogitsLoss());
        var rule = new OptimizerSpec { Own = new OwnDescent() };
        Assert.StartsWith(Cannot + "OwnDescent is an update rule of your own, which runs on the host", Fused(library, rule));
        Recipe recipe = Recipe.Of(library) with { Optimizer = rule };
        Assert.False(Population.Suits(device, recipe));
        var population = Assert.Throws<ArgumentException>(() => new Population(device, [recipe], [PopulationData.Of(Moons)]));
        Assert.Contains("OwnDescent is an update rule of your own, which runs on the host", population.Message);
        var weights = Assert.Throws<ArgumentException>(() => new Trainer(plain, Moons, Recipe.Of(plain) with { ClassWeights = [1, 2] }));
        Assert.StartsWith(
            "class weights are for the library's losses; OwnBce, one of your own, can weigh its rows itself", weights.Message);
        var mixed = Assert.Throws<ArgumentException>(() => (rule with { WeightDecay = 0.1f }).Build(library.Parameters()));
        Assert.StartsWith("OwnDescent is an update rule of your own, which takes no Kind, WeightDecay or L1", mixed.Message);
    }

    [Fact]
    public void FilesSayWhyTheyCannotHoldThem()
    {
        using var folder = new ScratchFolder();
        using Sequential network = OwnParts.Network(device, true, new BceWithLogitsLoss());
        using Sequential plain = OwnParts.Network(device, false, new OwnBce());
        string Save(Sequential of) => Assert.Throws<ArgumentException>(
            () => ModelFile.Save(folder.File("model.safetensors"), new Model(of, null, null, ["0", "1"]))).Message;
        Assert.Contains("this network is OwnLinear, OwnReLU, Linear(5, 1)", Save(network));
        Assert.StartsWith("OwnBce is a loss of your own, and a model file names one of bce, ", Save(plain));
        Assert.Empty(folder.Names);

        // the message's advice
        using Sequential same = plain.Spec!.Build(device, new BceWithLogitsLoss());
        same.LoadStateDict(plain.StateDict());
        ModelFile.Save(folder.File("model.safetensors"), new Model(same, null, null, ["0", "1"]));
        using Sequential loaded = ModelFile.Load(folder.File("model.safetensors"), device).Network;
        Assert.Equal(plain.Predict(Moons.Flat), loaded.Predict(Moons.Flat));
    }

    Sequential With(Func<Scripted, float> forward) =>
        new(new Linear(device, 2, 3), Scripted.On(device, forward), new Linear(device, 3, 1)) { Loss = new OwnBce() };

    static float[] Parameters(Sequential network) => [.. network.Parameters().SelectMany(p => p.Value.ToArray())];

    /// <inheritdoc/>
    public void Dispose() => device.Dispose();
}
