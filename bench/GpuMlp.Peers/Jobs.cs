using System.Diagnostics;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Training;

namespace GpuMlp.Peers;

/// <summary>The jobs that GpuMlp and TorchSharp do side by side.</summary>
sealed class Jobs : IDisposable
{
    internal const int Steps = 10_000;
    static readonly Window Window = new(-1.5, 2.5, -1, 1.5);
    static readonly DataSet Moons = DataSets.MakeMoons(2000);

    readonly int turns;
    readonly Torch torch = new(Moons);
    readonly List<(string Id, Ours Ours)> devices = [];
    readonly string? program;

    /// <summary>Opens the devices.</summary>
    /// <param name="turns">How many turns each contender has.</param>
    /// <param name="program">The built gpumlp.dll, for the job train-command.</param>
    internal Jobs(int turns, string? program)
    {
        (this.turns, this.program) = (turns, program);
        foreach (string id in (string[])["cpu", "opencl"])
        {
            try
            {
                devices.Add((id, new Ours(ComputeDevice.Open(id), Moons)));
            }
            catch (DeviceUnavailableException e)
            {
                Console.Error.WriteLine($"{id} is left out: {e.Message}");
            }
        }
    }

    internal static readonly string[] Names = ["steps", "steps-deep", "population", "grid", "grid-deep", "modules", "train-command",
        "digits-run",
        .. WideJob.All.Select(j => j.Name)];

    internal void Run(string job)
    {
        switch (job)
        {
            case "steps": TrainOne("10,000 steps, 2-50-1", "2-50-1"); break;
            case "steps-deep": TrainOne("10,000 steps, 2-64-64-1", "2-64-64-1"); break;
            case "population": TrainMany("256 networks × 10,000 steps, 2-50-1", "2-50-1", 256); break;
            case "grid": Grid("grid 4096², 2-50-1", "2-50-1", 4096); break;
            case "grid-deep": Grid("grid 2048², 2-64-64-1", "2-64-64-1", 2048); break;
            case "modules": Modules(); break;
            case "train-command": TrainCommand(); break;
            case "digits-run": DigitsRun(); break;
            case string name when WideJob.All.FirstOrDefault(j => j.Name == name) is WideJob wide: Wide(wide); break;
            default: throw new ArgumentException($"{job} is no job; there are {string.Join(", ", Names)}");
        }
    }

    void TrainOne(string job, string net)
    {
        using var ilgpu = new Ours(ComputeDevice.Open("cpu:ilgpu"), Moons);
        const int Part = 20;
        new Comparison(job, Steps, "steps").Print(
        [
            .. OnThreads(() => torch.Train(net, Steps)),
            .. devices.Select(d => new Contender($"fused, {d.Id}", false, () => d.Ours.Train(net, Steps, EngineChoice.Fused))),
            .. devices.Where(d => d.Id == "cpu")
                .Select(d => new Contender("layers, cpu", false, () => d.Ours.Train(net, Steps, EngineChoice.Layers))),
            new("fused, cpu:ilgpu", false, () => ilgpu.Train(net, Steps / Part, EngineChoice.Fused), Part, $"from {Steps / Part:N0} steps"),
        ], turns);
    }

    void TrainMany(string job, string net, int networks) =>
        new Comparison(job, (double)networks * Steps, "steps").Print(
        [
            .. OnThreads(() => torch.Train(net, Steps)).Select(c => c with { Times = networks, Note = "from one network" }),
            .. devices.Select(d => new Contender($"population, {d.Id}", false, () => d.Ours.TrainMany(net, Steps, networks))),
        ], turns);

    void Grid(string job, string net, int side) =>
        new Comparison(job, (double)side * side, "points").Print(
        [
            .. OnThreads(() => Torch.Grid(net, side, Window)),
            .. devices.Select(d => new Contender(d.Id, false, () => d.Ours.Grid(net, side, Window))),
        ], turns);

    void Modules()
    {
        var program = new ModulesProgram(devices.First(d => d.Id == "cpu").Ours.Device, Moons);
        new Comparison("10,000 steps, 2-50-1, no loss read", Steps, "steps").Print(
        [
            .. OnThreads(() => torch.Train("2-50-1", Steps, readLosses: false)),
            new("modules that define only forward, cpu", false, () => program.Train(Steps)),
            new("the same steps layer by layer, cpu", false, () => program.TrainByHand(Steps)),
        ], turns);
    }

    void Wide(WideJob job) =>
        new Comparison($"{job}", job.Steps, "steps").Print(
        [
            .. OnThreads(Torch.Wide(job)),
            .. devices.SelectMany(d => d.Ours.Wide(job).Select(run => new Contender($"{run.Engine}, {d.Id}", false, run.Run))),
        ], turns);

    // as many rows as scikit-learn's digits, with the features of MNIST's: ten random pictures with noise
    void DigitsRun()
    {
        const int Rows = 1797, Features = 784, Classes = 10, Epochs = 20, Batch = 64;
        const float Rate = 0.05f;
        const string Net = "784-128-10";
        var random = new Random(1);
        float[] pictures = [.. Enumerable.Range(0, Classes * Features).Select(_ => random.NextSingle())];
        float[] labels = [.. Enumerable.Range(0, Rows).Select(row => (float)(row % Classes))];
        var inputs = new float[Rows, Features];
        for (int row = 0; row < Rows; row++)
            for (int k = 0; k < Features; k++)
                inputs[row, k] = 0.2f * pictures[row % Classes * Features + k] + 0.8f * random.NextSingle();
        var data = new DataSet("digits", inputs, labels, [.. Enumerable.Range(0, Classes).Select(k => $"{k}")]);
        var losses = new SortedDictionary<string, double>();
        new Comparison($"{Epochs} epochs of {Rows:N0} rows, {Net}, batch {Batch}", Epochs, "epochs").Print(
        [
            .. OnThreads(() => losses["TorchSharp"] = Torch.WholeRun(data, Net, Epochs, Batch, Rate)),
            .. devices.Select(d => new Contender(d.Id, false, () => losses[d.Id] = d.Ours.WholeRun(data, Net, Epochs, Batch, Rate))),
        ], turns);
        Console.Error.WriteLine($"mean loss of the last epoch: {string.Join(", ", losses.Select(l => $"{l.Key} {l.Value:G3}"))}");
    }

    void TrainCommand()
    {
        if (program is null) throw new ArgumentException("train-command needs --gpumlp FILE, the built gpumlp.dll");
        string self = typeof(Jobs).Assembly.Location, folder = Directory.CreateTempSubdirectory("gpumlp-peers-").FullName;
        try
        {
            IEnumerable<Contender> theirs = ThreadCounts.Select(n => new Contender(
                $"TorchSharp, {Counted(n)}, trains only", true, () => Start(self, "train-only", $"{n}")));
            IEnumerable<Contender> ours = devices.Select(d => new Contender($"gpumlp train --device {d.Id}", false,
                () => Start(program, "train", "--device", d.Id, "--out", Path.Combine(folder, d.Id), "--force", "--quiet"),
                Note: "41 pictures and the animation included"));
            new Comparison("a whole command: train 10,000 steps, 2-50-1", Steps, "steps").Print([.. theirs, .. ours], turns);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Trains in TorchSharp and does nothing else: the program that train-command starts for TorchSharp.</summary>
    internal static void TrainOnly(int threads)
    {
        TorchSharp.torch.set_num_threads(threads);
        using var torch = new Torch(Moons);
        torch.Train("2-50-1", Steps);
    }

    static void Start(params string[] arguments)
    {
        using Process process = Process.Start("dotnet", arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    static int[] ThreadCounts => Environment.ProcessorCount > 1 ? [1, 2] : [1];

    static string Counted(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    static IEnumerable<Contender> OnThreads(Action run) => ThreadCounts.Select(n => new Contender($"TorchSharp, {Counted(n)}", true, () =>
    {
        TorchSharp.torch.set_num_threads(n);
        run();
    }));

    public void Dispose()
    {
        torch.Dispose();
        foreach ((_, Ours ours) in devices) ours.Dispose();
    }
}
