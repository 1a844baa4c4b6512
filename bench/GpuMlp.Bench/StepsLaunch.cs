using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Randomness;
using GpuMlp.Tensors;
using GpuMlp.Training;

namespace GpuMlp.Bench;

/// <summary>The launches of a run and nothing else: all that they read lies on the device, all that they write stays there.</summary>
sealed class StepsLaunch : IDisposable
{
    const float Rate = 0.01f;

    readonly StepsJob job;
    readonly TrainingData data;
    readonly DeviceBuffer start, picks, losses, networks, scratch;
    readonly Tensor batchX, batchY;
    readonly NetworkShape shape;
    readonly FusedKernel kernel;

    internal StepsLaunch(StepsJob job)
    {
        this.job = job;
        ComputeDevice device = job.Device;
        int batch = job.Row.Batch, steps = job.Row.Steps;
        data = new TrainingData(device, StepsJob.Moons);
        Layers.NetworkSpec net = Layers.NetworkSpec.Parse(job.Row.Net);
        kernel = FusedKernel.Of(net, new BceLoss(), OptimizerSpec.Default, batch);
        shape = new NetworkShape(net.Widths);
        start = device.Allocate(job.Start.Length);
        device.CopyToDevice(job.Start, start.All);
        picks = device.Allocate(batch * steps);
        losses = device.Allocate(steps);
        networks = device.Allocate(NetworkRow.Length);             // seed 0, first row 0, no regularization
        var row = new float[NetworkRow.Length];
        row[NetworkRow.LearningRate] = Rate;
        device.CopyToDevice(row, networks.All);
        scratch = device.Allocate((int)kernel.ScratchLength(shape, batch));
        batchX = new Tensor(device, batch, data.Inputs.Columns);
        batchY = new Tensor(device, batch, 1);
    }

    /// <summary>Makes all steps, from the same parameters each time, and waits for their end.</summary>
    internal void Run()
    {
        job.Device.Copy(start.All, job.Network.Arena.Values);
        if (job.Row.Engine == EngineChoice.Fused) Fused();
        else LayerByLayer();
        job.Device.Synchronize();
    }

    void Fused()
    {
        var spans = new TrainingSpans
        {
            X = data.Inputs.Span,
            Y = data.Labels.Span,
            Picks = picks.All,
            Parameters = job.Network.Arena.Values,
            Networks = networks.All,
            Losses = losses.All,
            Snapshots = losses.All,
            Scratch = scratch.All,
            States = losses.All,
            Schedule = losses.All,
        };
        var plan = new TrainingPlan
        {
            Networks = 1,
            Steps = job.Row.Steps,
            Examples = data.Inputs.Rows,
            Stream = (uint)StreamPurpose.Sampling,
            ArenaLength = job.Network.Arena.Length,
            ScratchLength = scratch.Length,
        };
        kernel.Launch(job.Device, spans, plan, shape, job.Row.Batch, 6L * job.Network.ParameterCount * job.Row.Batch * job.Row.Steps, null);
    }

    void LayerByLayer()
    {
        int batch = job.Row.Batch;
        job.Device.PickRows(picks.All, data.Inputs.Rows, 0, (uint)StreamPurpose.Sampling, 0);
        for (int step = 0; step < job.Row.Steps; step++)
        {
            job.Device.GatherBatch(data.Inputs.Span, data.Labels.Span, picks.All, step * batch, batchX.Span, batchY.Span, batch, data.Inputs.Columns);
            job.Network.ComputeLoss(job.Network.Forward(batchX), batchY, losses.All, step);
            job.Network.Backward();
            job.Network.Step(Rate);
        }
    }

    /// <summary>Holds the launches to the layer engine on the CPU.</summary>
    internal void Check()
    {
        Run();
        job.Check(job.Parameters());
    }

    public void Dispose()
    {
        data.Dispose();
        foreach (DeviceBuffer buffer in (DeviceBuffer[])[start, picks, losses, networks, scratch]) buffer.Dispose();
        batchX.Dispose();
        batchY.Dispose();
    }
}
