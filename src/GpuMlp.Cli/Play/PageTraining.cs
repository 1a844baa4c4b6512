using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Planning;
using GpuMlp.Records;
using GpuMlp.Training;

namespace GpuMlp.Cli.Play;

/// <summary>The training of a page: its settings and data, and all that is on the device.</summary>
sealed class PageTraining : IDisposable
{
    const int LastLosses = 1000, MostSnapshots = 64;

    // by which the choice of a device goes: about a minute of looking at it
    const int LikelySteps = 1_000_000;

    readonly Queue<float> last = new();
    readonly List<(int Step, float[] Parameters)> snapshots = [];
    int snapshotEvery = 1;

    PageTraining(TrainConfig config, TrainInput input, ComputeDevice device, Sequential network, TrainingSession session) =>
        (Config, Input, Device, Network, Session) = (config, input, device, network, session);

    /// <summary>Opens the device and draws the weights, as train does.</summary>
    /// <exception cref="UsageException">The settings do not go together.</exception>
    /// <exception cref="DeviceUnavailableException">There is no such device.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory.</exception>
    public static PageTraining Begin(TrainConfig config, TrainInput input)
    {
        Work[] job = [Work.OfTraining(input.Recipe with { Steps = LikelySteps }, config.Engine)];
        return DeviceInput.Open(config.Device, job, new Terminal(quiet: true, json: false), device =>
        {
            Sequential network = input.Recipe.Build(device);
            try
            {
                var session = new TrainingSession(network, input.Data, input.Recipe, config.Engine);
                session.WarmUp();
                return new PageTraining(config, input, device, network, session);
            }
            catch (ArgumentException e) when (config.Engine != EngineChoice.Auto)
            {
                throw UsageException.For("engine", TrainingOptions.Engines.Of(config.Engine), UsageException.Plain(e), e);
            }
        });
    }

    /// <summary>The settings by which the next steps are made.</summary>
    public TrainConfig Config { get; private set; }

    public TrainInput Input { get; private set; }

    public ComputeDevice Device { get; }

    public Sequential Network { get; }

    public TrainingSession Session { get; }

    /// <summary>The step at which settings were first changed; null if they never were.</summary>
    public int? ChangedAt { get; private set; }

    /// <summary>The mean of the last steps' losses, 1,000 at most; null before the first step.</summary>
    public float? MeanOfLast => last.Count > 0 ? last.Average() : null;

    /// <summary>The last step's loss; null before the first step.</summary>
    public float? LastLoss { get; private set; }

    /// <summary>Parameters of some steps, evenly spread over the training, for its animation.</summary>
    public IReadOnlyList<(int Step, float[] Parameters)> Snapshots =>
        snapshots is [.., (int step, _)] && step == Session.Steps ? snapshots : [.. snapshots, (Session.Steps, Session.Snapshot())];

    /// <summary>Makes some steps.</summary>
    public float[] Train(int steps)
    {
        if (snapshots.Count == 0) snapshots.Add((0, Session.Snapshot()));
        float[] losses = Session.Train(steps);
        foreach (float loss in losses.AsSpan(Math.Max(0, losses.Length - LastLosses)))
        {
            if (last.Count == LastLosses) last.Dequeue();
            last.Enqueue(loss);
        }
        if (losses.Length > 0) LastLoss = losses[^1];
        Keep();
        return losses;
    }

    // when there are too many, every second one goes, and from then on they are twice as far apart
    void Keep()
    {
        if (Session.DivergedStep is not null || Session.Steps - snapshots[^1].Step < snapshotEvery) return;
        snapshots.Add((Session.Steps, Session.Snapshot()));
        if (snapshots.Count <= MostSnapshots) return;
        for (int k = snapshots.Count - 2; k > 0; k -= 2) snapshots.RemoveAt(k);
        snapshotEvery = Math.Max(snapshotEvery, Session.Steps / (MostSnapshots / 2));
    }

    /// <summary>Goes on with other settings that begin no other training.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public void Change(TrainConfig config)
    {
        Recipe recipe = config.Recipe with { Net = Input.Recipe.Net, ClassWeights = Input.Recipe.ClassWeights };
        recipe.Validate();
        Session.Change(recipe);
        if (Session.IsChanged) ChangedAt ??= Session.Steps;
        (Config, Input) = (config, Input with { Recipe = recipe });
    }


    /// <summary>The loss, and for classes the share that is right, of the training rows and of those that are kept back.</summary>
    public (double Loss, double? Accuracy) Judge(DataSet rows)
    {
        float[] z = Network.PredictLogits(rows.Flat);
        bool sigmoid = !Input.Spec.LinearOutput;
        double loss = Network.Loss.Mean(z, rows.Labels, sigmoid);
        if (rows.ClassCount == 0) return (loss, null);
        if (Network.Outputs > 1) return (loss, Classification.Accuracy(z, rows.Labels));
        for (int k = 0; k < z.Length; k++) z[k] = Sigmoid.Of(z[k]);
        return (loss, Classification.Accuracy(z, rows.Labels));
    }

    public void Dispose()
    {
        Session.Dispose();
        Network.Dispose();
        Device.Dispose();
    }
}
