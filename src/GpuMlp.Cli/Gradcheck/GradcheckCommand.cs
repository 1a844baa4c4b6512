using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Autograd;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Formats;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Records;

namespace GpuMlp.Cli.Gradcheck;

/// <summary>
/// The verb gradcheck: compares gradients computed on a device with central differences, for every op, layer and loss or for a whole
/// network.
/// </summary>
static class GradcheckCommand
{
    static readonly Option<string> Net = new("--net"), Activation = new("--activation"), LossName = new("--loss");
    static readonly Option<string> Device = DeviceInput.NewOption();
    static readonly Option<bool> Json = new("--json");

    const string Summary =
        "Compares float32 gradients with central differences of each definition in float64; exit code 1 above the tolerance.";

    public static Command Create()
    {
        var verb = new Verb("gradcheck", Summary,
        [
            ("A whole network, a row for each of its tensors",
            [
                ("--net WIDTHS", "inputs, hidden widths, outputs [2-50-1, or 2-50-3 with cross-entropy, where only the others are given]"),
                ("--activation NAME", $"{string.Join(", ", Activations.Names.All)} [relu]"),
                ("--loss NAME", $"{string.Join(", ", Loss.Names.All)} [bce, or cross-entropy with several outputs]"),
            ]),
            ("Options",
            [
                ("--device D", "auto, cpu, cpu:ilgpu, opencl, opencl:I, cuda or cuda:I [auto]"),
                ("--json", "print one JSON object"),
                ("-h, --help", "this"),
            ]),
        ],
        [
            ("", "every op, layer and loss, in several shapes"),
            (" --net 2-8-8-1 --activation tanh --loss bce-logits", "the weights and biases of each layer, and the input"),
            (" --net 4-16-3 --loss cross-entropy --device opencl", "three classes, on a device of one's choice"),
        ]);
        foreach (Option option in (Option[])[Net, Activation, LossName, Device, Json]) verb.Options.Add(option);
        verb.SetAction(result =>
        {
            GradientCase? network = Network(result.GetValue(Net), result.GetValue(Activation), result.GetValue(LossName));
            string name = result.GetValue(Device)!;
            var terminal = new Terminal(false, result.GetValue(Json));
            using ComputeDevice device = DeviceInput.Open(name);
            DeviceInput.Note(device, terminal, name == "auto" ? "a check is too little work for a GPU" : "");
            DeviceInput.NoteBits(device, terminal);
            return Execute(device, network is null ? GradientCases.All() : [network], terminal);
        });
        return verb;
    }

    static GradientCase? Network(string? net, string? activation, string? lossName)
    {
        if ((net ?? activation ?? lossName) is null) return null;
        Loss? loss = lossName is null ? null : One("loss", lossName, Loss.Names);
        net ??= loss?.Labels == LabelKind.Class ? "2-50-3" : "2-50-1";
        NetworkSpec spec;
        try { spec = NetworkSpec.Parse(net, One("activation", activation ?? "relu", Activations.Names)); }
        catch (FormatException e) { throw UsageException.For("net", net, e.Message, e); }
        int outputs = spec.Widths[^1];
        loss ??= outputs > 1 ? new CrossEntropyLoss() : new BceLoss();
        if (loss.Labels == LabelKind.Class && outputs == 1)
            throw UsageException.For("loss", loss.Name, $"takes two outputs or more, one per class; {net} has one");
        if (loss.Labels == LabelKind.Binary && outputs > 1)
        {
            string allowed = string.Join(" and ", Loss.All.Where(row => row.Labels != LabelKind.Binary).Select(row => row.Name));
            throw UsageException.For("loss", loss.Name, $"takes one output, {net} has {outputs}; for several, allowed are {allowed}");
        }
        if (spec.ParameterCount > NetworkCase.MostParameters)
        {
            string most = $"{NetworkCase.MostParameters:N0}";
            throw UsageException.For("net", net, $"has {spec.ParameterCount:N0} parameters; central differences are for {most} at most");
        }
        return NetworkCase.Make(spec with { LinearOutput = loss.Labels == LabelKind.Number }, loss, new Random(1));
    }

    static T One<T>(string option, string name, Names<T> names) where T : notnull
    {
        try { return names.Parse(name); }
        catch (FormatException e) { throw UsageException.For(option, name, e.Message, e); }
    }

    /// <summary>Checks cases and prints a table with a row per input of each case.</summary>
    /// <returns>The exit code: failed if an error is above the tolerance.</returns>
    public static int Execute(ComputeDevice device, IEnumerable<GradientCase> cases, Terminal terminal)
    {
        GradientRow[] rows = [.. cases.SelectMany(test => Check(device, test))];
        bool passed = rows.All(row => row.Passed);
        if (terminal.Json)
        {
            var report = new GradientReport(1, ProgramVersion.Text, device.Description.Id, passed, rows);
            Terminal.Print(JsonSerializer.Serialize(report, GradcheckJson.Default.GradientReport));
        }
        string[] head = ["of", "tensor", "values", "relative error", "tolerance", ""];
        foreach (string line in Terminal.Columns([head, .. rows.Select(Cells)])) terminal.Show(line);
        return passed ? ExitCode.Ok : ExitCode.Failed;
    }

    static string[] Cells(GradientRow row)
    {
        string values = row.Checked == row.Values ? $"{row.Values}" : $"{row.Checked} of {row.Values}";
        return [row.Op, row.Tensor, values, Text(row.Error), Text(row.Tolerance), row.Passed ? "ok" : "WRONG"];
    }

    static string Text(double error) => error.ToString("0.0e-00", CultureInfo.InvariantCulture);

    static IEnumerable<GradientRow> Check(ComputeDevice device, GradientCase test)
    {
        (Variable[] inputs, Variable y) = test.OnDevice(device);
        bool isNumber = y is { Rows: 1, Columns: 1 };
        Matrix direction = isNumber ? new(1, 1, [1]) : Matrix.Random(y.Rows, y.Columns, -1, 1, new Random(7));
        y.Backward(isNumber ? null : Variable.From(device, direction.ToFloat()));
        for (int k = 0; k < inputs.Length; k++)
        {
            int[] places = test.Places(k);
            double error = test.Error(places, test.Differences(k, direction, places), inputs[k].Gradient!.ToArray());
            bool passed = error <= test.Tolerance;
            yield return new(test.Name, test.Tensors[k], test.Inputs[k].Values.Length, places.Length, error, test.Tolerance, passed);
        }
    }
}

/// <summary>One tensor of one case.</summary>
/// <param name="Op">The op, layer, loss or network.</param>
/// <param name="Tensor">The tensor that the gradient is with respect to.</param>
/// <param name="Values">Values in that tensor.</param>
/// <param name="Checked">How many of those values were checked.</param>
/// <param name="Error">
/// The largest relative error of a checked value: |gradient - difference| over 1 + |difference| for an op, over the tensor's largest
/// |difference| (at least 10⁻⁴) for a network.
/// </param>
/// <param name="Tolerance">
/// The largest error that passes. The gradients are float32, the differences float64 with an error near 10⁻⁹.
/// </param>
/// <param name="Passed">Whether the error is within the tolerance.</param>
sealed record GradientRow(string Op, string Tensor, int Values, int Checked, double Error, double Tolerance, bool Passed);

/// <summary>What gradcheck --json prints.</summary>
sealed record GradientReport(int SchemaVersion, string Version, string Device, bool Passed, GradientRow[] Rows);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GradientReport))]
sealed partial class GradcheckJson : JsonSerializerContext;
