using GpuMlp.Devices;
using GpuMlp.Devices.Host;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Kernels.Activations;
using GpuMlp.Kernels.Lanes;
using GpuMlp.Kernels.Networks;
using GpuMlp.Layers;

namespace GpuMlp.Grids;

/// <summary>
/// What grids need to know of a network: its widths and hidden activation if it is a plain chain, and the form that suits it.
/// </summary>
sealed class GridNetwork
{
    readonly GridKernels? kernels;

    internal GridNetwork(Sequential network, bool piecewise = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Inputs != 2)
            throw new ArgumentException(
                $"a grid needs a network of exactly two inputs, the model has {network.Inputs}", nameof(network));
        int outputs = network.Layers.Aggregate(2, (width, layer) => layer.OutputsFor(width));
        if (outputs != 1) throw new ArgumentException($"a grid needs a network of one output, the model has {outputs}", nameof(network));
        EndsInSigmoid = network.Layers.Count > 1 && network.Layers[^1] is Layers.Sigmoid;
        string? why = network.WhyNoSpec;
        Widths = network.Spec is NetworkSpec spec ? [.. spec.Widths] : [2, outputs];
        if (network.Spec is not null)
        {
            kernels = GridKernels.For(network.Spec.Activation);
            Form = FormOf(Widths);
            if (Form == GridForm.Batches) why = "it is deeper or wider than a tile takes";
        }
        else Form = GridForm.Batches;
        if (piecewise) Form = Piecewise(network);
        Reason = Form switch
        {
            GridForm.Registers => "registers: one hidden layer stays in them",
            GridForm.Tiles => "tiles: activations stay in the nearest cache",
            GridForm.Piecewise => "piecewise: rows from their breakpoints; within a few 2⁻²⁴ of Forward's logits, not their bits",
            _ => $"batches, layer by layer: {why}",
        };
    }

    /// <summary>The widths: inputs, then hidden widths if the network is a plain chain, then the output.</summary>
    internal int[] Widths { get; }

    internal bool EndsInSigmoid { get; }

    internal GridForm Form { get; }

    /// <summary>The form in words, with the reason.</summary>
    internal string Reason { get; }

    /// <summary>The kernels of the hidden activation; there are none for the form Batches.</summary>
    internal GridKernels Kernels => kernels!;

    /// <summary>Whether the network has one hidden layer of ReLU and no other.</summary>
    internal bool IsPiecewiseLinear => kernels is GridKernels<Relu> && Widths.Length == 3;

    // the form for a chain of linear layers of these widths
    static GridForm FormOf(int[] widths) => widths.Length == 3 && widths[1] > 1 ? GridForm.Registers
        : widths.Length - 1 <= NetworkShape.MaxDepth && widths.Max() <= GridOps.MaxTileWidth ? GridForm.Tiles
        : GridForm.Batches;

    GridForm Piecewise(Sequential network)
    {
        if (!IsPiecewiseLinear) throw new ArgumentException("piecewise rows need a network with one hidden layer of ReLU", nameof(network));
        if (network.Device.Host is null)
            throw new ArgumentException(
                $"piecewise rows are computed by the device cpu, the model is on {network.Device.Description.Id}", nameof(network));
        RequireFinite(network);
        return GridForm.Piecewise;
    }

    /// <summary>Checks that all parameters are finite; others give no breakpoints and no bounds.</summary>
    internal static void RequireFinite(Sequential network)
    {
        foreach (var parameter in network.Parameters())
            if (parameter.Value.ToArray().Any(v => !float.IsFinite(v)))
                throw new ArgumentException("the network has parameters that are not finite", nameof(network));
    }
}

/// <summary>The grid kernels of one hidden activation.</summary>
abstract class GridKernels
{
    /// <summary>The kernels of an activation.</summary>
    internal static GridKernels For(Activation activation) => Activations.Of(activation).Use(new Of());

    sealed class Of : IActivationUser<GridKernels>
    {
        public GridKernels Use<TActivation>() where TActivation : struct, IActivation => new GridKernels<TActivation>();
    }

    internal abstract void Run(ComputeDevice device, GridForm form, in GridJob job, GridValue value, DeviceSpan results);

    internal abstract void Run(HostRunner host, ComputeDevice device, GridForm form, in GridJob job, GridValue value, HostView results);
}

sealed class GridKernels<THidden> : GridKernels where THidden : struct, IActivation
{
    internal override void Run(ComputeDevice device, GridForm form, in GridJob job, GridValue value, DeviceSpan results)
    {
        if (value == GridValue.Logit) Run<Identity>(device, form, job, results);
        else Run<Kernels.Activations.Sigmoid>(device, form, job, results);
    }

    static void Run<TOutput>(ComputeDevice device, GridForm form, in GridJob job, DeviceSpan results) where TOutput : struct, IActivation
    {
        if (device.Host is HostRunner host) Run<TOutput>(host, device, form, job, results);
        else if (form == GridForm.Registers) device.GridTwoLayer<THidden, TOutput>(job, results);
        else device.GridTiles<THidden, TOutput>(job, results);
    }

    internal override void Run(HostRunner host, ComputeDevice device, GridForm form, in GridJob job, GridValue value, HostView results)
    {
        if (value == GridValue.Logit) Run<Identity>(host, device, form, job, results);
        else Run<Kernels.Activations.Sigmoid>(host, device, form, job, results);
    }

    static void Run<TOutput>(HostRunner host, ComputeDevice device, GridForm form, in GridJob job, HostView results)
        where TOutput : struct, IActivation
    {
        if (form == GridForm.Registers) host.GridTwoLayer<THidden, TOutput>(job, results);
        else if (form == GridForm.Piecewise) host.GridPiecewise<TOutput>(job, results);
        else host.GridTiles<THidden, TOutput>(device, job, results);
    }
}
