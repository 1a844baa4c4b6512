using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Grids;
using GpuMlp.Losses;
using GpuMlp.Planning;
using GpuMlp.Records;

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
        if (Model.Net.Widths[0] != 2)
            throw new UsageException($"{request.Model}: a grid needs a model of exactly two inputs, this one has {Model.Net.Widths[0]}");
        CheckValue();
        Grid = Points();
    }

    /// <summary>What is asked for, with what follows from the model.</summary>
    public GridRequest Request { get; private set; }

    /// <summary>The model.</summary>
    public StoredModel Model { get; }

    /// <summary>The points.</summary>
    public GridSpec Grid { get; }

    /// <summary>The device that is asked for; rows from breakpoints are the CPU's alone.</summary>
    public string Device => Request is { Device: "auto", Form: "piecewise" } ? "cpu" : Request.Device;

    /// <summary>The work at hand: a boundary is followed from cell to cell, at about 24 evaluations per column of the grid.</summary>
    public Work Work => Work.OfGrid(Model.Net, Request.Value == "boundary" ? 24d * Math.Max(Grid.Width, Grid.Height) : Grid.Points);

    // what a value means depends on what the network returns
    void CheckValue()
    {
        int outputs = Model.Net.Widths[^1];
        bool number = outputs == 1 && Model.Loss.Labels == LabelKind.Number && Model.Net.LinearOutput;
        if (outputs > 1 && Model.Loss.Labels == LabelKind.Number)
            throw new UsageException($"{Request.Model}: returns {outputs} numbers; a grid shows one value per point");
        if (Request.Value is null)
        {
            Request = Request with { Value = outputs > 1 ? "class" : number ? "logit" : "probability" };
            Request.CheckKind();
        }
        if (outputs > 1 && Request.Value != "class")
            throw UsageException.For("value", Request.Value, $"{Request.Model} has {outputs} outputs, one per class; allowed is class");
        if (outputs > 1 && Request.Form != "auto")
            throw UsageException.For("form", Request.Form, $"needs a model of one output, {Request.Model} has {outputs}");
        if (number && Request.Value != "logit")
            throw UsageException.For(
                "value", Request.Value, $"{Request.Model} returns a number, no class; allowed is logit, which is that number");
    }

    GridSpec Points()
    {
        Window window = Request.X is null
            ? Model.Window ?? throw new UsageException($"--x and --y are needed: {Request.Model} has no window of its own")
            : Parse($"{Request.X},{Request.Y}");
        try
        {
            if (Request.Step is not null) return GridSpec.FromStep(window, Request.Spacing(), Windows.Scale(Model.Standardizer));
            (int width, int height) = Request.Dimensions();
            return GridSpec.FromSize(window, width, height, Windows.Scale(Model.Standardizer));
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
