using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Launching;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Tensors;
using GpuMlp.Tests.Support;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.Runtime.OpenCL;

namespace GpuMlp.Tests.Devices;

/// <summary>A device that fails: the exception names the device, what the device was doing, and the reason.</summary>
public class DeviceFailureTests
{
    /// <summary>An op that ILGPU cannot compile.</summary>
    public readonly struct Throwing<TView>(TView x, int n) : IOp<TView> where TView : struct
    {
        /// <inheritdoc/>
        public int Items(int width) => n;

        /// <inheritdoc/>
        public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
        {
            for (int i = first; i < end; i += stride) T.Set(x, i, i < 5 ? T.Get(x, i) : throw new InvalidOperationException());
        }
    }

    [Fact]
    public void AKernelThatDoesNotCompileIsNamed()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        using var x = new Tensor(device, 1, 3);
        var e = Assert.Throws<DeviceException>(() => device.Launch(new Throwing<ArrayView<float>>(x.Span, 3)));
        Assert.Equal(device.Description.Id, e.Device.Id);
        string beginning = $"device {device.Description.Id} ({device.Name}) failed compiling Throwing: ";
        Assert.StartsWith(beginning, e.Message, StringComparison.Ordinal);
        Assert.Contains("Throw", e.Message.Split("Throwing:")[1], StringComparison.Ordinal);                    // ILGPU's reason
    }

    /// <summary>A function that OpenCL C does not have.</summary>
    public static class Nonsense
    {
        /// <summary>Returns x.</summary>
        [IntrinsicImplementation]
        public static float Value(float x) => x;

        internal static void ValueOpenCL(CLBackend backend, CLCodeGenerator code, Value value)
        {
            var argument = code.Load(value[0]);
            using var statement = code.BeginStatement(code.Allocate(value));
            statement.AppendCommand("no_such_function");
            statement.BeginArguments();
            statement.AppendArgument(argument);
            statement.EndArguments();
        }
    }

    /// <summary>An op that ILGPU compiles and an OpenCL driver does not.</summary>
    public readonly struct Unbuildable<TView>(TView x, int n) : IOp<TView> where TView : struct
    {
        /// <inheritdoc/>
        public int Items(int width) => n;

        /// <inheritdoc/>
        public void Run<T>(int first, int end, int stride) where T : struct, ILanes<T, TView>
        {
            for (int i = first; i < end; i += stride) T.Set(x, i, Nonsense.Value(T.Get(x, i)));
        }
    }

    [Fact]
    public void ADriversOwnWordsAreInTheMessage()
    {
        OpenCL.Need();
        List<DeviceDescription> found = [];
        Context context = DeviceOpener.Create(builder => found = DeviceCatalog.AddOpenCL(builder));
        context.GetIntrinsicManager().RegisterMethod(typeof(Nonsense).GetMethod(nameof(Nonsense.Value))!,
            new CLIntrinsic(typeof(Nonsense), nameof(Nonsense.ValueOpenCL), IntrinsicImplementationMode.GenerateCode));
        var accelerator = context.GetCLDevice(0).CreateAccelerator(context);
        using var device = new ComputeDevice(found[0], context, accelerator, null, OpenOptions.Default);
        using var x = new Tensor(device, 1, 3);
        var e = Assert.Throws<DeviceException>(() => device.Launch(new Unbuildable<ArrayView<float>>(x.Span, 3)));
        Assert.Contains("failed compiling Unbuildable: ", e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Contains("no_such_function", StringComparison.Ordinal), e.Message);
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("failed to build", e.Message, StringComparison.Ordinal);                 // a later line of PoCL's log
        Assert.InRange(e.Message.Length, 60, 500);
        Assert.Contains("no_such_function", e.BuildLog, StringComparison.Ordinal);
        device.ActivationForward<Relu>(x.Span, x.Span, 3);                           // the device itself still works
        device.Synchronize();
    }

    [Theory]
    [InlineData("t.cl:3:1: warning: unused\n  x\nt.cl:81:11: error: use of undeclared identifier 'f'\n  f(x)\n  ^\n1 error generated.\n",
        "t.cl:81:11: error: use of undeclared identifier 'f'")]
    [InlineData("warning: x\r\nptxas error   : Unresolved extern function 'f'\r\n", "ptxas error   : Unresolved extern function 'f'")]
    [InlineData("Build failed\nLLVM ERROR: out of registers", "LLVM ERROR: out of registers")]
    [InlineData("\nerrors occurred\n", "errors occurred")]
    [InlineData("\n no luck \nat all", "no luck")]
    [InlineData("", "")]
    public void TheFirstErrorOfALogIsFound(string log, string expected) => Assert.Equal(expected, BuildLog.FirstError(log));

    [Fact]
    public void AMessageIsOneLineOfBoundedLength()
    {
        var device = new DeviceDescription("opencl:0", DeviceKind.OpenCL, "a device");
        string log = "warning: odd\n" + string.Concat(Enumerable.Repeat("t.cl:1:1: error: " + new string('x', 2000) + "\n", 500));
        string message = new DeviceException(device, "compiling Op", new InvalidOperationException(log), log).Message;
        Assert.StartsWith("device opencl:0 (a device) failed compiling Op: t.cl:1:1: error: xxx", message, StringComparison.Ordinal);
        Assert.EndsWith("x…", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 300, 400);
        Assert.InRange(new DeviceException(device, "launching Op", new InvalidOperationException(log)).Message.Length, 300, 400);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu:ilgpu")]
    [InlineData("opencl")]
    public void TooLittleMemoryIsSaidInBytes(string name)
    {
        if (name == "opencl") OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open(name);
        device.MemoryLimit = 10_000;
        using var first = new Tensor(device, 1, 1000);
        var e = Assert.Throws<DeviceOutOfMemoryException>(() => new Tensor(device, 1000, 2));
        Assert.Equal((8128, 10_000 - 4128), (e.Needed, e.Available));
        Assert.Contains(device.Description.Id, e.Message, StringComparison.Ordinal);
        Assert.Contains("has 5,872 bytes available, 8,128 bytes are needed", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, device.LiveBuffers);
        first.Dispose();
        using var second = new Tensor(device, 1000, 2);
    }

    [Fact]
    public void WhatTheMachineHasLeftIsKnown()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu");
        long room = DeviceMemory.Available(device.Accelerator, true, 0);
        Assert.InRange(room, 1 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    [Fact]
    public void ALostDeviceIsNamed()
    {
        OpenCL.Need();
        using ComputeDevice device = ComputeDevice.Open("opencl");
        using var x = new Tensor(device, 1, 3);
        device.Accelerator.DefaultStream.Dispose();                          // every later command fails
        var e = Assert.Throws<DeviceException>(() => device.ActivationForward<Relu>(x.Span, x.Span, 3));
        string beginning = $"device {device.Description.Id} ({device.Name}) failed launching ActivationForward<Relu>: ";
        Assert.StartsWith(beginning, e.Message, StringComparison.Ordinal);
        Assert.Contains("CL_", e.Message, StringComparison.Ordinal);
    }
}
