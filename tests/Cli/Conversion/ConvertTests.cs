using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Cli.Conversion;

/// <summary>The verb convert, and grids of models that other programs wrote.</summary>
public class ConvertTests
{
    static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "Records/Files", name);

    [Fact]
    public void AModelIsConvertedThereAndBack()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run(
            $"convert {Example("torch-fc.safetensors")} {folder.File("a.npz")} --activation relu --loss bce");
        Assert.Equal((0, $"network    2-8-1, relu, loss bce\nwritten    {folder.File("a.npz")}\n", ""),
            (outcome.ExitCode, outcome.Out, outcome.Error));
        Assert.Equal([8, 2], NpzFile.Read(folder.File("a.npz")).Find("0.weight")!.Shape);
        File.WriteAllText(folder.File("b.safetensors"), "an older file");
        outcome = Gpumlp.Run($"convert {folder.File("a.npz")} {folder.File("b.safetensors")} --force --quiet");
        Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Out, outcome.Error));
        Assert.Equal("2-8-1", ModelFile.Read(folder.File("b.safetensors")).Net.ToString());
        Assert.Equal(["a.npz", "b.safetensors"], folder.Names);
    }

    [Fact]
    public void AnOnnxFileIsWrittenAndItsSignatureSaid()
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("convert", Example("First/classes.safetensors"), folder.File("m.onnx"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("network    2-4-3, tanh, loss cross-entropy, standardized inputs", outcome.Out);
        Assert.Contains("m.onnx: input x float64 (n, 2), output probability float32 (n, 3)", outcome.Out);
        Assert.Equal(["m.onnx"], folder.Names);
    }

    [Fact]
    public void WhatAnOnnxFileDoesNotDoIsSaid()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("d.csv"), "age,town,new,answer\n"
            + string.Concat(Enumerable.Range(0, 30).Select(k => $"{(k == 3 ? "?" : $"{k % 4}")},{"rs"[k % 2]},{k % 3 == 0},{k % 2}\n")));
        const string train = "train --device cpu --steps 5 --no-plots --quiet --missing median --derive age^2 --net 5-4-1 --data";
        Gpumlp.Outcome trained = Gpumlp.Run(train, folder.File("d.csv"), "--out", folder.File("r"));
        Assert.True(trained.ExitCode == 0, trained.Error);
        Gpumlp.Outcome outcome = Gpumlp.Run("convert", folder.File("r/model.safetensors"), folder.File("m.onnx"));
        Assert.Equal((0, "its inputs are, in this order: age, town=r, town=s, new, age^2; not in the file, to be done before it: "
            + "texts become a 1 in the input of their name and else 0; true and false become 1 and 0; missing values become age 1; "
            + "age^2 is computed\n"), (outcome.ExitCode, outcome.Error));
    }

    [Theory]
    [InlineData("MODEL x.pth", "x.pth: allowed are .safetensors, .onnx and .npz")]
    [InlineData("no-such.safetensors x.npz", "no-such.safetensors: there is no such file")]
    [InlineData("MODEL no-such/x.npz", "no-such/x.npz: there is no folder")]
    [InlineData("MODEL MODEL --force", "bce.safetensors: is the model that is read; name another file")]
    [InlineData("MODEL there.npz", "is there already; name another file, or replace it with --force")]
    [InlineData("MODEL folder.npz", "is a folder; a file is needed")]
    [InlineData("MODEL", "FILE is needed")]
    [InlineData("TORCH x.npz", "does not say its activation and its loss: give --activation (relu")]
    [InlineData("TORCH x.npz --activation rleu --loss bce", "--activation rleu: allowed are relu,")]
    [InlineData("TORCH x.npz --activation relu --loss hinge", "--loss hinge: allowed are bce,")]
    [InlineData("MODEL x.npz --loss mse", "says that its loss is bce, not mse; leave --loss out")]
    public void WhatCannotBeConvertedIsSaidInOneLine(string arguments, string why)
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.File("folder.npz"));
        File.WriteAllText(folder.File("there.npz"), "");
        string command = arguments.Replace("MODEL", Example("First/bce.safetensors")).Replace("TORCH", Example("torch-fc.safetensors"));
        Gpumlp.Outcome outcome = Gpumlp.Shell($"$gpumlp convert {command}", folder.File("."));
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains(why, Assert.Single(outcome.ErrorLines));
        Assert.Equal(["folder.npz", "there.npz"], folder.Names);
    }

    [Theory]
    [InlineData("torch-seq-nometa", "--activation relu --loss bce")]
    [InlineData("torch-three-class", "--activation relu --loss cross-entropy")]
    [InlineData("own-resaved-pt", "--activation relu --loss bce")]
    [InlineData("own-extra-meta", "")]
    public void AGridOfAnyModelOfLinearLayers(string name, string options)
    {
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run(
            $"grid {Example($"{name}.safetensors")} --quiet --x -2:2 --y -2:2 --size 20x20 {options} --out {folder.File("g.npy")}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        NpyArray grid = Npy.Read(folder.File("g.npy"));
        Assert.Equal([20, 20], grid.Shape);
        Assert.Equal(name == "torch-three-class" ? typeof(byte) : typeof(float), grid.ElementType);
    }

    [Fact]
    public void AFullDiskLeavesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /dev/full.");
        using var folder = new ScratchFolder();
        Gpumlp.Outcome outcome = Gpumlp.Run("convert", Example("First/bce.safetensors"), "/dev/full.npz");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("device", Assert.Single(outcome.ErrorLines));
        Assert.False(File.Exists("/dev/full.npz"));
    }
}
