using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Planning;
using GpuMlp.Training;

namespace GpuMlp.Tests.Planning;

/// <summary>auto chooses by the work at hand, and by what was measured where something was.</summary>
public class PlannerTests
{
    static readonly DeviceDescription Cpu = DeviceDescription.Processor;
    static readonly DeviceDescription Card =
        new("cuda:0", DeviceKind.Cuda, "a card", IsGpu: true) { Driver = "12.4", Multiprocessors = 100 };
    static readonly DeviceDescription CpuByOpenCL = new("opencl:0", DeviceKind.OpenCL, "cores");

    static readonly Work Wide = Work.OfTraining(new Recipe { Net = NetworkSpec.Parse("2-4096-4096-1"), Batch = 1024, Steps = 100 });
    static readonly Work Small = Work.OfTraining(new Recipe());

    static Measurements Measured(params (DeviceDescription Device, double SecondsPerStep)[] devices)
    {
        var measured = new Measurements();
        foreach ((DeviceDescription device, double seconds) in devices) measured.Add(device, 0.1, [(Wide, seconds * Wide.Items, 0)]);
        return measured;
    }

    static DeviceChoice Choose(Work work, Measurements measured, params DeviceDescription[] others) =>
        Planner.Choose([work], measured, () => [Cpu, .. others]);

    [Fact]
    public void NoOtherDriverIsLookedForWhereTheWorkIsShort()
    {
        DeviceChoice choice = Planner.Choose([Small], new Measurements(), () => throw new InvalidOperationException("devices were listed"));
        Assert.Equal(["cpu"], choice.Order.Select(device => device.Id));
        Assert.EndsWith("of work, for which opening another device does not pay", choice.Why);
    }

    [Fact]
    public void WideNetworksGoToAGPUAndWhatIsLeftIsTheCPU()
    {
        DeviceChoice choice = Choose(Wide, new Measurements(), CpuByOpenCL, Card);
        Assert.Equal(["cuda:0", "cpu"], choice.Order.Select(device => device.Id));
        Assert.Matches("^estimated: cuda:0 .* s, cpu .* s; gpumlp bench measures$", choice.Why);
        Assert.All(choice.Forecasts, forecast => Assert.False(forecast.Measured));
    }

    [Fact]
    public void WithoutAGPUItIsTheCPUThatWorks() =>
        Assert.Equal("there is no GPU", Choose(Wide, new Measurements(), CpuByOpenCL).Why);

    [Fact]
    public void MeasurementsDecideWhereThereAreSome()
    {
        DeviceChoice choice = Choose(Wide, Measured((Cpu, 0.022), (Card, 0.0031)), Card);
        Assert.Equal("measured here: cuda:0 3.1 ms per step, cpu 22 ms", choice.Why);
        Assert.Equal(["cuda:0", "cpu"], choice.Order.Select(device => device.Id));
        choice = Choose(Wide, Measured((Cpu, 0.022), (Card, 0.025)), Card);
        Assert.Equal("measured here: cuda:0 25 ms per step, cpu 22 ms", choice.Why);
        Assert.Equal(["cpu"], choice.Order.Select(device => device.Id));
    }

    [Fact]
    public void TheSameCoresByAnotherDriverCountWhereTheyWereMeasured()
    {
        DeviceChoice choice = Choose(Wide, Measured((Cpu, 0.022), (CpuByOpenCL, 0.02)), CpuByOpenCL, Card with { Excluded = "gone" });
        Assert.Equal(["opencl:0", "cpu"], choice.Order.Select(device => device.Id));
    }

    [Fact]
    public void AGPUWhoseSpeedIsOnlyEstimatedHasToBeTwiceAsFast()
    {
        double card = Choose(Wide, new Measurements(), Card).Forecasts.Single(forecast => forecast.Device == Card).Seconds;
        Assert.Equal(["cpu"], Choose(Wide, Measured((Cpu, 1.8 * card / Wide.Items)), Card).Order.Select(device => device.Id));
        Assert.Equal(["cuda:0", "cpu"], Choose(Wide, Measured((Cpu, 2.2 * card / Wide.Items)), Card).Order.Select(device => device.Id));
    }

    [Fact]
    public void AnotherDriverIsAnotherDevice()
    {
        DeviceChoice choice = Choose(Wide, Measured((Card, 0.001)), Card with { Driver = "13.0" });
        Assert.False(choice.Forecasts.Single(forecast => forecast.Device.Id == "cuda:0").Measured);
    }

    [Fact]
    public void ForecastsLieBetweenTheSizesThatWereTimed()
    {
        Work Of(double operations, double items = 1) => new(WorkKind.Layers, items, 2, operations);
        var measured = new Measurements();
        measured.Add(Cpu, 0.5, [(Of(1e3, 10), 10e-6, 0.1), (Of(1e9), 2, 0.2)]);
        double Seconds(Work work) => Planner.Choose([work], measured, () => [Cpu]).Forecasts[0].Seconds - 0.5 - 0.2;
        Assert.Equal(1e-6, Seconds(Of(1e3)), 1e-9);
        Assert.Equal(1e-6, Seconds(Of(10)), 1e-9);                 // a stage takes what it takes to begin
        Assert.Equal(2, Seconds(Of(1e9)), 1e-6);
        Assert.Equal(20, Seconds(Of(1e10)), 1e-6);                 // and then goes on at that speed
        Assert.InRange(Seconds(Of(1e6)), 1e-5, 1);
    }

    [Fact]
    public void WhatBenchDidNotMeasureIsEstimated()
    {
        var measured = new Measurements();
        measured.Add(Cpu, 0.1, [(new Work(WorkKind.Layers, 100, 1, 1e6), 100, 0)]);
        Work steps = new(WorkKind.Layers, 1000, 1, 1e6), points = new(WorkKind.Grid, 1e4, 1, 100);
        Forecast Of(params Work[] job) => Planner.Choose(job, measured, () => [Cpu]).Forecasts[0];
        double grid = Of(points).Seconds - 0.1;
        Assert.Equal(1000.1 + grid, Of(steps, points).Seconds, 1e-6);
        Assert.Equal((true, false), (Of(steps, points).Measured, Of(points).Measured));
        Assert.InRange(grid, 1e-6, 0.3);
    }

    [Fact]
    public void APopulationsNetworksShareADevice()
    {
        Recipe[] recipes = [.. Enumerable.Range(0, 1000).Select(_ => new Recipe { Steps = 100_000 })];
        double few = Seconds(Work.OfPopulation(recipes[..100])), many = Seconds(Work.OfPopulation(recipes));
        Assert.InRange(many / few, 1, 3);                          // 800 groups at a time

        static double Seconds(Work work) =>
            Planner.Choose([work], new Measurements(), () => [Cpu, Card]).Forecasts.Single(f => f.Device == Card).Seconds;
    }

    [Fact]
    public void AJobHasWorkInIt() => Assert.Throws<ArgumentException>(() => Planner.Choose([]));
}
