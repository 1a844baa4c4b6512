using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>The tutorial's job on a device: 2,000 rows of two moons, He weights, plain gradient descent on random rows.</summary>
sealed class StepsJob : IDisposable
{
    internal static readonly DataSet Moons = DataSets.MakeMoons(2000);
    static readonly Dictionary<(string Net, int Batch, int Steps), float[]> References = [];
    readonly ulong seed;

    /// <summary>Builds the network on an open device and compiles its kernels. The device stays open after <see cref="Dispose"/>.</summary>
    /// <param name="row">The training to do.</param>
    /// <param name="device">The device to train on.</param>
    /// <param name="seed">The seed of the weights and of the rows.</param>
    internal StepsJob(StepsCase row, ComputeDevice device, ulong seed = 0)
    {
        (Row, Device, this.seed) = (row, device, seed);
        Network = NetworkSpec.Parse(row.Net).Build(
            Device, Initialization.He, new PhiloxStream(seed, StreamPurpose.Initialization), new BceLoss());
        Start = Parameters();
        using Trainer trainer = NewTrainer(row.Steps);
        trainer.WarmUp();
    }

    internal StepsCase Row { get; }

    internal ComputeDevice Device { get; }

    internal Sequential Network { get; }

    /// <summary>The parameters with which every training begins.</summary>
    internal float[] Start { get; }

    /// <summary>Uploads, trains, and reads losses and parameters back; returns the last loss.</summary>
    internal float Train() => Train(Row.Steps).Loss;

    (float Loss, float[] Parameters) Train(int steps)
    {
        Network.LoadParameters(Start);
        using Trainer trainer = NewTrainer(steps);
        TrainingResult result = trainer.Run();
        return (result.FinalLoss, Parameters());
    }

    /// <summary>
    /// Compares a training with the layer engine on the CPU: the bits are equal, or close where the device cannot give the same.
    /// </summary>
    /// <exception cref="InvalidOperationException">A parameter differs.</exception>
    internal void Check() => Check(Train(Row.Steps).Parameters);

    internal void Check(float[] parameters)
    {
        float[] expected = Reference();
        for (int k = 0; k < expected.Length; k++)
        {
            bool right = Device.SameBits ? parameters[k].Equals(expected[k]) : MathF.Abs(parameters[k] - expected[k]) <= 1e-3f;
            if (right) continue;
            string found = $"parameter {k} is {parameters[k]:R}, on the CPU layer by layer {expected[k]:R}";
            throw new InvalidOperationException($"{Row}: {found}");
        }
    }

    float[] Reference()
    {
        var key = (Row.Net, Row.Batch, Row.Steps);
        if (References.TryGetValue(key, out float[]? known)) return known;
        using var job = new StepsJob(Row with { Device = "cpu", Engine = EngineChoice.Layers }, OpenDevices.Get("cpu"));
        return References[key] = job.Train(Row.Steps).Parameters;
    }

    Trainer NewTrainer(int steps) => new(
        Network,
        Moons,
        Recipe.Of(Network) with { Seed = seed, Steps = steps, Batch = Row.Batch },
        new TrainingOptions { SnapshotEvery = 0, Engine = Row.Engine });

    internal float[] Parameters()
    {
        var parameters = new float[Network.Arena.Length];
        Device.CopyToHost(Network.Arena.Values, parameters);
        return parameters;
    }

    public void Dispose() => Network.Dispose();
}
