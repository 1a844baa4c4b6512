using System.Diagnostics;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Layers;
using GpuMlp.Optimizers;
using GpuMlp.Tensors;

namespace GpuMlp.Training;

/// <summary>
/// The tutorial's loop, with one or a few kernels per layer, for any widths and batch size. Rows and losses cross between host and device
/// only once per chunk of steps.
/// </summary>
sealed class LayerEngine : ITrainingEngine
{
    readonly Sequential network;
    readonly TrainingData data;
    readonly Picks picks;
    readonly Recipe recipe;
    readonly SnapshotStore snapshots;
    readonly int chunk;
    readonly Pace pace;
    readonly Tensor batchX, batchY;
    readonly DeviceBuffer pickBuffer, valueBuffer, lossBuffer;
    readonly int terms;                                            // losses of a step
    readonly DeviceBuffer? first;                                  // the first target of each row, where there are several
    Optimizer optimizer;

    internal LayerEngine(Sequential network, TrainingData data, Picks picks, Recipe recipe, SnapshotStore snapshots)
    {
        (this.network, this.data, this.picks, this.recipe, this.snapshots) = (network, data, picks, recipe, snapshots);
        ComputeDevice device = network.Device;
        chunk = Math.Clamp(65_536 / recipe.Batch, 1, 1024);
        pace = new Pace(2e9 / ((double)network.ParameterCount * recipe.Batch));
        batchX = new Tensor(device, recipe.Batch, data.Inputs.Columns);
        batchY = new Tensor(device, recipe.Batch, data.Labels.Columns);
        if (data.Labels.Columns > 1) first = device.Allocate(recipe.Batch);
        pickBuffer = device.Allocate((long)chunk * recipe.Batch, $"picks of {chunk} steps of {recipe.Batch}");
        terms = network.Loss.Terms(recipe.Batch, network.Outputs);
        valueBuffer = device.Allocate((long)chunk * terms, $"losses of {chunk} steps of {recipe.Batch}");
        lossBuffer = device.Allocate(chunk);
        optimizer = NewOptimizer();
    }

    public string Name => "layers";

    public int ChunkOf(int remaining) => pace.Steps(Math.Min(remaining, chunk));

    public void WarmUp()
    {
        float[] parameters = new float[network.Arena.Length];
        network.Device.CopyToHost(network.Arena.Values, parameters);
        Step(0);
        Means(1);
        network.Device.CopyToDevice(parameters, network.Arena.Values);
        optimizer.Dispose();
        optimizer = NewOptimizer();                                // without the state that the trial step left
        network.Device.Synchronize();
    }

    public void Run(int firstStep, Span<float> losses)
    {
        long start = Stopwatch.GetTimestamp();
        picks.Fill(pickBuffer.All.Slice(0, losses.Length * recipe.Batch), (long)firstStep * recipe.Batch);
        for (int k = 0; k < losses.Length; k++)
        {
            Step(k);
            if (snapshots.After(firstStep + k) is DeviceSpan slot) network.Device.Copy(network.Arena.Values, slot);
        }
        Means(losses.Length);
        network.Device.CopyToHost(lossBuffer.All.Slice(0, losses.Length), losses);
        pace.Made(losses.Length, start);
    }

    void Means(int steps) => network.Device.Means(valueBuffer.All, lossBuffer.All, steps, terms, 0);

    // makes step k of the chunk
    void Step(int k)
    {
        int firstPick = k * recipe.Batch;
        network.Device.GatherBatch(
            data.Inputs.Span, data.Labels.Span, pickBuffer.All, firstPick, batchX.Span, first?.All ?? batchY.Span, recipe.Batch,
            data.Inputs.Columns);
        if (first is not null)
        {
            // rows of targets are gathered as rows of inputs are
            network.Device.GatherBatch(data.Labels.Span, data.Labels.Span, pickBuffer.All, firstPick, batchY.Span, first.All, recipe.Batch,
                data.Labels.Columns);
        }
        network.ComputeLoss(network.ForwardToLoss(batchX), batchY, valueBuffer.All.Slice(k * terms, terms), recipe.IsWeighted);
        network.BackwardWithin();
        optimizer.StepWithin();
    }

    public float[] ReadState() => optimizer.ReadStates();

    public void WriteState(ReadOnlySpan<float> state, int steps) => optimizer.WriteStates(state, steps);

    Optimizer NewOptimizer() => recipe.Optimizer.Build(network.Parameters());

    public void Dispose()
    {
        batchX.Dispose();
        batchY.Dispose();
        pickBuffer.Dispose();
        valueBuffer.Dispose();
        lossBuffer.Dispose();
        first?.Dispose();
        optimizer.Dispose();
    }
}
