using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Autograd;
using GpuMlp.Cli.Gradients;
using GpuMlp.Devices;

namespace GpuMlp.Cli;

/// <summary>The verb gradcheck: the gradients of every op, layer and loss, computed on a device, against central differences.</summary>
static class GradcheckCommand
{
    /// <summary>The largest |device - differences| / (1 + |differences|): float32 results against differences in float64, which err by 1e-9.</summary>
    public const double Tolerance = 2e-5;

    static readonly Option<string> Device = new("--device") { DefaultValueFactory = _ => "auto" };
    static readonly Option<bool> Json = new("--json");

    public static Command Create()
    {
        var verb = new Verb("gradcheck", "Compares float32 gradients with central differences of each definition in float64; exit code 1 above the tolerance 2e-5.",
            [("Options", [("--device D", "auto, cpu, cpu:ilgpu, opencl, opencl:I, cuda or cuda:I [auto]"), ("--json", "print one JSON object"), ("-h, --help", "this")])],
            [("", "every op, layer and loss, in several shapes")]);
        verb.Options.Add(Device);
        verb.Options.Add(Json);
        verb.SetAction(result =>
        {
            using ComputeDevice device = Open(result.GetValue(Device)!);
            return Execute(device, GradientCases.All(), new Terminal(false, result.GetValue(Json)));
        });
        return verb;
    }

    static ComputeDevice Open(string name)
    {
        try { return ComputeDevice.Open(name); }
        catch (ArgumentException e) { throw UsageException.For("device", name, "allowed are auto, cpu, cpu:ilgpu, opencl, opencl:INDEX, cuda and cuda:INDEX", e); }
    }

    /// <summary>Checks cases and prints a row an input of each.</summary>
    /// <returns>The exit code: failed if an error is above the tolerance.</returns>
    public static int Execute(ComputeDevice device, IEnumerable<GradientCase> cases, Terminal terminal)
    {
        GradientRow[] rows = [.. cases.SelectMany(test => Check(device, test))];
        bool passed = rows.All(row => row.Passed);
        if (terminal.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(new GradientReport(1, Program.Version, device.Description.Id, Tolerance, passed, rows), GradcheckJson.Default.GradientReport));
        foreach (string line in Terminal.Columns([["op", "input", "max relative error", "tolerance", ""], .. rows.Select(row => (string[])
            [row.Op, $"{row.Input}", row.Error.ToString("0.0e-00", CultureInfo.InvariantCulture), "2e-5", row.Passed ? "ok" : "WRONG"])])) terminal.Say(line);
        return passed ? ExitCode.Ok : ExitCode.Failed;
    }

    static IEnumerable<GradientRow> Check(ComputeDevice device, GradientCase test)
    {
        Variable[] x = [.. test.Inputs.Select(m => Variable.From(device, m.ToFloat(), wantsGradient: true))];
        Variable y = test.OnDevice(x);
        Matrix direction = Matrix.Random(y.Rows, y.Columns, -1, 1, new Random(7));
        y.Backward(Variable.From(device, direction.ToFloat()));
        for (int k = 0; k < x.Length; k++)
        {
            double error = test.Differences(k, direction).Zip(x[k].Gradient!.ToArray(), (d, g) => Math.Abs(d - g) / (1 + Math.Abs(d))).Max();
            yield return new GradientRow(test.Name, k, double.IsFinite(error) ? error : double.MaxValue, error <= Tolerance);
        }
    }
}

/// <summary>One input of one case.</summary>
sealed record GradientRow(string Op, int Input, double Error, bool Passed);

/// <summary>What gradcheck --json prints.</summary>
sealed record GradientReport(int SchemaVersion, string Version, string Device, double Tolerance, bool Passed, GradientRow[] Rows);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GradientReport))]
sealed partial class GradcheckJson : JsonSerializerContext;
