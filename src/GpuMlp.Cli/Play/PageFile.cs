using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Layers;
using GpuMlp.Plotting;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Play;

/// <summary>The files that a page saves. They are made in a folder of their own, which is gone afterwards, and sent to the page.</summary>
static class PageFile
{
    const int GifSide = 480, PngSide = 1024;

    /// <summary>The message with a file.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static byte[] Of(string what, PageTraining training, PageView view) => what switch
    {
        "model" => Message("model.safetensors", training, path => ModelFile.Save(path, training.Input.Model(training.Network))),
        "run" => Message("run.json", training, path => Record(training).Save(path)),
        "png" => Message("boundary.png", training, path => Picture(path, training, view)),
        "gif" => Message("boundary.gif", training, path => Animation(path, training, view)),
        string other => throw new UsageException($"a page saves model, run, png and gif, not '{UsageException.Cut(other)}'"),
    };

    static byte[] Message(string name, PageTraining training, Action<string> write)
    {
        if (training.Session.DivergedStep is int step && name != "run.json")
            throw new UsageException(Invariant($"the training diverged at step {step:N0}: there is no network to save"));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gpumlp-page-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            write(path);
            var message = new PageMessage("file");
            message.Json.WriteString("name", name);
            message.Add("bytes", File.ReadAllBytes(path));
            return message.ToBytes();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The record of a training up to now; with it train makes the same steps.</summary>
    public static RunRecord Record(PageTraining training)
    {
        TrainInput input = training.Input;
        bool diverged = training.Session.DivergedStep is not null;
        (double _, double? accuracy) = diverged ? default : training.Judge(input.Data);
        return new RunRecord
        {
            Version = ProgramVersion.Text,
            Config = training.Config with { Steps = training.Session.Steps, Window = training.Config.Window ?? input.Window },
            Data = RunData.Of(input.All, TrainData.FileOf(training.Config.Data), "."),
            Device = DeviceInput.Record(training.Device),
            Engine = training.Session.Engine,
            EngineReason = training.Session.EngineReason,
            Init = Initializer.Names.Of(Initializer.Resolve(training.Config.Init, input.Spec)),
            Parameters = input.Spec.ParameterCount,
            Steps = training.Session.Steps,
            FinalLoss = RunRecord.Finite(training.LastLoss ?? float.NaN),
            MeanLossLast1000 = RunRecord.Finite(training.MeanOfLast ?? float.NaN),
            Accuracy = accuracy,
            Split = input.Split,
            StopReason = diverged ? "diverged" : "completed",
            DivergedStep = training.Session.DivergedStep,
            Timings = new RunTimings(0, 0, 0, 0, 0, 0),
        };
    }

    static void Picture(string path, PageTraining training, PageView view)
    {
        using var graph = new PageGraph(training, view, PngSide);
        File.WriteAllBytes(path, graph.Draw(training.Network, training.Session.Steps));
    }

    static void Animation(string path, PageTraining training, PageView view)
    {
        using var graph = new PageGraph(training, view, GifSide);
        using Sequential network = training.Network.Spec!.Build(training.Device, training.Network.Loss);
        var frames = new List<byte[]>();
        foreach ((int step, float[] parameters) in training.Snapshots)
        {
            network.LoadParameters(parameters);
            frames.Add(graph.Draw(network, step));
        }
        GifFile.Save(path, frames);
    }
}
