using System.Diagnostics;
using System.Globalization;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>PyTorch reads what this library writes, and the other way round: a Python program follows the format's description.</summary>
public class PyTorchTests
{
    static readonly Lazy<string?> Python = new(() => ((string[])["/usr/bin/python3", "python3", "python"]).FirstOrDefault(HasTorch));

    [Fact]
    public void WhatPyTorchWritesIsReadAndComputesTheSame()
    {
        using var folder = new ScratchFolder();
        float[] expected = Run("write", folder.File("m.safetensors"));
        var hints = new ModelHints { Activation = Activation.ReLU, Loss = new MseLoss() };
        using ComputeDevice device = ComputeDevice.Open("cpu");
        using Sequential network = ModelFile.Read(folder.File("m.safetensors"), hints).Build(device).Network;
        Compare(expected, network);
    }

    [Fact]
    public void WhatWeWriteIsReadByPyTorchAndComputesTheSame()
    {
        using var folder = new ScratchFolder();
        using ComputeDevice device = ComputeDevice.Open("cpu");
        NetworkSpec spec = NetworkSpec.Parse("2-9-5-1") with { LinearOutput = true };
        using Sequential network = spec.Build(device, Initialization.He, new PhiloxStream(3, StreamPurpose.Initialization), new MseLoss());
        ModelFile.Save(folder.File("m.safetensors"), new Model(network, null, null, []));
        Compare(Run("read", folder.File("m.safetensors")), network);
    }

    static void Compare(float[] expected, Sequential network)
    {
        float[] found = network.Predict([0f, 0, 1, -1, -1.5f, 2]);
        Assert.Equal(3, expected.Length);
        for (int k = 0; k < found.Length; k++) Assert.Equal(expected[k], found[k], 1e-5f);
    }

    static float[] Run(string verb, string path)
    {
        Requirement.Need("torch", Python.Value is not null, "Debian: apt-get install python3-torch.");
        string script = Path.Combine(AppContext.BaseDirectory, "Records/Files/safetensors.py");
        using Process process = Start(Python.Value!, script, verb, path);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{printed}{error.GetAwaiter().GetResult()}");
        return [.. printed.Split().Where(word => word.Length > 0).Select(word => float.Parse(word, CultureInfo.InvariantCulture))];
    }

    static bool HasTorch(string python)
    {
        try
        {
            using Process process = Start(python, "-c", "import torch");
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
