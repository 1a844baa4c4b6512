using System.Globalization;
using GpuMlp.Autograd;
using GpuMlp.Tensors;

namespace GpuMlp.Layers;

/// <summary>
/// A part of a network: parameters and child modules by name, and a Forward on variables, for which gradients need no further code.
/// </summary>
/// <remarks>Your own module registers its parameters and child modules in its constructor and overrides <see cref="Forward"/>.</remarks>
public abstract class Module : IDisposable
{
    readonly List<(string Name, Parameter Parameter)> parameters = [];
    readonly List<(string Name, Module Module)> children = [];

    /// <summary>The module's name in messages; by default the name of its class.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The module's result for x.</summary>
    public abstract Variable Forward(Variable x);

    /// <summary>Registers a parameter under a name, and returns it.</summary>
    /// <exception cref="ArgumentException">The name is taken, empty, or has a dot in it.</exception>
    protected Parameter Register(string name, Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        RequireFree(name);
        parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Registers a child module under a name, and returns it.</summary>
    /// <exception cref="ArgumentException">The name is taken, empty, or has a dot in it.</exception>
    protected TModule Register<TModule>(string name, TModule module) where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        RequireFree(name);
        children.Add((name, module));
        return module;
    }

    void RequireFree(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.'))
            throw new ArgumentException(
                $"{Name}: '{name}' has a dot in it, which separates a module's name from its child's", nameof(name));
        if (parameters.Any(p => p.Name == name) || children.Any(c => c.Name == name))
            throw new ArgumentException($"{Name}: '{name}' is registered twice", nameof(name));
    }

    /// <summary>The parameters registered here, without those of child modules.</summary>
    private protected List<(string Name, Parameter Parameter)> OwnParameters => parameters;

    /// <summary>All parameters: the module's own, then its children's, each once.</summary>
    public IReadOnlyList<Parameter> Parameters() => [.. NamedParameters().Select(p => p.Parameter)];

    /// <summary>All parameters with names such as "0.weight"; a parameter that is used twice has the name of its first use.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters()
    {
        var found = new List<(string, Parameter)>();
        Collect("", found, []);
        return found;
    }

    void Collect(string prefix, List<(string, Parameter)> found, HashSet<Parameter> seen)
    {
        foreach ((string name, Parameter parameter) in parameters)
            if (seen.Add(parameter)) found.Add((prefix + name, parameter));
        foreach ((string name, Module child) in children) child.Collect($"{prefix}{name}.", found, seen);
    }

    /// <summary>Number of trained values.</summary>
    public int ParameterCount => Parameters().Sum(p => p.Length);

    /// <summary>A copy of all parameters' values by name, on the host.</summary>
    /// <exception cref="ObjectDisposedException">The module was disposed, or its parameters with their network or device.</exception>
    public IReadOnlyDictionary<string, float[,]> StateDict()
    {
        RequireAlive();
        var state = new OrderedDictionary<string, float[,]>();
        foreach ((string name, Parameter parameter) in NamedParameters()) state.Add(name, parameter.Value.ToMatrix());
        return state;
    }

    /// <summary>Sets the parameters to values that <see cref="StateDict"/> returned.</summary>
    /// <param name="state">Values by name.</param>
    /// <param name="strict">Whether the names have to be exactly those of the parameters. Shapes have to fit in any case.</param>
    /// <exception cref="ArgumentException">
    /// The state does not fit; the message lists all missing, unexpected and mis-shaped keys. Nothing is changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The module was disposed, or its parameters with their network or device.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, float[,]> state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireAlive();
        var named = NamedParameters();
        var problems = new List<string>();
        if (strict)
        {
            problems.AddRange(named.Where(p => !state.ContainsKey(p.Name)).Select(p => $"missing: '{p.Name}' {p.Parameter.Value.Shape}"));
            problems.AddRange(state.Keys.Except(named.Select(p => p.Name)).Select(key => $"unexpected: '{key}'"));
        }
        foreach ((string name, Parameter parameter) in named)
        {
            if (!state.TryGetValue(name, out float[,]? values)) continue;
            if (values is null) problems.Add($"null: '{name}'");
            else if ((values.GetLength(0), values.GetLength(1)) != (parameter.Value.Rows, parameter.Value.Columns))
                problems.Add($"mis-shaped: '{name}' is {values.GetLength(0)} × {values.GetLength(1)}, {parameter.Value.Shape} is needed");
        }
        if (problems.Count > 0) throw new ArgumentException($"the state does not fit {Name}: {string.Join("; ", problems)}", nameof(state));
        foreach ((string name, Parameter parameter) in named)
            if (state.TryGetValue(name, out float[,]? values)) parameter.Value.CopyFrom(Tensor.Flat(values));
    }

    /// <summary>Sets all gradients to zero; backward passes on variables add to them.</summary>
    /// <exception cref="ObjectDisposedException">The parameters were disposed with their network or device.</exception>
    public void ZeroGrad()
    {
        RequireAlive();
        foreach (Parameter parameter in Parameters()) parameter.ZeroGradient();
    }

    /// <summary>Whether the module was disposed.</summary>
    private protected bool Disposed { get; private set; }

    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    private protected void RequireAlive()
    {
        if (Disposed) throw Gone();
    }

    // in a method of its own, so that the caller is small enough to be inlined
    ObjectDisposedException Gone() => new(null, $"{Name} was disposed");

    /// <summary>
    /// Frees what the module and its children keep on the device. Parameters are freed with their buffer or with the device.
    /// </summary>
    public virtual void Dispose()
    {
        Disposed = true;
        foreach ((_, Module child) in children) child.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The architecture and the parameter count.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Describe("")}  # {ParameterCount:N0} parameters");

    string Describe(string indent)
    {
        if (children.Count == 0) return this is Layer || parameters.Count == 0
            ? Name : $"{Name}({string.Join(", ", parameters.Select(p => $"{p.Name} {p.Parameter.Value.Shape}"))})";
        string lines = string.Concat(parameters.Select(p => $"{indent}  ({p.Name}): {p.Parameter.Value.Shape}\n"))
            + string.Concat(children.Select(c => $"{indent}  ({c.Name}): {c.Module.Describe(indent + "  ")}\n"));
        return $"{Name}(\n{lines}{indent})";
    }
}
