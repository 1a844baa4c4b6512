using System.Globalization;
using System.Text.Json;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;

namespace GpuMlp.Tests.Cli.Train;

/// <summary>gpumlp train --folds and --class-weight: what they learn, they learn of the rows that each network trains on.</summary>
public class FoldsTests
{
    const string Text = "a,b,kind\n";

    static readonly string Rows = Text + string.Concat(Enumerable.Range(0, 61).Select(row => string.Create(CultureInfo.InvariantCulture,
        $"{(row % 4 == 0 ? 1 : -1) + row * 37 % 41 / 20.0},{row * row},{(row % 4 == 0 ? "rare" : "often")}\n")));

    static JsonElement Record(ScratchFolder folder, string run) =>
        JsonDocument.Parse(File.ReadAllText(folder.File($"{run}/run.json"))).RootElement;

    [Theory]
    [InlineData("auto")]
    [InlineData("layers")]
    public void EachFoldIsJudgedByANetworkThatDidNotSeeIt(string engine)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("rows.csv"), Rows);
        const string options = "train --net 2-8-1 --standardize --class-weight balanced --steps 700 --lr 0.05 --seed 3 --no-plots";
        string data = $"csv:{folder.File("rows.csv")}";
        Gpumlp.Outcome outcome = Gpumlp.Run($"{options} --engine {engine} --folds 4 --data {data} --out", folder.File("run"));
        Assert.Equal(0, outcome.ExitCode);
        JsonElement folds = Record(folder, "run").GetProperty("metrics").GetProperty("folds");
        JsonElement[] each = [.. folds.GetProperty("folds").EnumerateArray()];
        Assert.Equal(61, each.Sum(fold => fold.GetProperty("rows").GetInt32()));
        double[] accuracies = [.. each.Select(fold => fold.GetProperty("accuracy").GetDouble())];
        Assert.InRange(folds.GetProperty("accuracy").GetProperty("mean").GetDouble() / accuracies.Average(), 1 - 1e-12, 1 + 1e-12);
        Assert.Contains("\nfolds      fold  rows", outcome.Out);

        DataSet all = CsvData.Read(folder.File("rows.csv"));
        int[] keptBack = Splits.Folds(all, 4, new PhiloxStream(3, StreamPurpose.Split))[2];
        DataSet training = all.Rows([.. Enumerable.Range(0, 61).Except(keptBack)]), others = all.Rows(keptBack);
        Standardizer standardizer = Standardizer.Fit(training);
        float rare = training.Labels.Count(label => label == 1);
        var recipe = new Recipe
        {
            Net = NetworkSpec.Parse("2-8-1"),
            Seed = 3,
            Steps = 700,
            Optimizer = new() { LearningRate = 0.05f },
            ClassWeights = [(float)(training.Count / 2.0 / (training.Count - rare)), (float)(training.Count / 2.0 / rare)],
        };
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = recipe.Build(device);
        using var trainer = new Trainer(network, standardizer.Apply(training), recipe);
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        DataSet judged = standardizer.Apply(others);
        double loss = network.Loss.Mean(network.PredictLogits(judged.Flat), judged.Labels, sigmoid: true);
        Assert.Equal(loss, each[2].GetProperty("loss").GetDouble());
    }

    [Fact]
    public void FoldsChangeNothingOfTheRunItself()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, Gpumlp.Run("train --samples 50 --steps 300 --no-plots --out", folder.File("alone")).ExitCode);
        Assert.Equal(0, Gpumlp.Run("train --samples 50 --steps 300 --no-plots --folds 3 --out", folder.File("folds")).ExitCode);
        foreach (string file in (string[])["losses.csv", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder.File($"alone/{file}")), File.ReadAllBytes(folder.File($"folds/{file}")));
    }

    [Fact]
    public void AWeightMakesARareClassCount()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("rows.csv"), Rows);
        string options = $"train --net 2-8-1 --standardize --steps 3000 --no-plots --data csv:{folder.File("rows.csv")}";
        double Recall(string weights, string run)
        {
            Gpumlp.Outcome outcome = Gpumlp.Run($"{options} {weights} --out", folder.File(run));
            Assert.Equal(0, outcome.ExitCode);
            JsonElement training = Record(folder, run).GetProperty("metrics").GetProperty("training");
            return training.GetProperty("perClass")[1].GetProperty("recall").GetDouble();
        }
        double alike = Recall("", "alike"), balanced = Recall("--class-weight balanced", "balanced");
        double heavy = Recall("--class-weight rare:50", "heavy"), none = Recall("--class-weight rare:0", "none");
        Assert.True(balanced > alike && heavy >= balanced, $"{none} {alike} {balanced} {heavy}");
        Assert.True(none < balanced, $"{none} {balanced}");
        Assert.Equal(1, heavy);
        JsonElement weights = Record(folder, "balanced").GetProperty("classWeights");
        Assert.Equal((61 / 2.0 / 45, 61 / 2.0 / 16), (weights.GetProperty("often").GetDouble(), weights.GetProperty("rare").GetDouble()),
            (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-6 && Math.Abs(a.Item2 - b.Item2) < 1e-6);
    }

    [Theory]
    [InlineData("--folds 1", "--folds 1: a number of folds is a whole number from 2 to 1000")]
    [InlineData("--folds 21", "--folds 21: folds are 2 to the number of rows, 20")]
    [InlineData("--folds 3 --validation 0.2", "--folds 3: each fold is judged on the rows of its own; leave --validation out")]
    [InlineData("--folds 3 --rng numpy", "--folds 3: folds draw their rows with --rng philox")]
    [InlineData("--class-weight 0:1,2:1", "--class-weight 0:1,2:1: there is no class '2'; the classes are 0, 1")]
    [InlineData("--class-weight 5", "--class-weight 5: a weight is NAME:WEIGHT, several are separated by commas; or balanced")]
    [InlineData("--class-weight 0:-1", "--class-weight 0:-1: the weight of class 0 is a number of 0 or more")]
    [InlineData("--class-weight 0:1,0:2", "--class-weight 0:1,0:2: class 0 stands there twice")]
    [InlineData("--class-weight 0:0,1:0", "--class-weight 0:0,1:0: one class at least has a weight above 0")]
    public void WhatDoesNotGoTogetherIsRefused(string options, string message)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run($"train --samples 20 --no-plots {options} --quiet --out", folder.File("run"));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Equal($"gpumlp: {message}", Assert.Single(outcome.ErrorLines));
        Assert.Empty(folder.Names);
    }
}
