using System.Runtime.InteropServices;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Kernels.Training;
using GpuMlp.Layers;

namespace GpuMlp.Training;

/// <summary>
/// Evaluates many networks of one shape together, in one or a few launches; the bits are those of <see cref="Sequential.Predict"/>.
/// </summary>
public static class PopulationEvaluator
{
    delegate void Launch(ComputeDevice device, in PopulationJob job, int first, int count);

    /// <summary>64 MiB: enough to fill a device, little of its memory.</summary>
    internal const long Floats = 1 << 24;

    /// <summary>Whether networks of that shape can be evaluated here: those of up to eight linear layers.</summary>
    public static bool Takes(NetworkSpec net)
    {
        ArgumentNullException.ThrowIfNull(net);
        return net.Depth <= NetworkShape.MaxDepth;
    }

    /// <summary>Evaluates each network at its own points.</summary>
    /// <param name="device">The device to evaluate on.</param>
    /// <param name="net">The networks' shape: up to eight linear layers, and a sigmoid or nothing at the end.</param>
    /// <param name="parameters">One arena per network.</param>
    /// <param name="points">
    /// The points of each network, (points, inputs) row-major, the same number for each. An array that several networks share is uploaded
    /// once.
    /// </param>
    /// <returns>Each network's outputs, (outputs, points): all points of the first output, then of the second.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// There are not as many points as parameters; a list holds null; an array has the wrong length; or the networks are deeper than
    /// <see cref="Takes"/> allows.
    /// </exception>
    /// <exception cref="DeviceException">The device failed.</exception>
    /// <exception cref="DeviceOutOfMemoryException">The device has too little memory left.</exception>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    public static float[][] Evaluate(
        ComputeDevice device, NetworkSpec net, IReadOnlyList<float[]> parameters, IReadOnlyList<float[]> points)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(points);
        if (!Takes(net))
            throw new ArgumentException(
                $"networks of up to {NetworkShape.MaxDepth} linear layers are taken, {net} has {net.Depth}", nameof(net));
        if (parameters.Contains(null!)) throw new ArgumentException("a network's parameters are null", nameof(parameters));
        if (points.Contains(null!)) throw new ArgumentException("a network's points are null", nameof(points));
        if (parameters.Count != points.Count)
            throw new ArgumentException($"{parameters.Count} networks, but points for {points.Count}", nameof(points));
        if (parameters.Count == 0) return [];
        int arena = FusedRun.ArenaLength(new NetworkShape(net.Widths)), length = points[0].Length, rows = length / net.Widths[0];
        if (parameters.Any(p => p.Length != arena))
            throw new ArgumentException($"the arena of {net} holds {arena} values", nameof(parameters));
        if (points.Any(p => p.Length != length) || length != rows * net.Widths[0])
            throw new ArgumentException($"as many points of {net.Widths[0]} values are needed for each network", nameof(points));
        using DeviceUse use = device.Use();
        var sets = points.Distinct().ToList();
        var table = new float[NetworkRow.Length * parameters.Count];
        Span<int> integers = MemoryMarshal.Cast<float, int>(table.AsSpan());
        for (int k = 0; k < parameters.Count; k++)
            integers[NetworkRow.Length * k + NetworkRow.FirstRow] = sets.IndexOf(points[k]) * rows;
        using DeviceBuffer x = device.Allocate((long)sets.Count * length, "the points");
        using DeviceBuffer arenas = device.Allocate((long)arena * parameters.Count, "the networks");
        using DeviceBuffer networks = device.Allocate(table.Length);
        for (int s = 0; s < sets.Count; s++) device.CopyToDevice(sets[s], x.All.Slice(s * length, length));
        for (int k = 0; k < parameters.Count; k++) device.CopyToDevice(parameters[k], arenas.All.Slice(k * arena, arena));
        device.CopyToDevice(table, networks.All);
        var results = new float[parameters.Count][];
        Run(device, net, x.All, rows, arenas.All, networks.All, parameters.Count, Floats, (k, values) => results[k] = values.ToArray());
        return results;
    }

    /// <summary>Evaluates networks whose data and parameters are on the device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="net">The networks' shape.</param>
    /// <param name="x">The data sets, one after the other.</param>
    /// <param name="rows">Rows of each network's data set.</param>
    /// <param name="parameters">The networks' arenas.</param>
    /// <param name="networks">A <see cref="NetworkRow"/> per network.</param>
    /// <param name="count">The number of networks.</param>
    /// <param name="floats">About how many floats the evaluation may allocate; it decides how many networks one launch takes.</param>
    /// <param name="take">Receives each network's outputs.</param>
    internal static void Run(
        ComputeDevice device, NetworkSpec net, DeviceSpan x, int rows, DeviceSpan parameters, DeviceSpan networks, int count,
        long floats, ResultTaker take)
    {
        var shape = new NetworkShape(net.Widths);
        long each = device.ScratchOfNetwork(shape);
        int outputs = net.Widths[^1], atOnce = (int)Math.Clamp(floats / (each + (long)rows * outputs), 1, count);
        using DeviceBuffer scratch = device.Allocate(each * atOnce, "working memory");
        using DeviceBuffer y = device.Allocate((long)rows * outputs * atOnce, "the outputs");
        ActivationFunction hidden = Activations.Of(net.Activation);
        Launch launch = net.LinearOutput ? hidden.Use(new EndingIn<Identity>()) : hidden.Use(new EndingIn<Kernels.Activations.Sigmoid>());
        var job = new PopulationJob(shape, x, rows, parameters, FusedRun.ArenaLength(shape), networks, y.All, scratch.All);
        var values = new float[y.Length];
        for (int first = 0, now; first < count; first += now)
        {
            now = Math.Min(atOnce, count - first);
            launch(device, job, first, now);
            try
            {
                device.CopyToHost(y.All.Slice(0, now * rows * outputs), values.AsSpan(0, now * rows * outputs));
            }
            catch (DeviceException e) when (e.IsStopped && now > 1)
            {
                (atOnce, now) = (now / 2, 0);
            }
            for (int k = 0; k < now; k++) take(first + k, values.AsSpan(k * rows * outputs, rows * outputs));
        }
    }

    /// <summary>Receives a network's outputs, (outputs, rows).</summary>
    internal delegate void ResultTaker(int network, ReadOnlySpan<float> values);

    sealed class EndingIn<TOutput> : IActivationUser<Launch> where TOutput : struct, IActivation
    {
        public Launch Use<TActivation>() where TActivation : struct, IActivation => PopulationOps.EvaluateNetworks<TActivation, TOutput>;
    }
}
