using System.CommandLine;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;

namespace GpuMlp.Cli.Predict;

/// <summary>The verbs predict and evaluate: what a model says of new rows, and how well.</summary>
static class PredictCommand
{
    static readonly (string, string)[] Common =
    [
        ("MODEL", "a safetensors or .npz file that train or sweep wrote, or of other linear layers"),
        ("--data FILE", "the rows, in a file as train takes it or - for stdin; columns are found by name, without names by their place"),
    ];

    static readonly (string, string)[] Ends =
    [
        .. ModelOptions.Rows,
        ("--device D", "auto, cpu, cpu:ilgpu, opencl, opencl:I, cuda or cuda:I [auto]"),
        ("--quiet", "print nothing but errors"),
        ("-h, --help", "this"),
    ];

    /// <summary>The verb predict.</summary>
    public static Command Predict(Interruption interruption)
    {
        (string, string)[] rows =
        [
            .. Common, ("--out FILE", "where to write class,p(…),… or value as CSV, a line per row; - is stdout"),
            ("--metrics", "also tell how well the model does; the file needs the labels"), .. ReadingOptions.Rows,
            ("--force", "replace a file that is there"), .. Ends,
        ];
        var parts = new Parts(new Verb("predict", "Predicts the rows of a file.", [("Options", rows)],
        [
            (" runs/moons/model.safetensors --data new.csv --out predicted.csv", "a class and the probability of each class per row"),
            (" model.safetensors --data - --out -", "from stdin to stdout"),
        ]));
        Option<string> output = new("--out");
        Option<bool> force = new("--force"), metrics = new("--metrics");
        foreach (Option option in (Option[])[output, force, metrics]) parts.Verb.Options.Add(option);
        parts.Verb.SetAction(line => PredictRun.Execute(
            parts.Request(line) with { Out = line.GetValue(output), Force = line.GetValue(force), Metrics = line.GetValue(metrics) },
            new Terminal(line.GetValue(parts.Quiet), json: false), interruption));
        return parts.Verb;
    }

    /// <summary>The verb evaluate.</summary>
    public static Command Evaluate(Interruption interruption)
    {
        var parts = new Parts(new Verb("evaluate", "Tells how well a model does on the rows of a file that has the labels.",
            [("Options", [.. Common, .. ReadingOptions.Rows, ("--json", "print one JSON object"), .. Ends])],
            [(" runs/moons/model.safetensors --data test.csv", "accuracy with its interval, or the error, and a line per class")]));
        Option<bool> json = new("--json");
        parts.Verb.Options.Add(json);
        parts.Verb.SetAction(line => PredictRun.Execute(parts.Request(line) with { Metrics = true },
            new Terminal(line.GetValue(parts.Quiet), line.GetValue(json)), interruption));
        return parts.Verb;
    }

    /// <summary>What both verbs take.</summary>
    sealed class Parts
    {
        readonly Argument<string> model = new("MODEL");
        readonly Option<string> data = new("--data"), device = DeviceInput.NewOption();
        readonly ReadingOptions reading = new();

        public Parts(Verb verb)
        {
            Verb = verb;
            verb.Arguments.Add(model);
            ModelOptions.AddTo(verb);
            foreach (Option option in (Option[])[data, device, Quiet, .. reading.All]) verb.Options.Add(option);
        }

        public Verb Verb { get; }

        public Option<bool> Quiet { get; } = new("--quiet");

        public PredictRequest Request(ParseResult line) =>
            new(line.GetValue(model)!, ModelOptions.Read(line), line.GetValue(data), reading.Read(line), line.GetValue(device)!);
    }
}
