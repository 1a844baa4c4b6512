using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Plotting;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tensors;
using GpuMlp.Tests.Training;
using GpuMlp.Training;

namespace GpuMlp.Tests.Misuse;

/// <summary>How objects with something wrong are made.</summary>
sealed partial class World
{
    static float[] Ramp(int count, float scale = 1) => [.. Enumerable.Range(0, count).Select(k => k * scale)];

    static TrainingOptions Options(EngineChoice engine = EngineChoice.Auto) => new() { SnapshotEvery = 5, Engine = engine };

    static Recipe Small() => new() { Net = NetworkSpec.Parse("2-5-1"), Steps = 20 };

    Sequential Net(string net, Loss? loss = null, ComputeDevice? on = null) => NetworkSpec.Parse(net).Build(
        on ?? main, Initialization.Uniform, new PhiloxStream(1, StreamPurpose.Initialization), loss ?? new BceLoss());

    static Population NewPopulation(ComputeDevice device, PopulationData data, params Recipe[] recipes) => new(device, recipes, [data]);

    object RowOfADisposedOne()
    {
        Variable x = Variable.From(main, new float[3, 2]), row = x.Row(1);
        x.Dispose();
        return row;
    }

    object GoneBackThrough()
    {
        Variable y = Variable.From(main, new float[3, 1], true).Exp().Sum();
        y.Backward();
        return y;
    }

    object InputGone()
    {
        Sequential net = Net("2-5-1");
        using var x = new Tensor(main, 3, 2);
        net.ComputeLoss(net.Forward(x), new Tensor(main, 3, 1));
        return net;
    }

    static GridSpec SpoiledGrid()
    {
        GridSpec grid = GridSpec.FromSize(new Window(-1, 1, -1, 1), 40, 4);
        Array.Fill(grid.X, float.NaN, 20, 20);
        grid.X[3] = 1e30f;
        return grid;
    }

    // something made of a network that is disposed afterwards
    T Orphan<T>(Func<Sequential, T> make, string of = "2-5-1", Loss? loss = null)
    {
        using Sequential net = Net(of, loss);
        return make(net);
    }

    static Trainer NewTrainer(Sequential net, TrainingOptions options, Picks? picks = null) =>
        new(net, DataSets.MakeMoons(20), Recipe.Of(net) with { Steps = 20 }, options, picks);

    static TrainingSession NewSession(Sequential net) => new(net, DataSets.MakeMoons(20), Recipe.Of(net));

    TrainingState State()
    {
        using Trainer trainer = NewTrainer(Net("2-5-1"), Options());
        return trainer.ReadState();
    }

    static BoundaryPlot Plot() =>
        new(GridSpec.FromSize(new Window(-1, 1, -1, 1), 5, 4), Ramp(6), [0, 1, 1], new PlotOptions { Width = 80, Height = 80 });

    Sequential Forwarded(out Tensor y)
    {
        Sequential net = Net("2-5-1");
        y = net.Forward(Tensor.From(main, Ramp(6), 3, 2));
        return net;
    }

    object WithLoss()
    {
        Sequential net = Forwarded(out Tensor y);
        net.ComputeLoss(y, new Tensor(main, 3, 1));
        return net;
    }

    object StaleLogit()
    {
        Sequential net = Forwarded(out _);
        net.Layers[^1].Forward(new Tensor(main, 1, 1));
        return net;
    }

    object OlderOutput()
    {
        Sequential net = Forwarded(out Tensor y);
        net.Forward(new Tensor(main, 70, 2));
        return y;
    }

    object ReplacedWeight()
    {
        var layer = new Linear(main, 2, 1);
        Tensor weight = layer.Weight.Value;
        _ = new Sequential(layer, new Sigmoid());
        return weight;
    }

    static T Disposed<T>(T value) where T : IDisposable => Disposed(value, value);

    static TResult Disposed<T, TResult>(T value, TResult result) where T : IDisposable
    {
        value.Dispose();
        return result;
    }

    static T OnGone<T>(Func<ComputeDevice, T> make)
    {
        ComputeDevice device = ComputeDevice.OpenCpu(4, 1);
        T made = make(device);
        device.Dispose();
        return made;
    }

    StoredModel Stored()
    {
        string file = Path.Combine(folder, Path.GetRandomFileName());
        using Sequential network = Net("2-5-1");
        ModelFile.Save(file, new Model(network, null, null, ["0", "1"]));
        return ModelFile.Read(file);
    }

    void AddOwnParts()
    {
        Add<HostLayer>(("own relu", () => new OwnReLU()), ("own 2 to 5", () => new OwnLinear(main, 2, 5)),
            ("own, disposed", () => Disposed(new OwnReLU())));
        Add<HostLoss>(("own bce", () => new OwnBce()), ("own mse", () => new OwnSquares()));
        Add<HostUpdateRule>(("own descent", () => new OwnDescent()));
    }

    void AddCheckpoints()
    {
        Add<Checkpointing>(("every 2 steps", () => new Checkpointing(_ => { }) { Steps = 2 }),
            ("null save", () => new Checkpointing(null!)), ("no steps", () => new Checkpointing(_ => { }) { Steps = 0 }));
        Add<TrainingState>(("of 2-5-1", State), ("of another network", () => new TrainingState(1, [1, 2], [])),
            ("with an optimizer", () => State() with { Optimizer = [1] }), ("no parameters", () => State() with { Parameters = null! }),
            ("null optimizer", () => State() with { Optimizer = null! }), ("no looks", () => State() with { Validation = null! }),
            ("beyond", () => State() with { Steps = 21 }), ("negative", () => State() with { Steps = -1 }),
            ("best of another", () => State() with { Best = [1] }));
    }
}
