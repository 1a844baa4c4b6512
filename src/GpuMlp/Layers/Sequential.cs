using GpuMlp.Autograd;
using GpuMlp.Devices;
using GpuMlp.Devices.Memory;
using GpuMlp.Devices.Ops;
using GpuMlp.Losses;
using GpuMlp.Settings;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>
/// A network: modules one after the other. If all of them are layers, it can also be driven by hand as in the tutorial: Forward,
/// ComputeLoss, Backward, Step.
/// </summary>
public sealed partial class Sequential : Module
{
    readonly Module[] modules;
    readonly Layer[]? layers;
    readonly ParameterArena arena;
    readonly Tensor loss;
    readonly bool endsInSigmoid;
    readonly ActivationLayer?[] after = [], before = [];         // the activations that a linear layer computes with its own products
    Tensor? output, logit, values, gradient;
    bool lossComputed;
    int version;

    /// <summary>Makes a network of modules, names them 0, 1, … and moves their parameters into one buffer.</summary>
    /// <exception cref="ArgumentException">
    /// There are no modules, or a module stands there twice; there are no parameters, or they lie on two devices; or sizes do not fit.
    /// </exception>
    public Sequential(params Module[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        if (modules.Length == 0) throw new ArgumentException("a network has at least one layer", nameof(modules));
        if (modules.Distinct().Count() != modules.Length)
            throw new ArgumentException("a layer stands in a network once: it keeps what its Backward needs", nameof(modules));
        this.modules = [.. modules];
        for (int k = 0; k < modules.Length; k++) Register($"{k}", modules[k]);
        IReadOnlyList<Parameter> parameters = Parameters();
        if (parameters.Count == 0) throw new ArgumentException("a network has at least one layer with parameters", nameof(modules));
        Device = parameters[0].Device;
        if (parameters.Any(p => p.Device != Device))
            throw new ArgumentException("all layers of a network are on one device", nameof(modules));
        if (modules.All(m => m is Layer)) layers = [.. modules.Cast<Layer>()];
        if (layers is not null)
        {
            CheckSizes(layers);
            after = [.. layers.Select((layer, l) =>
                layer is Linear && layer.OutputsFor(1) > 1 ? layers.ElementAtOrDefault(l + 1) as ActivationLayer : null)];
            before = [.. layers.Select((layer, l) => layer is Linear && l > 1 ? layers[l - 1] as ActivationLayer : null)];
        }
        (Spec, WhyNoSpec) = layers is null ? (null, "not all of its modules are layers") : NetworkSpec.Of(layers);
        var placed = new HashSet<Parameter>();
        Parameter[][] groups = [.. modules.Select(m => m.Parameters().Where(placed.Add).ToArray())];
        arena = new ParameterArena(Device, [.. groups.Where(group => group.Length > 0)]);
        loss = new Tensor(Device, 1, 1);
        endsInSigmoid = modules.Length > 1 && modules[^1] is Sigmoid;
    }

    /// <summary>The device that holds the network.</summary>
    public ComputeDevice Device { get; }

    /// <summary>The modules in order.</summary>
    public IReadOnlyList<Module> Modules => modules;

    /// <summary>The layers in order.</summary>
    /// <exception cref="InvalidOperationException">A module is not a layer; the message names it.</exception>
    public IReadOnlyList<Layer> Layers => ByHand;

    /// <summary>
    /// Describes a network of linear layers with one kind of activation between them and a sigmoid or nothing at the end. Null for any
    /// other network, which trains layer by layer only and cannot be saved to a model file.
    /// </summary>
    public NetworkSpec? Spec { get; }

    /// <summary>Why there is no <see cref="Spec"/>; null if there is one.</summary>
    internal string? WhyNoSpec { get; }

    /// <summary>All parameters in one buffer.</summary>
    /// <exception cref="InvalidOperationException">An optimizer or another network has moved some of them to its own buffer.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public ParameterArena Arena => Disposed ? throw new ObjectDisposedException(null, "this network was disposed")
        : !arena.Abandoned ? arena
        : throw new InvalidOperationException(
            "this network's parameters were moved into the buffer of another network, or of an optimizer of other parameters; "
            + "drive it through that one");

    /// <summary>The loss that <see cref="ComputeLoss(Tensor, Tensor)"/> computes.</summary>
    public Loss Loss { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new BceLoss();

    /// <summary>Number of columns that the network takes.</summary>
    public int Inputs => ByHand.First(l => l.Inputs is not null).Inputs!.Value;

    /// <summary>Number of columns that the network returns.</summary>
    public int Outputs => ByHand.Aggregate(Inputs, (width, layer) => layer.OutputsFor(width));

    Layer[] ByHand
    {
        get
        {
            if (layers is not null) return layers;
            int other = Array.FindIndex(modules, m => m is not Layer);
            throw new InvalidOperationException(
                $"Sequential: module {other}, {modules[other].Name}, defines Forward only; "
                + "train it on variables, with Backward on the loss and an optimizer");
        }
    }

    /// <summary>The network's output for x.</summary>
    /// <exception cref="ObjectDisposedException">The network or x was disposed.</exception>
    public override Variable Forward(Variable x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireAlive();
        foreach (Module module in modules) x = module.Forward(x);
        return x;
    }

    /// <summary>The network's output (n,o) for x (n,i).</summary>
    /// <exception cref="ArgumentException">x has another number of columns than the network takes.</exception>
    /// <exception cref="InvalidOperationException">A module is not a layer.</exception>
    /// <exception cref="ObjectDisposedException">The network or x was disposed.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireAlive();
        using DeviceUse use = x.Device.Use();
        return ForwardWithin(x);
    }

    /// <summary><see cref="Forward(Tensor)"/> for callers that are already using the device.</summary>
    internal Tensor ForwardWithin(Tensor x)
    {
        output = Through(x, ByHand.Length);
        logit = ByHand[^1].Input;
        return output;
    }

    /// <summary>As much of Forward as the loss needs: of its logit the sigmoid is not computed.</summary>
    internal Tensor ForwardToLoss(Tensor x)
    {
        if (!OnLogit) return ForwardWithin(x);
        return output = logit = Through(x, ByHand.Length - 1);
    }

    Tensor Through(Tensor x, int end)
    {
        Layer[] layers = ByHand;
        output = null;
        lossComputed = false;
        version = arena.Version;
        for (int l = 0; l < end; l++)
            x = after[l] is ActivationLayer activation
                ? activation.ForwardAfter((Linear)layers[l++], x)
                : layers[l].ForwardWithin(x);
        return x;
    }

    /// <summary>The mean loss (1,1) of the last Forward's output (n,o) against labels (n,1).</summary>
    /// <exception cref="InvalidOperationException">There was no Forward yet.</exception>
    /// <exception cref="ArgumentException">
    /// The output is not the last Forward's, the shapes do not suit the loss, or the devices differ.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network, the output or the label was disposed.</exception>
    public Tensor ComputeLoss(Tensor output, Tensor label)
    {
        using DeviceUse use = Device.Use();
        RequireAlive();
        CheckLoss(output, label);
        int terms = Loss.Terms(output.Rows, output.Columns);
        values = Layer.EnsureTensor(values, Device, terms, 1);
        ComputeLoss(output, label, values.Span);
        Device.Mean(values.Span, loss.Span, terms, 0);
        return loss;
    }

    /// <summary>The losses whose mean is the loss, and its gradient.</summary>
    /// <param name="output">The result of the last Forward.</param>
    /// <param name="label">The labels; where weighted is true, they carry the weights of their classes.</param>
    /// <param name="values">Where the losses go, as many as <see cref="Loss.Terms"/> says.</param>
    /// <param name="weighted">Whether classes have weights.</param>
    internal void ComputeLoss(Tensor output, Tensor label, DeviceSpan values, bool weighted = false)
    {
        CheckLoss(output, label);
        gradient = Layer.EnsureTensor(gradient, Device, output.Rows, output.Columns);
        bool onLogit = OnLogit;
        Tensor z = onLogit ? logit! : output;
        Loss.Compute(Device, z.Span, label.Span, values, gradient.Span, output.Rows, output.Columns, onLogit, weighted);
        lossComputed = true;
    }

    void CheckLoss(Tensor? output, Tensor label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (output is null || output != this.output || label.Device != Device
            || !Loss.Fits(output.Rows, output.Columns, label.Rows, label.Columns))
            throw WhyNoLoss(output, label);
    }

    Exception WhyNoLoss(Tensor? output, Tensor label)
    {
        if (this.output is null) return new InvalidOperationException("Sequential: ComputeLoss before Forward");
        if (output is null || output != this.output)
            return new ArgumentException("ComputeLoss takes the output of the last Forward", nameof(output));
        return label.Device == Device ? Loss.WrongShapes(output.Shape, label.Shape, nameof(label)) : new ArgumentException(
            $"the network is on {Device.Description.Id}, the label on {label.Device.Description.Id}; make both on one device",
            nameof(label));
    }

    /// <summary>Propagates the gradient of the last loss back through all layers.</summary>
    /// <exception cref="InvalidOperationException">
    /// There was no ComputeLoss since the last Forward, or the parameters were changed since.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network was disposed, or the x of the last Forward.</exception>
    public void Backward()
    {
        using DeviceUse use = Device.Use();
        RequireAlive();
        BackwardWithin();
    }

    /// <summary><see cref="Backward"/> for callers that are already using the device.</summary>
    internal void BackwardWithin()
    {
        if (arena.Version != version)
            throw new InvalidOperationException(
                "Sequential: the parameters were changed since the last Forward; run it again before Backward");
        if (!lossComputed) throw new InvalidOperationException("Sequential: Backward before ComputeLoss");
        Layer[] layers = ByHand;
        Tensor dy = gradient!;
        for (int l = layers.Length - (OnLogit ? 2 : 1); l > 0; l--)
            dy = before[l] is ActivationLayer activation
                ? activation.BackwardBefore((Linear)layers[l--], dy)
                : layers[l].BackwardWithin(dy);
        layers[0].BackwardParameters(dy);
    }

    /// <summary>One step of gradient descent on all parameters, in one launch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not positive and finite.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public void Step(float learningRate)
    {
        Ranges.LearningRate.Require(learningRate);
        using DeviceUse use = Device.Use();
        ParameterArena held = Arena;
        Device.SgdStep(held.Values, held.Gradients, learningRate);
        held.Version++;
    }

    /// <summary>Sets all parameters from values in the arena's layout, such as a training snapshot's.</summary>
    /// <exception cref="ArgumentException">The number of values is not Arena.Length.</exception>
    public void LoadParameters(ReadOnlySpan<float> values)
    {
        using DeviceUse use = Device.Use();
        ParameterArena held = Arena;
        if (values.Length != held.Length)
            throw new ArgumentException($"the arena holds {held.Length} values, got {values.Length}", nameof(values));
        Device.CopyToDevice(values, held.Values);
        held.Version++;
    }

    bool OnLogit => endsInSigmoid && Loss.TakesLogit;

    static void CheckSizes(Layer[] layers)
    {
        int? width = null;
        for (int l = 0; l < layers.Length; l++)
        {
            if (width is int got && layers[l].Inputs is int wanted && got != wanted)
                throw new ArgumentException(
                    $"layer {l}, {layers[l].Name}, takes {wanted} columns, the layers before it give {got}", nameof(layers));
            width = layers[l].Inputs is not null || width is not null ? layers[l].OutputsFor(width ?? layers[l].Inputs!.Value) : null;
        }
    }

    /// <summary>Frees the layers' tensors and the parameters.</summary>
    public override void Dispose()
    {
        base.Dispose();
        loss.Dispose();
        values?.Dispose();
        gradient?.Dispose();
        arena.Dispose();
    }
}
