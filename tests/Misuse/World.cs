using System.Reflection;
using GpuMlp.Autograd;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Metrics;
using GpuMlp.Optimizers;
using GpuMlp.Planning;
using GpuMlp.Plotting;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Settings;
using GpuMlp.Tables;
using GpuMlp.Tensors;
using GpuMlp.Tests.Training;
using GpuMlp.Training;
using Module = GpuMlp.Layers.Module;

namespace GpuMlp.Tests.Misuse;

/// <summary>A value to call something with, made anew for each call.</summary>
/// <param name="Name">What is wrong with the value, if anything.</param>
/// <param name="Make">Makes it.</param>
sealed record Candidate(string Name, Func<object?> Make);

/// <summary>
/// Values of every type of the public API, first good ones, then wrong ones: disposed, of another device, out of range, null.
/// </summary>
sealed partial class World
{
    readonly ComputeDevice main, other;
    readonly string folder;
    readonly Dictionary<Type, Candidate[]> made = [];

    internal World(ComputeDevice main, ComputeDevice other, string folder)
    {
        (this.main, this.other, this.folder) = (main, other, folder);
        Add<ComputeDevice>(("main", () => main), ("other", () => other), ("fresh", () => ComputeDevice.OpenCpu(8, 1)),
            ("disposed", () => Disposed(ComputeDevice.OpenCpu(4, 1))));
        Add<Tensor>(("3x2", () => Tensor.From(main, Ramp(6), 3, 2)), ("3x1 of 0 and 1", () => Tensor.From(main, [0, 1, 1], 3, 1)),
            ("1x1", () => new Tensor(main, 1, 1)),
            ("70x2", () => new Tensor(main, 70, 2)), ("0x2", () => new Tensor(main, 0, 2)), ("3x1", () => new Tensor(main, 3, 1)),
                ("disposed", () => Disposed(new Tensor(main, 3, 2))),
            ("other", () => new Tensor(other, 3, 2)), ("other 3x1", () => new Tensor(other, 3, 1)),
                ("of a disposed device", () => OnGone(device => new Tensor(device, 3, 2))),
            ("of a disposed network", () => Disposed(Forwarded(out Tensor y), y)), ("an older output", OlderOutput),
                ("a replaced weight", ReplacedWeight));
        Add<Variable>(("3x2", () => Variable.From(main, new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, true)),
            ("3x1 of 0 and 1", () => Variable.From(main, new float[] { 0, 1, 1 })),
            ("2x3", () => Variable.From(main, new float[2, 3])), ("1x1", () => Variable.From(main, new float[1, 1], true)),
                ("labels beyond any class", () => Variable.From(main, [1e30f, -1, float.NaN])),
            ("computed labels", () => Variable.From(main, [9f, 9, 9]) * 1e9f),
            ("disposed", () => Disposed(Variable.From(main, new float[3, 2]))),
                ("row of a disposed one", RowOfADisposedOne),
            ("other", () => Variable.From(other, new float[3, 2])),
                ("of a disposed device", () => OnGone(device => Variable.From(device, new float[3, 2]))),
            ("a parameter", () => (Variable)Parameter.Normal(main, 2, 1, 1)),
                ("a disposed parameter", () => { var p = Parameter.Normal(main, 2, 1, 1); p.Value.Dispose(); return (Variable)p; }
        ),
            ("a sigmoid", () => Variable.From(main, new float[3, 1], true).Sigmoid()),
                ("gone back through", GoneBackThrough));
        Add<Parameter>(("2x1", () => Parameter.Normal(main, 2, 1, 1)), ("other", () => Parameter.Normal(other, 2, 1, 1)),
            ("disposed", () => { var p = new Parameter(main, 2, 1); p.Value.Dispose(); p.Gradient.Dispose(); return p; }
        ),
            ("of a disposed network", () => { Sequential net = Net("2-3-1"); net.Dispose(); return net.Parameters()[0]; }
        ));
        Add<Linear>(("2 to 1", () => new Linear(main, 2, 1)), ("2 to 300", () => new Linear(main, 2, 300)),
            ("disposed", () => Disposed(new Linear(main, 2, 1))), ("other", () => new Linear(other, 2, 1)),
            ("with a disposed weight", () => { var l = new Linear(main, 2, 1); l.Weight.Value.Dispose(); return l; }
        ),
                ("forwarded", () => { var l = new Linear(main, 2, 1); l.Forward(new Tensor(main, 3, 2)); return l; }
        ));
        AddOwnParts();
        Add<Layer>(("2 to 1", () => new Linear(main, 2, 1)), ("relu", () => new ReLU()), ("own", () => new OwnLinear(main, 2, 5)),
            ("disposed", () => Disposed(new Linear(main, 2, 1))));
        foreach (Type layer in Activations.All.Select(function => function.NewLayer().GetType()))
            made[layer] = [new("fresh", () => Activator.CreateInstance(layer)),
                new("forwarded", () => { var l = (Layer)Activator.CreateInstance(layer)!; l.Forward(new Tensor(main, 3, 2)); return l; }),
                new("disposed", () => Disposed((Layer)Activator.CreateInstance(layer)!))];
        Add<Sequential>(("2-5-1", () => Net("2-5-1")), ("forwarded", () => Forwarded(out _)), ("with a loss", WithLoss),
            ("2-300-3", () => Net("2-300-3", new CrossEntropyLoss())), ("deep", () => Net("2-3-3-3-3-3-3-3-3-1")),
            ("mse", () => Net("2-5-1", new MseLoss())), ("disposed", () => Disposed(Net("2-5-1"))),
                ("disposed after a loss", () => Disposed((Sequential)WithLoss())), ("other", () => Net("2-5-1", on: other)),
            ("its last layer used elsewhere", StaleLogit),
                ("its input gone", InputGone),
            ("moved on", () => { Sequential net = Net("2-5-1"); _ = new Sgd([net.Parameters()[0]], 0.1f); return net; }
        ),
                ("a disposed layer in it", () => { Sequential net = Net("2-5-1"); net.Layers[0].Dispose(); return net; }
        ),
            ("of a disposed device", () => OnGone(device => Net("2-5-1", on: device))),
                ("its buffer gone", () => { Sequential net = Net("2-5-1"); net.Arena.Dispose(); return net; }
        ));
        made[typeof(Module)] = [.. made[typeof(Linear)], .. made[typeof(Sequential)]];
        Add<ParameterArena>(("fresh", () => Net("2-5-1").Arena),
            ("disposed", () => { ParameterArena arena = Net("2-5-1").Arena; arena.Dispose(); return arena; }
        ));
        Add<Loss>(("bce", () => new BceLoss()), ("torch", () => new BceLoss(BceForm.Torch)), ("logits", () => new BceWithLogitsLoss()),
            ("mse", () => new MseLoss()), ("classes", () => new CrossEntropyLoss()), ("own", () => new OwnBce()));
        foreach (var kind in Enum.GetValues<OptimizerKind>()) Optimizers(kind);
        Add<OptimizerSpec>(
            ("sgd", () => new OptimizerSpec()),
            ("adam", () => new OptimizerSpec { Kind = OptimizerKind.Adam, ClipNorm = 1 }),
            ("own", () => new OptimizerSpec { Own = new OwnAdam() }),
            ("no such kind", () => new OptimizerSpec { Kind = (OptimizerKind)99 }),
            ("NaN", () => new OptimizerSpec { Momentum = float.NaN }),
            ("no momentum", () => new OptimizerSpec { Kind = OptimizerKind.Nesterov, Momentum = 0 }));
        Add<Schedule>(("constant", () => Schedule.Constant), ("cosine", () => Schedule.Cosine(3)));
        Add<DataSet>(("moons", () => DataSets.MakeMoons(20)), ("one row", () => new DataSet("one", new float[1, 2], [1], ["a", "b"])),
            ("three features", () => new DataSet("three", new float[20, 3], new float[20], ["a", "b"])),
            ("numbers", () => new DataSet("numbers", new float[20, 2], Ramp(20), [])),
                ("labels beyond", () => new DataSet("wild", new float[20, 2], Ramp(20, 1e30f), ["a", "b"])));
        Add<Picks>(("philox", () => Picks.Philox(0, 20)), ("fixed", () => Picks.Fixed([.. Enumerable.Range(0, 5000).Select(k => k % 20)])),
            ("beyond the data", () => Picks.Fixed([.. Enumerable.Repeat(40_000_000, 5000)])),
            ("philox beyond", () => Picks.Philox(0, 1 << 30)), ("few", () => Picks.Fixed([1])),
            ("in order", () => Picks.InOrder(20)));
        Add<TrainingOptions>([
            ("auto", () => Options()), ("layers", () => Options(EngineChoice.Layers)), ("fused", () => Options(EngineChoice.Fused)),
            ("negative", () => Options() with { SnapshotEvery = -1 }),
            ("no steps per launch", () => Options() with { StepsPerLaunch = 0 }),
            ("no engine", () => Options((EngineChoice)9))]);
        Add<ConfusionMatrix>(("three rows", () => ConfusionMatrix.Of([0, 1, 1], [0, 1, null], 2)));
        Add<RocCurve>(("two rows", () => RocCurve.Of([true, false], [1, 0])));
        AddCheckpoints();
        Add<Validation>(("moons", () => new Validation(DataSets.MakeMoons(20))), ("null rows", () => new Validation((DataSet)null!)),
            ("no steps", () => new Validation(DataSets.MakeMoons(20)) { Every = 0 }));
        Add<Recipe>([("20 steps", () => Small()), ("batch 7", () => Small() with { Batch = 7 }), ("none", () => Small() with { Steps = 0 }),
            ("adam", () => Small() with { Optimizer = new OptimizerSpec { Kind = OptimizerKind.Adam } }),
            ("negative", () => Small() with { Steps = -1 }), ("batch 0", () => Small() with { Batch = 0 }),
            ("huge batch", () => Small() with { Batch = int.MaxValue }), ("huge", () => Small() with { Steps = int.MaxValue }),
            ("wide", () => Small() with { Net = NetworkSpec.Parse("65536-65536-1") }), ("another", () => new Recipe { Steps = 20 }),
            ("no network", () => Small() with { Net = null }), ("no loss", () => Small() with { Loss = null! }),
            ("no optimizer", () => Small() with { Optimizer = null! }),
            ("no such start", () => Small() with { Initialization = (Initialization)9 }),
            ("rate", () => Small() with { Optimizer = new OptimizerSpec { LearningRate = float.NaN } })]);
        Add<Trainer>(("fused", () => NewTrainer(Net("2-5-1"), Options())),
            ("layers", () => NewTrainer(Net("2-5-1"), Options(EngineChoice.Layers))),
            ("disposed", () => Disposed(NewTrainer(Net("2-5-1"), Options()))),
            ("picks beyond", () => NewTrainer(Net("2-5-1"), Options(), Picks.Fixed([.. Enumerable.Repeat(40_000_000, 20)]))),
            ("draws beyond", () => NewTrainer(Net("2-5-1"), Options(EngineChoice.Layers), Picks.Philox(0, 1 << 30))),
            ("its network gone", () => Orphan(net => NewTrainer(net, Options()))),
            ("layers, network gone", () => Orphan(net => NewTrainer(net, Options(EngineChoice.Layers)))),
            ("its device gone", () => OnGone(device => NewTrainer(Net("2-5-1", on: device), Options()))));
        Add<TrainingSession>(("new", () => NewSession(Net("2-5-1"))),
            ("disposed", () => Disposed(NewSession(Net("2-5-1")))), ("its network gone", () => Orphan(net => NewSession(net))),
            ("its device gone", () => OnGone(device => NewSession(Net("2-5-1", on: device)))));
        Add<TrainingData>(("moons", () => new TrainingData(main, DataSets.MakeMoons(20))),
            ("disposed", () => Disposed(new TrainingData(main, DataSets.MakeMoons(20)))));
        Add<NetworkSpec>(("2-5-1", () => NetworkSpec.Parse("2-5-1")), ("deep", () => NetworkSpec.Parse("2-3-3-3-3-3-3-3-3-1")),
            ("wide", () => NetworkSpec.Parse("65536-65536-1")), ("three", () => NetworkSpec.Parse("2-5-3")),
            ("no such activation", () => new NetworkSpec([2, 5, 1], (Activation)77)),
                ("huge", () => new NetworkSpec([int.MaxValue, int.MaxValue, 1], Activation.ReLU)));
        Add<PopulationData>(("moons", () => PopulationData.Of(DataSets.MakeMoons(20))),
            ("fewer rows than it says", () => new PopulationData(4000, 2, () => DataSets.MakeMoons(20))),
            ("other features", () => new PopulationData(20, 2, () => new DataSet("x", new float[20, 1], new float[20], ["a", "b"]))),
            ("nothing", () => new PopulationData(20, 2, () => null!)),
                ("negative", () => new PopulationData(-1, 2, () => DataSets.MakeMoons(20))));
        PopulationData moons = PopulationData.Of(DataSets.MakeMoons(20)), fewer = new(4000, 2, () => DataSets.MakeMoons(20));
        Add<Population>(
            ("two", () => NewPopulation(main, moons, Small(), Small())),
            ("picked", () => new Population(main, [Small()], [moons]) { Picks = Picks.InOrder(20) }),
            ("picks beyond", () => new Population(main, [Small()], [moons]) { Picks = Picks.InOrder(21) }),
            ("picks by a seed", () => new Population(main, [Small()], [moons]) { Picks = Picks.Philox(0, 20) }),
            ("fewer rows", () => NewPopulation(main, fewer, Small())),
            ("its device gone", () => OnGone(device => NewPopulation(device, moons, Small()))));
        Add<PictureSize>(("800x600", () => PictureSize.Default), ("default", () => default(PictureSize)));
        Add<NumberAxis>(("linear", () => NumberAxis.Of(-1, 3, false)), ("log", () => NumberAxis.Of(1e-3, 10, true)),
            ("narrow", () => NumberAxis.Of(1, Math.BitIncrement(1.0), true)));
        Add<Window>(("moons", () => new Window(-1.5, 2.5, -1, 1.5)), ("default", () => default(Window)),
            ("NaN", () => new Window(double.NaN, 1, 0, 1)), ("huge", () => new Window(-1e308, 1e308, 0, 1)));
        Add<GridSpec>(("5x4", () => GridSpec.FromSize(new Window(-1, 1, -1, 1), 5, 4)),
            ("300x2", () => GridSpec.FromSize(new Window(-1, 1, -1, 1), 300, 2)),
            ("1x1", () => GridSpec.FromSize(new Window(-1, 1, -1, 1), 1, 1)),
            ("spoiled", SpoiledGrid));
        Add<GridEvaluator>(("2-5-1", () => new GridEvaluator(Net("2-5-1"))),
            ("batches", () => new GridEvaluator(Net("2-3-3-3-3-3-3-3-3-1"))), ("tiles", () => new GridEvaluator(Net("2-20-20-1"))),
            ("piecewise", () => new GridEvaluator(Net("2-5-1"), main.Host is not null)),
            ("its network gone", () => Orphan(net => new GridEvaluator(net))),
                ("its device gone", () => OnGone(device => new GridEvaluator(Net("2-5-1", on: device)))));
        Add<ClassEvaluator>(("2-5-3", () => new ClassEvaluator(Net("2-5-3", new CrossEntropyLoss()))),
            ("its network gone", () => Orphan(net => new ClassEvaluator(net), "2-5-3", new CrossEntropyLoss())));
        Add<GridSink<float>>(("fine", () => (GridSink<float>)((_, _) => { })),
            ("throws", () => (GridSink<float>)((_, _) => throw new SinkException())),
            ("uses the device", () => (GridSink<float>)((_, _) => new Tensor(main, 1, 1).ToArray())));
        Add<GridSink<byte>>(("fine", () => (GridSink<byte>)((_, _) => { })),
            ("throws", () => (GridSink<byte>)((_, _) => throw new SinkException())));
        Add<Model>(("moons", () => new Model(Net("2-5-1"), null, null, ["0", "1"])),
            ("nulls", () => new Model(Net("2-5-1"), null, null, null!)),
            ("disposed", () => new Model(Disposed(Net("2-5-1")), null, null, ["0", "1"])));
        Add<Work>(("steps", () => Work.OfTraining(Small())), ("points", () => Work.OfGrid(NetworkSpec.Parse("2-5-1"), 1e9)),
            ("of no kind", () => new Work((WorkKind)9, 1, 1, 1)), ("NaN", () => new Work(WorkKind.Grid, double.NaN, 0, -1, 0)));
        Add<IReadOnlyList<Work>>(("steps", () => new[] { Work.OfTraining(Small()) }), ("none", () => Array.Empty<Work>()),
            ("null in it", () => new Work[] { null! }));
        Add<Measurements>(("none", () => new Measurements()));
        Add<StoredModel>(("read", Stored));
        Add<ModelHints>(("none", () => ModelHints.None), ("no such activation", () => new ModelHints { Activation = (Activation)9 }));
        Add<BoundaryPlot>(("fresh", () => Plot()), ("disposed", () => Disposed(Plot())));
        Add<BoundaryFrame>(("good", () => new BoundaryFrame(1, new float[20], "a")), ("default", () => default(BoundaryFrame)),
            ("short", () => new BoundaryFrame(1, new float[3], "a")));
        Add<RandomStream>(("philox", () => new PhiloxStream(0, StreamPurpose.Data)), ("numpy", () => new NumpyRandom(0)));
        Add<TableColumn>(("numbers", () => TableColumn.OfNumbers("a", [1, 2, 3])),
            ("texts", () => TableColumn.OfTexts("b", ["x", null, "y"])));
        Add<DataTable>(("two columns", () =>
            new DataTable("t", [TableColumn.OfNumbers("", [1, 2, 3]), TableColumn.OfNumbers("", [0, 1, 0])])),
            ("three columns", () => new DataTable("t", [TableColumn.OfNumbers("a", [1, 2, 3]), TableColumn.OfNumbers("b", [1, 5, 3]),
                TableColumn.OfTexts("label", ["x", "x", "y"])])),
            ("lacking", () => new DataTable("t", [TableColumn.OfNumbers("a", [1, double.NaN]), TableColumn.OfTexts("b", ["x", null])])));
        Add<TablePreprocessor>(("two columns", () => TablePreprocessor.Fit(
            new DataTable("t", [TableColumn.OfNumbers("", [1, 2, 3]), TableColumn.OfNumbers("", [0, 1, 0])]))));
        Add<ColumnOptions>(("none", () => new ColumnOptions()), ("no column", () => new ColumnOptions { Label = "q" }),
            ("classes", () => new ColumnOptions { Labels = LabelUse.Classes, Missing = MissingRule.Drop }));
        Add<Standardizer>(("two", () => new Standardizer([0, 1], [1, 2])), ("one", () => new Standardizer([0], [1])));
        Add<Action<int, float>>(("fine", () => (Action<int, float>)((_, _) => { })),
            ("throws", () => (Action<int, float>)((_, _) => throw new SinkException())), ("none", () => null));
        Add<Func<DataSet>>(("moons", () => (Func<DataSet>)(() => DataSets.MakeMoons(20))));
        Add<CancellationToken>(("none", () => CancellationToken.None), ("cancelled", () => new CancellationToken(true)));
        Add<Stream>(("memory", () => new MemoryStream()), ("closed", () => { var s = new MemoryStream(); s.Dispose(); return s; }));
        Add<TextWriter>(("text", () => new StringWriter()), ("null writer", () => TextWriter.Null));
        Add<string>(("file", () => Path.Combine(folder, Path.GetRandomFileName())), ("net", () => "2-5-1"), ("empty", () => ""),
            ("window", () => "0:1,0:1"), ("folder", () => folder), ("control", () => "\u0000\u001b"), ("device", () => "cpu"));
        Add<int>(("2", () => 2), ("1", () => 1), ("0", () => 0), ("3", () => 3), ("-1", () => -1), ("max", () => int.MaxValue),
            ("65536", () => 65536), ("min", () => int.MinValue));
        Add<long>(("2", () => 2L), ("-1", () => -1L), ("max", () => long.MaxValue));
        Add<uint>(("2", () => 2u), ("max", () => uint.MaxValue));
        Add<ulong>(("2", () => 2ul), ("max", () => ulong.MaxValue));
        Add<float>(("0.1", () => 0.1f), ("1", () => 1f), ("0", () => 0f), ("-1", () => -1f), ("NaN", () => float.NaN),
            ("inf", () => float.PositiveInfinity), ("max", () => float.MaxValue));
        Add<double>(("0.1", () => 0.1), ("1", () => 1.0), ("-1", () => -1.0), ("NaN", () => double.NaN), ("1e300", () => 1e300));
        Add<bool>(("false", () => false), ("true", () => true));
        Add<float[]>(("6", () => Ramp(6)), ("none", () => Array.Empty<float>()), ("20", () => new float[20]), ("40", () => Ramp(40)),
            ("labels", () => new float[] { 0, 1, 1 }), ("1000", () => Ramp(1000)));
        Add<IReadOnlyDictionary<string, string>>(("one", () => new Dictionary<string, string> { ["a"] = "b" }),
            ("empty", () => new Dictionary<string, string>()));
        Add<IReadOnlyDictionary<string, float[,]>>(("0.weight", () => new Dictionary<string, float[,]> { ["0.weight"] = new float[2, 5] }),
            ("null value", () => new Dictionary<string, float[,]> { ["0.weight"] = null! }),
            ("empty", () => new Dictionary<string, float[,]>()));
        Add<double[,]>(
            ("3x2", () => new double[3, 2]), ("0x2", () => new double[0, 2]),
            ("beyond float32", () => new[,] { { 1e300, double.NaN } }));
        Add<float[,]>(("3x2", () => new float[3, 2]), ("0x2", () => new float[0, 2]), ("2x2", () => new float[2, 2]));
        Add<int[]>(("0 1 2", () => new[] { 0, 1, 2 }), ("none", () => Array.Empty<int>()), ("negative", () => new[] { -1 }),
            ("huge", () => new[] { int.MaxValue }));
    }

    /// <summary>Whether an object must outlive the call that it was made for.</summary>
    internal bool Keeps(object made) => made == main || made == other;

    /// <summary>Values for a parameter of a type: a good one first, null last where null is possible.</summary>
    internal Candidate[] Of(Type type)
    {
        if (made.TryGetValue(type, out Candidate[]? known)) return type.IsValueType ? known : [.. known, new("null", () => null)];
        if (Nullable.GetUnderlyingType(type) is Type inner) return [new("no value", () => null), .. Of(inner)];
        if (type.IsEnum) return [.. Enum.GetValues(type).Cast<object>().Select(v => new Candidate($"{v}", () => v)),
            new("undefined", () => Enum.ToObject(type, 99))];
        if (Element(type) is Type element) return Lists(element);
        if (typeof(Delegate).IsAssignableFrom(type)) return [new("null", () => null)];
        Candidate[] built = [.. made.Where(m => type.IsAssignableFrom(m.Key) && type != typeof(object)).SelectMany(m => m.Value)];
        if (built.Length > 0) return [.. built, new("null", () => null)];
        return [.. Built(type), .. type.IsValueType ? (Candidate[])[] : [new("null", () => null)]];
    }

    // any constructor, with good values
    IEnumerable<Candidate> Built(Type type)
    {
        if (type.IsValueType) yield return new("default", () => Activator.CreateInstance(type));
        if (type.IsAbstract) yield break;
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(c => c.GetParameters().Length))
        {
            ParameterInfo[] parameters = constructor.GetParameters();
            if (parameters.Any(p => p.ParameterType.IsByRefLike || p.ParameterType == type)) continue;
            yield return new("made", () => constructor.Invoke([.. parameters.Select(p => Of(p.ParameterType)[0].Make())]));
        }
    }

    // the T of T[], or of an interface that T[] implements
    static Type? Element(Type type)
    {
        if (type.IsArray) return type.GetArrayRank() == 1 ? type.GetElementType() : null;
        if (!type.IsInterface || type.GetGenericArguments() is not [Type only]) return null;
        return type.IsAssignableFrom(only.MakeArrayType()) ? only : null;
    }

    Candidate[] Lists(Type element)
    {
        Candidate[] items = Of(element);
        Candidate List(string name, params Candidate[] of) => new(name, () =>
        {
            Array list = Array.CreateInstance(element, of.Length);
            for (int k = 0; k < of.Length; k++) list.SetValue(of[k].Make(), k);
            return list;
        });
        return
        [
            List("one", items[0]), List("empty"), List("two", items[0], items[0]),
            .. items.Skip(1).Select(item => List($"with {item.Name}", items[0], item)),
            new("null", () => null),
        ];
    }

    void Add<T>(params (string Name, Func<object?> Make)[] values) =>
        made[typeof(T)] = [.. values.Select(v => new Candidate(v.Name, v.Make))];

    void Optimizers(OptimizerKind kind)
    {
        Optimizer Make(Sequential net) => new OptimizerSpec { Kind = kind, ClipNorm = 0.5f }.Build(net.Parameters());
        made[typeof(Optimizer)] =
        [
            .. made.GetValueOrDefault(typeof(Optimizer), []),
            new($"{kind}", () => Make(Net("2-5-1"))),
            new($"{kind}, disposed", () => Disposed(Make(Net("2-5-1")))),
            new($"{kind}, its network gone", () => Orphan(Make)),
            new($"{kind}, its device gone", () => OnGone(device => Make(Net("2-5-1", on: device)))),
        ];
    }
}

/// <summary>An exception that a caller's own code throws.</summary>
sealed class SinkException : Exception;
