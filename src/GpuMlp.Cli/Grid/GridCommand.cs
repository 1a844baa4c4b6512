using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Records;

namespace GpuMlp.Cli.Grid;

/// <summary>The verb grid: writes a model's values over a dense grid, or its boundary alone, into a file.</summary>
static class GridCommand
{
    static readonly Argument<string> Model = new("MODEL");
    static readonly string[] Forms = ["auto", "piecewise"], Values = ["probability", "class", "logit", "value", "boundary"];
    static readonly Option<string> X = new("--x"), Y = new("--y"), Size = new("--size"), Step = new("--step");
    static readonly Option<string> Value = new("--value") { CompletionSources = { Values } }, Out = new("--out");
    static readonly Option<string> Form = new("--form") { DefaultValueFactory = _ => "auto", CompletionSources = { Forms } };
    static readonly Option<string> Device = DeviceInput.NewOption();
    static readonly Option<string> Axes = new("--axes"), Fix = new("--fix"), Class = new("--class");
    static readonly Option<bool> Force = new("--force"), Json = new("--json"), Quiet = new("--quiet");

    static readonly (string, string)[] Rows =
    [
        ("MODEL", "a model of two inputs or more: any safetensors or .npz file of linear layers"),
        ("--x X0:X1, --y Y0:Y1", "the window [the model's]"),
        ("--size WIDTHxHEIGHT", "that many points, the window's ends included"),
        ("--step S", "points S apart, the window's far ends excluded"),
        ("--axes A,B", "of more than two inputs those that the grid runs over, by name or position from 1"),
        ("--fix C=V,...", "where the others are held [at the means of a model that standardizes]"),
        ("--value V",
            "probability, class (255: not a number), logit, boundary; value of a model of numbers [probability; of many classes class]"),
        ("--class C", "one class of many, by name or number from 0, with --value probability or logit [all: (height, width, classes)]"),
        ("--form F", "auto, or piecewise: one hidden layer of ReLU, rows from their breakpoints; other bits [auto]"),
        .. ModelOptions.Rows,
        ("--out FILE", ".npy, .csv, .png (probability, class, value), .svg (value, boundary); - is .npy to stdout"),
        ("--device D", "auto, cpu, cpu:ilgpu, opencl, opencl:I, cuda or cuda:I [auto]"),
        ("--force", "replace a file that is there"),
        ("--json", "print one JSON object on stdout"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    static readonly (string, string)[] Examples =
    [
        (" runs/moons/model.safetensors --size 4096x4096 --out moons.npy", "the model's window, a float32 probability per point"),
        (" model.safetensors --x -1.5:2.5 --y -1:1.5 --size 65536x65536 --value class --out classes.npy",
            "4.3 GB, a byte per point, written as it is computed"),
        (" model.safetensors --step 0.01 --out picture.png", "a picture without axes"),
        (" torch.safetensors --activation relu --loss bce --x -2:2 --y -2:2 --size 512x512 --out torch.png",
            "a network that PyTorch trained"),
        (" model.safetensors --size 65536x65536 --value boundary --out line.svg",
            "the line where the class changes, without visiting the grid"),
    ];

    public static Command Create(Interruption interruption) =>
        Create((request, terminal) => GridTask.Execute(request, terminal, interruption));

    /// <summary>The verb under plan: the same options, and no grid.</summary>
    public static Command Plan() => Create(GridTask.Plan);

    static Verb Create(Func<GridRequest, Terminal, int> act)
    {
        var verb = new Verb("grid", "Evaluates a model over a dense grid, or finds its boundary.", [("Options", Rows)], Examples);
        verb.Arguments.Add(Model);
        Option[] options = [X, Y, Size, Step, Axes, Fix, Class, Value, Form, Out, Device, Force, Json, Quiet];
        foreach (Option option in options) verb.Options.Add(option);
        ModelOptions.AddTo(verb);
        verb.SetAction(result => act(
            new GridRequest(result.GetValue(Model)!, result.GetValue(X), result.GetValue(Y), result.GetValue(Size), result.GetValue(Step),
                result.GetValue(Value), result.GetValue(Form)!, result.GetValue(Out), result.GetValue(Device)!, result.GetValue(Force),
                ModelOptions.Read(result))
            {
                Axes = result.GetValue(Axes),
                Fix = result.GetValue(Fix),
                Class = result.GetValue(Class),
            },
            new Terminal(result.GetValue(Quiet), result.GetValue(Json))));
        return verb;
    }
}

/// <summary>What the options said. <see cref="Check"/> checks what can be checked without the model.</summary>
sealed record GridRequest(
    string Model, string? X, string? Y, string? Size, string? Step, string? Value, string Form, string? Out, string Device, bool Force,
    ModelHints Hints)
{
    /// <summary>The two inputs that the grid runs over; null where the model has two.</summary>
    public string? Axes { get; init; }

    /// <summary>The one class whose values are wanted, of a model with an output per class; null for all.</summary>
    public string? Class { get; init; }

    /// <summary>Where the other inputs are held.</summary>
    public string? Fix { get; init; }

    /// <exception cref="UsageException">Something is missing, unknown, or does not go together.</exception>
    public void Check(bool json)
    {
        if (Value is not (null or "probability" or "class" or "logit" or "value" or "boundary"))
            throw UsageException.For("value", Value, "allowed are probability, class, logit, value and boundary");
        if (Form is not ("auto" or "piecewise")) throw UsageException.For("form", Form, "allowed are auto and piecewise");
        if (Size is null && Step is null) throw new UsageException("one of --size WIDTHxHEIGHT and --step S is needed");
        if (Size is not null && Step is not null) throw new UsageException("--size and --step exclude each other");
        if (X is null != Y is null) throw new UsageException("--x and --y go together");
        if (Out is null) throw new UsageException("--out FILE is needed");
        if (Out == "-" && json) throw UsageException.For("out", Out, "stdout is taken by --json");
        if (Form == "piecewise" && Value == "boundary")
            throw UsageException.For("form", Form, "is a way to compute rows, and a boundary has none; leave it out");
        CheckKind();
        if (Out == "-") return;
        if (Directory.Exists(Out)) throw UsageException.For("out", Out, "is a folder; a file is needed");
        if (File.Exists(Out) && !Force)
            throw UsageException.For("out", Out, "is there already; name another file, or replace it with --force");
        if (Path.GetDirectoryName(Path.GetFullPath(Out)) is string folder && !Directory.Exists(folder))
            throw UsageException.For("out", Out, $"there is no folder {folder}");
    }

    /// <summary>Refuses an output file that cannot hold the value asked for: a .png of logits, an .npy of a boundary.</summary>
    /// <exception cref="UsageException">The file's extension is not one of those for the value.</exception>
    public void CheckKind()
    {
        string[] allowed = Value switch
        {
            "boundary" => [".csv", ".svg"],
            "logit" => [".npy", ".csv", "-"],
            "value" => [".npy", ".png", ".svg", ".csv", "-"],
            null when Kind == ".svg" => [".svg"],                          // the model decides what the value is
            _ => [".npy", ".png", ".csv", "-"],
        };
        if (!allowed.Contains(Kind))
            throw UsageException.For("out", Out, $"with --value {Value ?? "probability"} allowed are {string.Join(", ", allowed)}");
    }

    /// <summary>Whether the output is a drawn picture: a map of colours with axes and a scale.</summary>
    public bool IsMap => Value == "value" && Kind is ".png" or ".svg";

    /// <summary>"-", or the extension of the output in lower case.</summary>
    public string Kind => Out == "-" ? "-" : Path.GetExtension(Out)!.ToLowerInvariant();

    /// <summary>WIDTHxHEIGHT as two numbers.</summary>
    /// <exception cref="UsageException">The text is not two whole numbers.</exception>
    public (int Width, int Height) Dimensions() =>
        Size!.Split('x') is [var w, var h] && Whole(w) is int width && Whole(h) is int height
            ? (width, height) : throw UsageException.For("size", Size, "two whole numbers from 1 are needed, as in 4096x4096");

    /// <summary>S as a number.</summary>
    /// <exception cref="UsageException">The text is no number.</exception>
    public double Spacing() => double.TryParse(Step, NumberStyles.Float, CultureInfo.InvariantCulture, out double step)
        ? step : throw UsageException.For("step", Step, "a number is needed, as in 0.1");

    static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}

/// <summary>What grid --json prints. The time of evaluate ends when every value is in host memory; the time of write overlaps it.</summary>
sealed record GridSummary(
    int SchemaVersion, string Version, GridDevice Device, string Form, string Value, int Width, int Height, long Points,
    double? PointsPerSecond, long? Evaluations, int? Lines, GridTimings Timings)
{
    /// <summary>How many points are not numbers; absent where there is none.</summary>
    public long? NotNumbers { get; init; }
}

/// <summary>The device that the grid was evaluated on.</summary>
sealed record GridDevice(string Kind, string Name);

/// <summary>Durations in seconds.</summary>
sealed record GridTimings(double Open, double Compile, double Evaluate, double Write);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GridSummary))]
sealed partial class GridJson : JsonSerializerContext;
