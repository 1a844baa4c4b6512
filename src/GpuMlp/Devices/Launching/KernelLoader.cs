using GpuMlp.Kernels;
using GpuMlp.Kernels.Lanes;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.IR.Types;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Devices.Launching;

/// <summary>Makes kernels ready to launch: from the cache if they are in it, else with ILGPU's compiler.</summary>
sealed class KernelLoader(Accelerator accelerator, KernelCache? cache, bool newton)
{
    readonly string? ofAccelerator = cache is null ? null : KernelKey.Of(accelerator, newton);
    readonly Lazy<TypeInformationManager> types = new(() => new TypeInformationManager());

    /// <summary>The number of kernels that came from the cache, for tests.</summary>
    internal int FromCache { get; private set; }

    /// <exception cref="Exception">Any exception of ILGPU or the driver, for a kernel that does not compile.</exception>
    internal Action<KernelConfig, TOp, LoopWatch> Load<TOp>(Action<TOp, LoopWatch> entry) where TOp : struct
    {
        if (accelerator is CPUAccelerator) return accelerator.LoadStreamKernel(entry);          // compiles nothing
        string? key = ofAccelerator is null ? null : $"{KernelKey.Of(entry.Method)}|{ofAccelerator}";
        var description = EntryPointDescription.FromExplicitlyGroupedKernel(entry.Method);
        if (key is not null && LoadCached(key, description) is Kernel cached) return Launcher<TOp>(cached);
        CompiledKernel compiled = accelerator.GetBackend().Compile(description, default);
        CompiledText? text = CompiledText.Of(compiled);
        if (accelerator is CLAccelerator cl)
        {
            bool strips = entry.Method.Name is nameof(DeviceEntry.StripKernel) or nameof(DeviceEntry.StripItemsKernel);
            string prelude = strips ? Strip.Prelude : "";
            text = text! with { Text = OpenCLText.Portable(prelude + text.Text, cl.CLStdVersion) };
            compiled = Rebuilt(text, description)!;
        }
        Kernel kernel = accelerator.LoadKernel(compiled);
        if (key is not null && text is not null) cache!.Write(key, text.ToBytes());
        return Launcher<TOp>(kernel);
    }

    Kernel? LoadCached(string key, EntryPointDescription description)
    {
        try
        {
            if (cache!.Read(key) is not byte[] bytes || CompiledText.From(bytes) is not CompiledText text) return null;
            if (Rebuilt(text, description) is not CompiledKernel compiled) return null;
            Kernel kernel = accelerator.LoadKernel(compiled);
            FromCache++;
            return kernel;
        }
        catch (Exception)                                        // compiling it anew may work, or will say what is wrong
        {
            return null;
        }
    }

    CompiledKernel? Rebuilt(CompiledText text, EntryPointDescription description) =>
        text.Rebuild(description, accelerator.Context, (accelerator as CLAccelerator)?.CLStdVersion, types.Value);

    Action<KernelConfig, TOp, LoopWatch> Launcher<TOp>(Kernel kernel) where TOp : struct
    {
        var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TOp, LoopWatch>>();
        return (shape, op, watch) => launch(accelerator.DefaultStream, shape, op, watch);
    }
}
