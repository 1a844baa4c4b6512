using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Training;

namespace GpuMlp.Tests.Training;

/// <summary>Looks at the validation loss change no bit and are the same however a run is carried out; patience keeps the best.</summary>
public sealed class ValidationTests : IDisposable
{
    static readonly DataSet Rows = DataSets.MakeMoons(40, noise: 0.4, seed: 3), Others = DataSets.MakeMoons(90, noise: 0.4, seed: 4);

    readonly ComputeDevice device = ComputeDevice.Open("cpu");

    public void Dispose() => device.Dispose();

    static Recipe Recipe(int steps, int batch = 1) =>
        new() { Net = NetworkSpec.Parse("2-9-1"), Seed = 5, Steps = steps, Batch = batch, Optimizer = new() { LearningRate = 0.2f } };

    (TrainingResult Result, float[] Parameters) Run(Recipe recipe, Validation? validation, EngineChoice engine = EngineChoice.Auto,
        int? stepsPerLaunch = null, IProgress<TrainingProgress>? progress = null)
    {
        using Sequential network = recipe.Build(device);
        var options = new TrainingOptions { SnapshotEvery = 0, Engine = engine, StepsPerLaunch = stepsPerLaunch, Validation = validation };
        using var trainer = new Trainer(network, Rows, recipe, options);
        trainer.WarmUp();
        TrainingResult result = progress is null ? trainer.Run(cancellation: TestContext.Current.CancellationToken)
            : trainer.Run(progress, TestContext.Current.CancellationToken);
        var parameters = new float[network.Arena.Length];
        device.CopyToHost(network.Arena.Values, parameters);
        return (result, parameters);
    }

    [Theory]
    [InlineData(EngineChoice.Fused, 1)]
    [InlineData(EngineChoice.Fused, 4)]
    [InlineData(EngineChoice.Layers, 1)]
    [InlineData(EngineChoice.Layers, 4)]
    public void LookingChangesNoBitAndSeesTheNetworkOfThatStep(EngineChoice engine, int batch)
    {
        (TrainingResult alone, float[] parameters) = Run(Recipe(250, batch), null, engine);
        var validation = new Validation(Others) { Every = 60 };
        (TrainingResult result, float[] watched) = Run(Recipe(250, batch), validation, engine);
        Assert.Equal(alone.Losses, result.Losses);
        Assert.Equal(parameters, watched);
        Assert.Equal([60, 120, 180, 240, 250], result.Validation.Select(look => look.Steps));
        foreach (ValidationLoss look in result.Validation)
        {
            using Sequential network = Recipe(look.Steps, batch).Build(device);
            network.LoadParameters(Run(Recipe(look.Steps, batch), null, EngineChoice.Fused).Parameters);
            Assert.Equal(network.Loss.Mean(network.PredictLogits(Others.Flat), Others.Labels, sigmoid: true), look.Loss);
        }
        foreach (int steps in (int[])[1, 7, 1000])
            Assert.Equal(result.Validation, Run(Recipe(250, batch), validation, engine, steps).Result.Validation);
    }

    [Fact]
    public void ALookComesAfterOnePassButNotBeforeAHundredSteps()
    {
        Assert.Equal([100, 120], Run(Recipe(120), new Validation(Others)).Result.Validation.Select(look => look.Steps));
        Assert.Equal(1000, new Validation(Others).StepsBetweenLooks(trainingRows: 1000, batch: 1));
        Assert.Equal(251, new Validation(Others).StepsBetweenLooks(trainingRows: 1001, batch: 4));
    }

    [Theory]
    [InlineData(3, 0, EngineChoice.Fused)]
    [InlineData(3, 0, EngineChoice.Layers)]
    [InlineData(5, 0.02, EngineChoice.Fused)]
    public void PatienceEndsTheRunAndKeepsTheBestWeights(int patience, double least, EngineChoice engine)
    {
        var validation = new Validation(Others) { Every = 50, Patience = patience, MinDelta = least };
        (TrainingResult result, float[] kept) = Run(Recipe(50_000), validation, engine);
        Assert.Equal(StopReason.Patience, result.StopReason);
        (double lowest, int best, int waited) = (double.PositiveInfinity, 0, 0);
        foreach (ValidationLoss look in result.Validation)
        {
            Assert.True(waited < patience);                                             // the run ended no later than it should
            if (look.Loss < lowest - least) (lowest, best, waited) = (look.Loss, look.Steps, 0);
            else waited++;
        }
        Assert.Equal((patience, best, result.Validation[^1].Steps), (waited, result.RestoredSteps, result.Steps));
        Assert.Equal(Run(Recipe(best), null).Parameters, kept);
        TrainingResult other = Run(Recipe(50_000), validation, engine, stepsPerLaunch: 17).Result;
        Assert.Equal((result.RestoredSteps, result.Losses.Length), (other.RestoredSteps, other.Losses.Length));
    }

    [Fact]
    public void ARunThatMakesAllItsStepsKeepsTheBestWeightsToo()
    {
        (TrainingResult result, float[] kept) = Run(Recipe(2000), new Validation(Others) { Every = 50, Patience = 1000 });
        ValidationLoss best = result.Validation.MinBy(look => look.Loss);
        Assert.Equal((StopReason.Completed, best.Steps), (result.StopReason, result.RestoredSteps));
        Assert.Equal(Run(Recipe(best.Steps), null).Parameters, kept);
    }

    [Fact]
    public void ProgressTellsTheLatestLook()
    {
        var told = new Collected();
        TrainingResult result = Run(Recipe(300), new Validation(Others) { Every = 100 }, progress: told).Result;
        Assert.Equal(result.Validation, told.Seen.Select(made => made.Validation).OfType<ValidationLoss>().Distinct());
        Assert.Equal((300, result.FinalLoss), (told.Seen[^1].Steps, told.Seen[^1].Loss));
    }

    sealed class Collected : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Seen { get; } = [];

        public void Report(TrainingProgress value) => Seen.Add(value);
    }

    [Fact]
    public void RowsThatDoNotFitAreRefused()
    {
        var three = new DataSet("three", new float[4, 3], [0, 1, 0, 1], ["a", "b"]);
        string message = Assert.Throws<ArgumentException>(() => Run(Recipe(10), new Validation(three))).Message;
        Assert.StartsWith("the validation rows: the network takes 2 inputs, the data has 3 features", message);
        Validation[] wrong =
        [
            new(Others) { Every = 0 }, new(Others) { Patience = 0 }, new(Others) { MinDelta = -1 }, new(Others) { MinDelta = double.NaN },
        ];
        foreach (Validation validation in wrong) Assert.Throws<ArgumentOutOfRangeException>(() => Run(Recipe(10), validation));
    }
}
