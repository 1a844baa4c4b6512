using GpuMlp.Devices;
using GpuMlp.Devices.Finding;
using GpuMlp.Devices.Memory;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Grids;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Tests.Support;
using GpuMlp.Training;
using ILGPU;

namespace GpuMlp.Tests.Kernels;

/// <summary>
/// Group ops whose lanes need no barrier, in the form that a GPU runs, in groups of 4, 16 and 64 lanes, compared with one lane on the host.
/// </summary>
public class GroupLanesTests
{
    static readonly int[] Lanes = [4, 16, 64];

    [Fact]
    public void OnADriversDevice()
    {
        using ComputeDevice device = DriverDevice.Open();
        Check(device);
        if (device.MostTurns is null) CheckShared(device);                    // else its compiler takes minutes for these kernels
    }

    // the forms for GPUs, of several networks at once
    static void CheckShared(ComputeDevice device)
    {
        using ComputeDevice host = ComputeDevice.OpenCpu(1, 1);
        using Case wanted = new(host), actual = new(device);
        float[] deep = wanted.Read(c => c.Device.Host!.RunGroups(c.Tiles<HostView>(v => v, Case.Even), 0));
        float[] twoLayer = wanted.Read(c => c.Device.Host!.RunGroups(c.TwoLayer<HostView>(v => v), 0));
        float[] population = wanted.Read(c => c.Device.Host!.RunGroups(c.Population<HostView>(v => v, Case.Two), 0));
        device.ActsAsGpu = true;
        Assert.Equal(twoLayer, actual.Read(c => c.Device.LaunchShared(c.SharedTwoLayer(v => v))));
        Assert.Equal(population, actual.Read(c => c.Device.LaunchShared(c.SharedTwoLayerPopulation(v => v))));
        if (!device.TakesShared<SharedGridTiles<Tanh, Sigmoid, ArrayView<float>>>()) return;      // 48 KiB; Oclgrind has 32
        Assert.Equal(deep, actual.Read(c => c.Device.LaunchShared(c.SharedTiles(v => v))));
        foreach (NetworkShape shape in (NetworkShape[])[Case.Even, Case.Classes])
        {
            population = wanted.Read(c => c.Device.Host!.RunGroups(c.Population<HostView>(v => v, shape), 0));
            Assert.Equal(population, actual.Read(c => c.Device.LaunchShared(c.SharedPopulation(v => v, shape))));
        }
    }

    [Fact]
    public void ThroughILGPU()
    {
        using ComputeDevice device = ComputeDevice.Open("cpu:ilgpu", OpenOptions.Default with { Cores = 1, GroupLanes = 64 });
        Check(device);
    }

    static void Check(ComputeDevice device)
    {
        using ComputeDevice host = ComputeDevice.OpenCpu(1, 1);
        using Case wanted = new(host), actual = new(device);
        float[] population = wanted.Read(c => c.Device.Host!.RunGroups(c.Population<HostView>(v => v), 0));
        float[] deep = wanted.Read(c => c.Device.Host!.RunGroups(c.Tiles<HostView>(v => v), 0));
        float[] twoLayer = wanted.Read(c => c.Device.Host!.RunGroups(c.TwoLayer<HostView>(v => v), 0));
        Assert.All((float[][])[population, deep, twoLayer], values => Assert.NotEqual(0f, values[0]));
        foreach (int lanes in Lanes)
        {
            Assert.Equal(population, actual.Read(c => c.Device.LaunchGroups(c.Population<ArrayView<float>>(v => v), lanes)));
            Assert.Equal(deep, actual.Read(c => c.Device.LaunchGroups(c.Tiles<ArrayView<float>>(v => v), lanes)));
            Assert.Equal(twoLayer, actual.Read(c => c.Device.LaunchGroups(c.TwoLayer<ArrayView<float>>(v => v), lanes)));
        }
    }

    /// <summary>Networks and points on a device, and buffers for the ops' results.</summary>
    sealed class Case : IDisposable
    {
        const int Networks = 3, Columns = 45, Rows = 6, Points = 37;

        static readonly NetworkShape Deep = new([2, 9, 1, 5, 1]);

        internal static readonly NetworkShape Two = new([2, 19, 1]);

        // no layer of one unit
        internal static readonly NetworkShape Even = new([2, 9, 4, 5, 1]), Classes = new([3, 9, 4, 5]);

        readonly DeviceBuffer x, y, parameters, networks, scratch, results;

        internal Case(ComputeDevice device)
        {
            Device = device;
            int arena = Math.Max(FusedRun.ArenaLength(Deep), Math.Max(FusedRun.ArenaLength(Two), FusedRun.ArenaLength(Even)));
            x = Filled(device, Math.Max(Columns, 3 * Points), k => MathF.Sin(1.7f * k));
            y = Filled(device, Rows, k => MathF.Cos(0.9f * k));
            parameters = Filled(device, Networks * arena, k => MathF.Sin(2.3f * k + 1));
            networks = device.Allocate(NetworkRow.Length * Networks);
            int tiles = GridTiles<Tanh, Sigmoid, HostView>.ScratchLength(9);
            int forward = (int)PopulationForward<Tanh, Sigmoid, HostView>.ScratchLength(Deep);
            scratch = device.Allocate(Groups * Math.Max(tiles, forward));
            results = device.Allocate(Networks * Columns * Rows);
        }

        const int Groups = Networks;

        internal ComputeDevice Device { get; }

        internal PopulationForward<Tanh, Sigmoid, TView> Population<TView>(Func<DeviceSpan, TView> view, NetworkShape? shape = null)
            where TView : struct => new(PopulationOf(view, shape ?? Deep), view(scratch.All), shape ?? Deep);

        internal SharedPopulationTwoLayer<Tanh, Sigmoid, ArrayView<float>> SharedTwoLayerPopulation(
            Func<DeviceSpan, ArrayView<float>> view) => new(PopulationOf(view, Two), 19, Two.ArenaLength(0));

        internal SharedPopulationTiles<Tanh, Sigmoid, ArrayView<float>> SharedPopulation(
            Func<DeviceSpan, ArrayView<float>> view, NetworkShape shape) => new(PopulationOf(view, shape), shape);

        PopulationRows<TView> PopulationOf<TView>(Func<DeviceSpan, TView> view, NetworkShape shape) where TView : struct => new(
            view(x.All), view(parameters.All), view(networks.All), view(results.All), 0, Networks, Points, FusedRun.ArenaLength(shape));

        internal GridTiles<Tanh, Sigmoid, TView> Tiles<TView>(Func<DeviceSpan, TView> view, NetworkShape? shape = null)
            where TView : struct => new(Band(view, shape ?? Deep), shape ?? Deep, view(scratch.All), 9, Groups);

        internal SharedGridTiles<Tanh, Sigmoid, ArrayView<float>> SharedTiles(Func<DeviceSpan, ArrayView<float>> view) =>
            new(Band(view, Even), Even);

        internal SharedGridTwoLayer<Tanh, Sigmoid, ArrayView<float>> SharedTwoLayer(Func<DeviceSpan, ArrayView<float>> view) =>
            new(Band(view, Two), 19, Two.ArenaLength(0));

        internal GridTwoLayer<Tanh, Sigmoid, TView> TwoLayer<TView>(Func<DeviceSpan, TView> view) where TView : struct =>
            new(Band(view, Two), 19, Two.ArenaLength(0));

        GridBand<TView> Band<TView>(Func<DeviceSpan, TView> view, NetworkShape shape) where TView : struct =>
            new(view(parameters.All), view(x.All), view(y.All), view(results.All), Columns, Rows, Networks, FusedRun.ArenaLength(shape));

        internal float[] Read(Action<Case> launch)
        {
            var values = new float[results.Length];
            Device.CopyToDevice(values, results.All);
            launch(this);
            Device.CopyToHost(results.All, values);
            return values;
        }

        static DeviceBuffer Filled(ComputeDevice device, int length, Func<int, float> value)
        {
            DeviceBuffer buffer = device.Allocate(length);
            device.CopyToDevice([.. Enumerable.Range(0, length).Select(value)], buffer.All);
            return buffer;
        }

        public void Dispose()
        {
            foreach (DeviceBuffer buffer in (DeviceBuffer[])[x, y, parameters, networks, scratch, results]) buffer.Dispose();
        }
    }
}
