using System.Reflection;
using System.Runtime.CompilerServices;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Metrics;
using GpuMlp.Records;
using GpuMlp.Tests.Kernels;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>Null for a file's path, stream or content is an ArgumentNullException that names the argument, and writes nothing.</summary>
public class NullArgumentsTests
{
    [Fact]
    public void EveryArgumentThatMayNotBeNullIsNamed()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using var network = new Sequential(new Linear(device, 2, 1), new Sigmoid());
        var model = new Model(network, null, null, ["0", "1"]);
        var file = new SafetensorsFile([]);
        var archive = new NpzFile([]);
        var boundary = new Boundary(new Window(0, 1, 0, 1), [], 0, 0);
        string path = folder.File("f");
        (string Argument, Action Call)[] calls =
        [
            ("AtomicFile.Create.path", () => AtomicFile.Create(null!)),
            ("AtomicFile.Write.path", () => AtomicFile.Write(null!, _ => { })),
            ("AtomicFile.Write.write", () => AtomicFile.Write(path, null!)),
            ("AtomicFile.Resolve.path", () => AtomicFile.Resolve(null!)),
            ("AtomicFile.KeepPermissions.replaced", () => AtomicFile.KeepPermissions(null!, path)),
            ("AtomicFile.KeepPermissions.file", () => AtomicFile.KeepPermissions(path, null!)),
            ("AtomicFile.RunExclusively.work", () => AtomicFile.RunExclusively(null!)),
            ("AtomicFile.FlushFolder.folder", () => AtomicFile.FlushFolder(null!)),
            ("AtomicFile.Clear.path", () => AtomicFile.Clear(null!)),
            ("AtomicFile.Clear.folder", () => AtomicFile.Clear(null!, _ => false)),
            ("AtomicFile.Clear.wanted", () => AtomicFile.Clear(path, null!)),
            ("AtomicFile.Plain.message", () => AtomicFile.Plain(null!)),
            ("BoundaryFile.WriteCsv.boundary", () => BoundaryFile.WriteCsv(null!, TextWriter.Null)),
            ("BoundaryFile.WriteCsv.writer", () => boundary.WriteCsv(null!)),
            ("BoundaryFile.WriteSvg.boundary", () => BoundaryFile.WriteSvg(null!, TextWriter.Null)),
            ("BoundaryFile.WriteSvg.writer", () => boundary.WriteSvg(null!)),
            ("CheckpointWriter..ctor.folder", () => new CheckpointWriter(null!, "", new(), new(null, 1, "")).Dispose()),
            ("CheckpointWriter..ctor.version", () => new CheckpointWriter(path, null!, new(), new(null, 1, "")).Dispose()),
            ("CheckpointWriter..ctor.config", () => new CheckpointWriter(path, "", null!, new(null, 1, "")).Dispose()),
            ("CheckpointWriter..ctor.data", () => new CheckpointWriter(path, "", new(), null!).Dispose()),
            ("CheckpointWriter.Save.checkpoint", () => Writer(path).Save(null!)),
            ("LossesCsv.Write.path", () => LossesCsv.Write(null!, [])),
            ("LossesCsv.WriteThinned.path", () => LossesCsv.WriteThinned(null!, [])),
            ("LossesCsv.Read.path", () => LossesCsv.Read(null!)),
            ("LossesCsv.ReadAll.path", () => LossesCsv.ReadAll(null!)),
            ("LossesCsvWriter..ctor.stream", () => new LossesCsvWriter(null!)),
            ("MeanAndDeviation.Of.numbers", () => MeanAndDeviation.Of(null!)),
            ("Model.PredictClass.table", () => model.PredictClass(null!)),
            ("Model.PredictProbability.table", () => model.PredictProbability(null!)),
            ("Model.Predict.table", () => model.Predict(null!)),
            ("ModelFile.Save.path", () => ModelFile.Save(null!, model)),
            ("ModelFile.Save.model", () => ModelFile.Save(path, null!)),
            ("ModelFile.Load.path", () => ModelFile.Load(null!, device)),
            ("ModelFile.Load.device", () => ModelFile.Load(path, null!)),
            ("ModelFile.Read.path", () => ModelFile.Read(null!)),
            ("Names`1..ctor.rows", () => new Names<int>(null!)),
            ("Names`1.Parse.name", () => new Names<int>(("a", 1)).Parse(null!)),
            ("Names`1.Nearest.text", () => new Names<int>(("a", 1)).Nearest(null!)),
            ("Names`1.Of.value", () => new Names<string>(("a", "b")).Of(null!)),
            ("Npy.Write.path", () => Npy.Write<float>(null!, [1], 1)),
            ("Npy.Read.path", () => Npy.Read(null!)),
            ("Npy.Read.stream", () => Npy.Read(null!, "name")),
            ("Npy.Read.name", () => Npy.Read(new MemoryStream(), null!)),
            ("NpyArray.Of.values", () => NpyArray.Of<float>([1], null!)),
            ("NpzFile..ctor.arrays", () => new NpzFile(null!)),
            ("NpzFile.Find.name", () => archive.Find(null!)),
            ("NpzFile.Write.path", () => archive.Write((string)null!)),
            ("NpzFile.Write.stream", () => archive.Write((Stream)null!)),
            ("NpzFile.Read.path", () => NpzFile.Read(null!)),
            ("NpzFile.Read.stream", () => NpzFile.Read(null!, "name")),
            ("NpzFile.Read.name", () => NpzFile.Read(new MemoryStream(), null!)),
            ("NpyWriter`1..ctor.stream", () => new NpyWriter<float>(null!, 1)),
            ("PictureSize.Parse.text", () => PictureSize.Parse(null!)),
            ("PngWriter..ctor.stream", () => new PngWriter(null!, 1, 1, [0]).Dispose()),
            ("RowMetrics.Of.score", () => RowMetrics.Of(null!, [])),
            ("RowMetrics.Of.classNames", () => RowMetrics.Of(new Score { Rows = 1, Loss = 0 }, null!)),
            ("RunSplit.Of.keptBack", () => RunSplit.Of(0, 1, null!)),
            ("StoredCheckpoint.Read.path", () => StoredCheckpoint.Read(null!)),
            ("StoredCheckpoint.IsAt.path", () => StoredCheckpoint.IsAt(null!)),
            ("TrainingStateFile.Write.path", () => TrainingStateFile.Write(null!, new(0, [], []))),
            ("TrainingStateFile.Write.state", () => TrainingStateFile.Write(path, null!)),
            ("TrainingStateFile.Read.path", () => TrainingStateFile.Read(null!)),
            ("TrainConfig.PeriodOf.every", () => TrainConfig.PeriodOf(null!)),
            ("TrainConfig.ShareOf.validation", () => TrainConfig.ShareOf(null!)),
            ("TrainConfig.ViewsOf.views", () => TrainConfig.ViewsOf(null!)),
            ("RunRecord.Save.path", () => Record().Save(null!)),
            ("RunRecord.ToJson.config", () => RunRecord.ToJson(null!)),
            ("RunRecord.ReadConfig.json", () => RunRecord.ReadConfig(null!, "")),
            ("RunRecord.ReadConfig.name", () => RunRecord.ReadConfig("{}", null!)),
            ("RunRecord.ReadConfig.path", () => RunRecord.ReadConfig(null!)),
            ("RunRecord.ReadReplay.path", () => RunRecord.ReadReplay(null!)),
            ("RunData.Of.data", () => RunData.Of(null!, null, "")),
            ("RunData.OtherFiles.now", () => new RunData(null, 1, "").OtherFiles(null!)),
            ("RunData.HashOf.data", () => RunData.HashOf(null!)),
            ("RunData.PathOf.file", () => RunData.PathOf(null!, ".")),
            ("RunData.PathOf.folder", () => RunData.PathOf("f", null!)),
            ("RunData.Of.folder", () => RunData.Of(GpuMlp.Data.DataSets.MakeMoons(2), null, null!)),
            ("SafeTensor.Float32.name", () => SafeTensor.Float32(null!, [1], [0])),
            ("SafeTensor.Float32.values", () => SafeTensor.Float32("t", [1], null!)),
            ("SafeTensor.Int64.name", () => SafeTensor.Int64(null!, [1], [0])),
            ("SafeTensor.Int64.values", () => SafeTensor.Int64("t", [1], null!)),
            ("SafeTensor.UInt64.name", () => SafeTensor.UInt64(null!, [1], [0])),
            ("SafeTensor.UInt64.values", () => SafeTensor.UInt64("t", [1], null!)),
            ("SafetensorsFile..ctor.tensors", () => new SafetensorsFile(null!)),
            ("SafetensorsFile.Find.name", () => file.Find(null!)),
            ("SafetensorsFile.Write.path", () => file.Write((string)null!)),
            ("SafetensorsFile.Write.stream", () => file.Write((Stream)null!)),
            ("SafetensorsFile.Read.path", () => SafetensorsFile.Read(null!)),
            ("SafetensorsFile.Read.stream", () => SafetensorsFile.Read(null!, "name")),
            ("SafetensorsFile.Read.name", () => SafetensorsFile.Read(new MemoryStream(), null!)),
            ("OnnxFile.OutputOf.model", () => OnnxFile.OutputOf(null!)),
            ("OnnxFile.Write.path", () => OnnxFile.Write(null!, Stored(model))),
            ("OnnxFile.Write.model", () => OnnxFile.Write(path, null!)),
            ("StoredModel.Build.device", () => Stored(model).Build(null!)),
            ("StoredModel.Save.path", () => Stored(model).Save(null!)),
            ("Window.Parse.text", () => Window.Parse(null!)),
        ];
        foreach ((string argument, Action call) in calls)
        {
            var thrown = Xunit.Record.Exception(call);
            string name = argument[(argument.LastIndexOf('.') + 1)..];
            Assert.True(thrown is ArgumentNullException named && named.ParamName == name, $"{argument}: {thrown}");
        }
        Assert.Equal([.. Arguments().Order()], calls.Select(call => call.Argument).Order());
        Assert.Empty(folder.Names);
    }

    static CheckpointWriter Writer(string path) => new(path, "", new(), new(null, 1, ""));

    static StoredModel Stored(Model model)
    {
        using var folder = new ScratchFolder();
        ModelFile.Save(folder.File("m"), model);
        return ModelFile.Read(folder.File("m"));
    }

    [Fact]
    public void AModelThatLacksAPartIsNamed()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using var network = new Sequential(new Linear(device, 2, 1), new Sigmoid());
        var noNames = new Model(network, null, null, null!);
        Assert.Throws<ArgumentNullException>("model.ClassNames", () => ModelFile.Save(folder.File("m"), noNames));
        Assert.Throws<ArgumentNullException>("model.Network", () => ModelFile.Save(folder.File("m"), new Model(null!, null, null, [])));
        Assert.Empty(folder.Names);
    }

    const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // all public methods and constructors of the room; generated members of records are left out, since they only store their arguments
    static IEnumerable<string> Arguments() =>
        from type in typeof(AtomicFile).Assembly.GetExportedTypes()
        where type.Namespace is "GpuMlp.Formats" or "GpuMlp.Records" || type == typeof(Window)
        from method in type.GetMembers(Declared).OfType<MethodBase>()
        where !method.IsSpecialName || (method.IsConstructor && type.GetMethod("<Clone>$") is null)
        where method.GetCustomAttribute<CompilerGeneratedAttribute>() is null
        from parameter in method.GetParameters()
        where !parameter.ParameterType.IsValueType && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.NotNull
        select $"{type.Name}.{method.Name}.{parameter.Name}";

    static RunRecord Record() => new()
    {
        Version = "0",
        Config = new(),
        Device = new("cpu", "cpu", true, null),
        Engine = "fused",
        Init = "normal",
        Parameters = 1,
        Steps = 0,
        FinalLoss = null,
        MeanLossLast1000 = null,
        Accuracy = null,
        StopReason = "completed",
        Timings = new(0, 0, 0, 0, 0, 0),
    };
}
