using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Randomness;
using GpuMlp.Tensors;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>
/// The launches of a training and nothing else: all that they read is on the device, and all that they write stays there.
/// </summary>
sealed class StepsLaunch : IDisposable
{
    readonly StepsJob job;
    readonly Recipe recipe;
    readonly TrainingData data;
    readonly DeviceBuffer start, picks, values, losses;
    readonly Tensor batchX, batchY;
    readonly FusedRun fused;

    internal StepsLaunch(StepsJob job)
    {
        this.job = job;
        ComputeDevice device = job.Device;
        int batch = job.Row.Batch, steps = job.Row.Steps;
        recipe = Recipe.Of(job.Network) with { Batch = batch, Steps = steps };
        data = new TrainingData(device, StepsJob.Moons);
        start = device.Allocate(job.Start.Length);
        device.CopyToDevice(job.Start, start.All);
        picks = device.Allocate(batch * steps);
        values = device.Allocate(batch * steps);
        losses = device.Allocate(steps);
        var row = new float[NetworkRow.Length];
        FusedRun.WriteRow(row, recipe.Optimizer, recipe.Seed, 0);
        fused = new FusedRun(device, recipe, row, steps,
            () => new FusedMemory(data.Inputs.Span, data.Labels.Span, job.Network.Arena.Values));
        batchX = new Tensor(device, batch, data.Inputs.Columns);
        batchY = new Tensor(device, batch, 1);
    }

    /// <summary>Makes all steps, each time from the same parameters, and waits for their end.</summary>
    internal void Run()
    {
        job.Device.Copy(start.All, job.Network.Arena.Values);
        if (job.Row.Engine == EngineChoice.Fused)
            for (int made = 0; made < job.Row.Steps;) made += fused.Train(made, job.Row.Steps - made, data.Inputs.Rows);
        else LayerByLayer();
        job.Device.Synchronize();
    }

    void LayerByLayer()
    {
        int batch = job.Row.Batch;
        job.Device.PickRows(picks.All, data.Inputs.Rows, 0, (uint)StreamPurpose.Sampling, 0);
        for (int step = 0; step < job.Row.Steps; step++)
        {
            job.Device.GatherBatch(
                data.Inputs.Span, data.Labels.Span, picks.All, step * batch, batchX.Span, batchY.Span, batch, data.Inputs.Columns);
            job.Network.ComputeLoss(job.Network.ForwardToLoss(batchX), batchY, values.All.Slice(step * batch, batch));
            job.Network.Backward();
            job.Network.Step(recipe.Optimizer.LearningRate);
        }
        job.Device.Means(values.All, losses.All, job.Row.Steps, batch, 0);
    }

    /// <summary>Compares the launches with the layer engine on the CPU.</summary>
    /// <exception cref="InvalidOperationException">A parameter differs.</exception>
    internal void Check()
    {
        Run();
        job.Check(job.Parameters());
    }

    public void Dispose()
    {
        data.Dispose();
        fused.Dispose();
        foreach (DeviceBuffer buffer in (DeviceBuffer[])[start, picks, losses]) buffer.Dispose();
        batchX.Dispose();
        batchY.Dispose();
    }
}
