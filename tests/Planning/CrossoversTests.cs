using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Planning;
using GpuMlp.Training;

namespace GpuMlp.Tests.Planning;

/// <summary>From which sizes on a device wins, by measurements.</summary>
public class CrossoversTests
{
    static readonly DeviceDescription gpu = new("cuda:0", DeviceKind.Cuda, "a GPU", IsGpu: true);
    static readonly DeviceDescription[] both = [DeviceDescription.Processor, gpu];
    static readonly Recipe recipe = new() { Net = NetworkSpec.Parse("2-64-64-1"), Batch = 64, Steps = 100 };

    // seconds of one item of a kind with one stage, at two sizes
    static (Work, double, double)[] Jobs(double perItem, double perOperation) =>
    [
        .. Enum.GetValues<WorkKind>().SelectMany(kind => ((double[])[1e3, 1e9]).Select(operations =>
            (new Work(kind, 1, 1, operations), perItem + operations * perOperation, 0.0))),
    ];

    static Measurements Measured(bool alsoCpu = true)
    {
        var measured = new Measurements();
        if (alsoCpu) measured.Add(DeviceDescription.Processor, 0, Jobs(1e-7, 1e-9));
        measured.Add(gpu, 0, Jobs(1e-3, 1e-12));
        return measured;
    }

    [Fact]
    public void ADeviceThatBeginsSlowlyAndComputesFastWinsFromASizeOn()
    {
        var crossovers = Crossovers.Of(recipe, Measured(), both);
        Assert.Empty(crossovers.NotMeasured);
        Assert.Equal(["hidden width", "batch", "networks", "grid side"], crossovers.Found.Select(found => found.Of));
        Assert.All(crossovers.Found, found => Assert.Equal(gpu, found.Device));
        Crossover width = crossovers.Found[0];
        double Seconds(DeviceDescription device, int hidden) => Measured().Of(device)!.Seconds(
            [Work.OfTraining(recipe with { Net = NetworkSpec.Parse($"2-{hidden}-{hidden}-1") }).On(device)]);
        Assert.InRange(width.From!.Value, 2, 2048);
        Assert.True(Seconds(gpu, width.From.Value) < Seconds(DeviceDescription.Processor, width.From.Value));
        Assert.True(Seconds(gpu, width.From.Value / 2) >= Seconds(DeviceDescription.Processor, width.From.Value / 2));
        Assert.False(width.BeyondMeasured);
    }

    [Fact]
    public void ADeviceThatIsNeverFasterHasNone()
    {
        Measurements measured = Measured();
        measured.Add(gpu, 0, Jobs(1e-3, 1e-6));
        Assert.All(Crossovers.Of(recipe, measured, both).Found, found => Assert.Null(found.From));
    }

    [Fact]
    public void WhatWasNotMeasuredIsNamed()
    {
        var nothing = Crossovers.Of(recipe, new Measurements(), both);
        Assert.Empty(nothing.Found);
        Assert.Equal(["cpu", "cuda:0"], nothing.NotMeasured.Select(device => device.Id));
        var noCpu = Crossovers.Of(recipe, Measured(alsoCpu: false), both);
        Assert.Empty(noCpu.Found);
        Assert.Equal(["cpu"], noCpu.NotMeasured.Select(device => device.Id));
    }

    [Fact]
    public void AKindOfWorkThatBenchHadNoTimeForIsNotMeasured()
    {
        var measured = new Measurements();
        foreach (DeviceDescription device in both)
            measured.Add(device, 0, [.. Jobs(1e-7, 1e-9).Where(job => job.Item1.Kind == WorkKind.Grid)]);
        var found = Crossovers.Of(recipe, measured, both).Found;
        Assert.Equal([0, 0, 0, 16_384], found.Select(one => one.UpTo));
        Assert.All(found, one => Assert.Null(one.From));
    }

    [Fact]
    public void LargerWorkThanAnyThatWasMeasuredIsAnExtrapolation()
    {
        var measured = new Measurements();
        foreach ((DeviceDescription device, double seconds) in (IEnumerable<(DeviceDescription, double)>)[(both[0], 1e-5), (gpu, 2e-5)])
            measured.Add(device, 0, [.. Enum.GetValues<WorkKind>().Select(kind => (new Work(kind, 1, 1, 1000), seconds, 0.0))]);
        Assert.All(Crossovers.Of(recipe, measured, both).Found.Where(found => found.Of is "hidden width" or "batch"),
            found => Assert.True(found.BeyondMeasured));
    }
}
