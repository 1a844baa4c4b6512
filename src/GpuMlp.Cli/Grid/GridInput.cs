using System.Globalization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Output;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Devices;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Planning;
using GpuMlp.Records;
using static System.FormattableString;

namespace GpuMlp.Cli.Grid;

/// <summary>The model and the points of a grid, checked before a device is chosen.</summary>
sealed class GridInput
{
    /// <exception cref="UsageException">The file is no model, or the model does not suit what is asked of it.</exception>
    public GridInput(GridRequest request, Terminal terminal)
    {
        Request = request;
        ModelInput.RequireFile(request.Model);
        Model = ModelInput.Read(request.Model, request.Hints, terminal);
        if (Model.Net.Widths[0] < 2) throw new UsageException($"{request.Model}: a grid needs a model of two inputs, this one has one");
        (axes, at) = Slice();
        CheckValue();
        Grid = Points();
        if (Request.IsMap && Math.Max(Grid.Width, Grid.Height) > MostOfMap)
            throw UsageException.For("out", Request.Out, Invariant($"a map of values has {MostOfMap}x{MostOfMap} points at most, this ")
                + Invariant($"grid has {Grid.Width}x{Grid.Height}; .npy holds as many as there are"));
    }

    const int MostOfMap = 4096;

    /// <summary>What is asked for, with what follows from the model.</summary>
    public GridRequest Request { get; private set; }

    /// <summary>The model.</summary>
    public StoredModel Model { get; }

    /// <summary>The points.</summary>
    public GridSpec Grid { get; }

    /// <summary>The device that is asked for; rows from breakpoints are the CPU's alone.</summary>
    public string Device => Request is { Device: "auto", Form: "piecewise" } ? "cpu" : Request.Device;

    /// <summary>The work at hand: the boundary of two classes is followed from cell to cell, at about 24 evaluations per column of the
    /// grid.</summary>
    public Work Work => Work.OfGrid(Model.Net, Request.Value == "boundary" && Model.Net.Widths[^1] == 1
        ? 24d * Math.Max(Grid.Width, Grid.Height) : Grid.Points);

    readonly (int X, int Y)? axes;
    readonly double[] at;

    /// <summary>The plane where features of it are derived from the axes; null where the network of two inputs is all there is.</summary>
    public FeaturePlane? Derived { get; private set; }

    /// <summary>What heads the columns of a table of points: x and y, or the features that --axes names.</summary>
    public string Header => Request.Axes is null ? "x,y" : $"{CsvField.Of(AxisNames.X)},{CsvField.Of(AxisNames.Y)}";

    /// <summary>The network that the grid is of, on a device; the caller disposes it.</summary>
    public Sequential Network(ComputeDevice device)
    {
        Sequential network = Model.Build(device).Network;
        if (axes is not (int x, int y) || Derived is not null) return network;
        using (network) return new NetworkSlice(network, x, y, at).Network;
    }

    /// <summary>The names of the axes.</summary>
    public (string X, string Y) AxisNames => (Names[axes?.X ?? 0], Names[axes?.Y ?? 1]);

    string[] Names => Model.Columns is { InputNames: { Count: > 0 } known } && known.Count == Model.Net.Widths[0]
        ? [.. known] : [.. DataSet.PlainNames(Model.Net.Widths[0])];

    // which inputs are the axes, and the values of all as the network takes them; no axes where the model has two inputs
    ((int X, int Y)? Axes, double[] At) Slice()
    {
        int inputs = Model.Net.Widths[0];
        string[] names = Names;
        IReadOnlyList<DerivedFeature> derived = Model.Columns?.Derived ?? [];
        int own = inputs - derived.Count;
        if (inputs == 2 && Request.Axes is null && Request.Fix is null) return (null, []);
        (int X, int Y)? left = SliceOptions.Left(Request.Fix, names, own);
        if (own > 2 && Request.Axes is null && left is null)
            throw new UsageException(
                $"{Request.Model}: has {own} inputs ({Some(names[..own], 4)}); "
                + "--axes A,B says which two the grid runs over, --fix C=V,... where the others are held");
        (int x, int y) = Request.Axes is string text ? SliceOptions.Axes(text, names) : left ?? (0, 1);
        var held = SliceOptions.Fixed(Request.Fix, names, x, y).ToDictionary(one => one.Feature, one => one.Value);
        if (held.Keys.FirstOrDefault(k => k >= own, -1) is >= 0 and int computed)
            throw UsageException.For("fix", Request.Fix, $"{names[computed]} is derived from other features; hold those");
        Standardizer? scale = Model.Standardizer;
        var values = new double[inputs];
        for (int k = 0; k < own; k++)
        {
            if (k == x || k == y) continue;
            if (held.TryGetValue(k, out double value)) values[k] = value;
            else values[k] = scale?.Mean[k] ?? throw new UsageException(
                $"--fix {Some([names[k]], 1)}=V is needed: {Request.Model} was trained without --standardize and has no means");
        }
        var plane = new FeaturePlane(x, y, values, derived, scale);
        if (plane.IsDerived) Derived = plane;
        return ((x, y), [.. values.Select((value, k) => scale is null ? value : (value - scale.Mean[k]) / scale.Deviation[k])]);
    }

    // what turns the axes' units into the network's inputs
    PlaneScale? Scale => Model.Standardizer is not Standardizer all ? null : axes is not (int x, int y) ? Windows.Scale(all)
        : new(all.Mean[x], all.Deviation[x], all.Mean[y], all.Deviation[y]);

    // what a value means depends on what the network returns
    void CheckValue()
    {
        int outputs = Model.Net.Widths[^1];
        if (Derived is not null && Request.Value == "boundary")
            throw UsageException.For(
                "value", Request.Value, $"{Request.Model} derives features from the axes; allowed are class, probability and logit");
        if (Derived is not null && Request.Form != "auto")
            throw UsageException.For("form", Request.Form, $"{Request.Model} derives features from the axes, point by point; leave it out");
        bool number = outputs == 1 && Model.Loss.Labels == LabelKind.Number && Model.Net.LinearOutput;
        if (outputs > 1 && Model.Loss.Labels == LabelKind.Number)
            throw new UsageException($"{Request.Model}: returns {outputs} numbers; a grid shows one value per point");
        if (Request.Value is null)
        {
            Request = Request with { Value = outputs > 1 ? "class" : number ? "value" : "probability" };
            Request.CheckKind();
        }
        if (Request.Class is string name) OneClass = ClassOf(name, outputs);
        if (outputs > 1 && Request.Value is not ("class" or "boundary") && OneClass is null && Request.Kind is not (".npy" or "-"))
            throw UsageException.For("out", Request.Out,
                $"with --value {Request.Value} of {outputs} classes allowed are .npy and -; --class C takes one of them");
        if (outputs > 1 && Request.Form != "auto")
            throw UsageException.For("form", Request.Form, $"needs a model of one output, {Request.Model} has {outputs}");
        if (number && Request.Value is not ("value" or "logit"))
            throw UsageException.For("value", Request.Value, $"{Request.Model} returns a number, no class; allowed is value, that number");
        if (!number && Request.Value == "value")
            throw UsageException.For("value", Request.Value, $"{Request.Model} returns classes; value is for models of numbers");
    }

    /// <summary>The class of --class; null for all, and where the model has one output.</summary>
    public int? OneClass { get; private set; }

    int ClassOf(string name, int outputs)
    {
        if (outputs == 1) throw UsageException.For("class", name, $"{Request.Model} has one output; leave it out");
        if (Request.Value is "class" or "boundary") throw UsageException.For("class", name, "goes with --value probability or logit");
        int known = Model.ClassNames.ToList().IndexOf(name);
        if (known >= 0) return known;
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < outputs) return number;
        throw UsageException.For("class", name, $"there are {Some(Model.ClassNames, 12)}");
    }

    static string Some(IReadOnlyList<string> names, int most) =>
        string.Join(", ", names.Take(most).Select(UsageException.Cut)) + (names.Count > most ? ", …" : "");

    GridSpec Points()
    {
        Window window = Request.X is null
            ? Model.Window ?? throw new UsageException($"--x and --y are needed: {Request.Model} has no window of its own")
            : Parse($"{Request.X},{Request.Y}");
        try
        {
            if (Request.Step is not null) return GridSpec.FromStep(window, Request.Spacing(), Scale);
            (int width, int height) = Request.Dimensions();
            return GridSpec.FromSize(window, width, height, Scale);
        }
        catch (ArgumentException e)
        {
            string message = UsageException.Plain(e), whose = Request.X is null ? $"{Request.Model}: its " : "";
            throw new UsageException(message.StartsWith("window", StringComparison.Ordinal) ? $"{whose}{message}" : $"--{message}", e);
        }
    }

    Window Parse(string text)
    {
        try { return Grids.Window.Parse(text); }
        catch (FormatException e) { throw new UsageException($"--x {Request.X} --y {Request.Y}: {e.Message}", e); }
    }
}
