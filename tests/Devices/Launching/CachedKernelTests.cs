using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Launching;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Randomness;
using GpuMlp.Tests.Support;
using GpuMlp.Training;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.IR.Types;
using ILGPU.Runtime.Cuda;

namespace GpuMlp.Tests.Devices.Launching;

/// <summary>
/// Kernels from the cache give the same bits as kernels just compiled; where the cache is no good, they are compiled again.
/// </summary>
public sealed class CachedKernelTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    ComputeDevice Open(bool newton = false)
    {
        OpenCL.Need();
        return ComputeDevice.Open("opencl", OpenOptions.Default with { KernelCache = folder.File("kernels"), Newton = newton });
    }

    // the kernels of the self-test when a device opens: one for its arithmetic, one for the length of its loops
    const int OfSelfTest = 2;

    string[] SelfTestEntries()
    {
        Assert.Equal(OfSelfTest, Entries.Length);
        return Entries;
    }

    string[] Entries => Directory.GetFiles(folder.File("kernels"), "*.kernel", SearchOption.AllDirectories);

    static (float[] Losses, float[] Grid) Train(ComputeDevice device)
    {
        using Sequential network = NetworkSpec.Parse("2-6-1").Build(
            device, Initialization.Normal, new PhiloxStream(7, StreamPurpose.Initialization), new BceLoss());
        DataSet data = DataSets.MakeMoons(50);
        Recipe recipe = Recipe.Of(network) with { Seed = 5, Steps = 60, Optimizer = new() { LearningRate = 0.05f } };
        using var trainer = new Trainer(network, data, recipe);
        TrainingResult result = trainer.Run();
        return ([.. result.Losses], GridEvaluator.Evaluate(network, GridSpec.FromSize(new Window(-1, 1, -1, 1), 9, 7)));
    }

    [Fact]
    public void AKernelOutOfTheCacheGivesTheSameBits()
    {
        (float[] Losses, float[] Grid) compiled, kept, processor;
        using (ComputeDevice device = Open())
        {
            compiled = Train(device);
            Assert.Equal(0, device.Loader.FromCache);
        }
        using (ComputeDevice device = Open())
        {
            kept = Train(device);
            Assert.Equal(Entries.Length, device.Loader.FromCache);
            Assert.True(device.Loader.FromCache > 2, $"{device.Loader.FromCache} kernels");
        }
        using (ComputeDevice device = ComputeDevice.Open("cpu")) processor = Train(device);
        Assert.Equal(compiled.Losses, kept.Losses);
        Assert.Equal(compiled.Grid, kept.Grid);
        using ComputeDevice usual = Open();
        Results.Check(usual, processor.Losses, kept.Losses);
        Results.Check(usual, processor.Grid, kept.Grid);
    }

    [Fact]
    public void ADamagedEntryIsCompiledAgain()
    {
        string? why = WhyNotSameBits();
        string entry = SelfTestEntries()[0];
        byte[] whole = File.ReadAllBytes(entry);
        foreach (byte[] damaged in (byte[][])[[], whole[..(whole.Length / 2)], [.. whole[..^1], (byte)(whole[^1] + 1)]])
        {
            File.WriteAllBytes(entry, damaged);
            using ComputeDevice device = Open();
            Assert.Equal(why, device.WhyNotSameBits);
            Assert.Equal(OfSelfTest - 1, device.Loader.FromCache);
            AssertKept();
        }
    }

    // as a device opened for the first time finds
    string? WhyNotSameBits()
    {
        using ComputeDevice device = Open();
        return device.WhyNotSameBits;
    }

    void AssertKept()
    {
        using ComputeDevice device = Open();
        Assert.Equal(OfSelfTest, device.Loader.FromCache);
    }

    [Fact]
    public void ATextThatTheDriverRefusesIsCompiledAgain()
    {
        string? why = WhyNotSameBits();
        var cache = KernelCache.Open(folder.File("kernels"))!;
        string entry = SelfTestEntries()[0];
        byte[] whole = File.ReadAllBytes(entry);
        string key = System.Text.Encoding.UTF8.GetString(whole, 12, BitConverter.ToInt32(whole, 8));
        cache.Write(key, new CompiledText("kernel void nothing(", 0, 2).ToBytes());
        using (ComputeDevice device = Open())
        {
            Assert.Equal(why, device.WhyNotSameBits);
            Assert.Equal(OfSelfTest - 1, device.Loader.FromCache);
        }
        AssertKept();
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsNoError()
    {
        string? why = WhyNotSameBits();
        Directory.Delete(folder.File("kernels"), recursive: true);
        File.WriteAllText(folder.File("kernels"), "");
        using ComputeDevice device = Open();
        Assert.Equal(why, device.WhyNotSameBits);
        Assert.Equal(0, device.Loader.FromCache);
    }

    [Fact]
    public void NewtonStepsHaveEntriesOfTheirOwn()
    {
        using (Open()) { }
        using ComputeDevice device = Open(newton: true);
        Assert.Equal(0, device.Loader.FromCache);
        Assert.Equal(2 * OfSelfTest, Entries.Length);
    }

    [Fact]
    public void NewtonStepsGiveTheSameBitsInTrainingToo()
    {
        (float[] Losses, float[] Grid) mended, processor;
        using ComputeDevice newton = Open(newton: true);
        mended = Train(newton);
        using (ComputeDevice device = ComputeDevice.Open("cpu")) processor = Train(device);
        Results.Check(newton, processor.Losses, mended.Losses);
        Results.Check(newton, processor.Grid, mended.Grid);
    }

    [Fact]
    public void EveryKernelHasAKeyOfItsOwn()
    {
        List<string> keys = [.. ClosedOps.OnGpus(int.MaxValue).Select(op => KernelKey.Of(op.Entry))];
        Assert.Equal(keys.Count, keys.Distinct().Count());
        string module = $"{typeof(GpuMlp.Kernels.DeviceEntry).Module.ModuleVersionId}";
        Assert.All(keys, key => Assert.Contains(module, key, StringComparison.Ordinal));
    }

    [Fact]
    public void PtxIsRebuiltAsItWas()
    {
        using Context context = DeviceOpener.Create(_ => { });
        var architecture = CudaArchitecture.SM_80;
        using var backend = new PTXBackend(context, architecture, CudaInstructionSet.ISA_70, null!);
        var description = EntryPointDescription.FromExplicitlyGroupedKernel(ClosedOps.OnGpus(1).First().Entry);
        var compiled = (PTXCompiledKernel)backend.Compile(description, default);
        CompiledText text = CompiledText.From(CompiledText.Of(compiled)!.ToBytes())!;
        var rebuilt = Assert.IsType<PTXCompiledKernel>(text.Rebuild(description, context, null, new TypeInformationManager()));
        Assert.Equal(compiled.Name, rebuilt.Name);
        Assert.Equal(compiled.PTXAssembly, rebuilt.PTXAssembly);
        Assert.Equal(compiled.NumParameters, rebuilt.NumParameters);
    }
}
