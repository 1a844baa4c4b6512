using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;

namespace GpuMlp.Cli.Devices;

/// <summary>The verb devices: lists what this machine has, and what was left out, with the reason.</summary>
static class DevicesCommand
{
    static readonly Option<bool> Json = new("--json");

    public static Command Create()
    {
        var verb = new Verb("devices", "Lists every device of this machine, and every one left out, with the reason.",
            [("Options", [("--json", "print one JSON object"), ("-h, --help", "this")])],
            [("", "a table"), (" --json", "the same for programs")]);
        verb.Options.Add(Json);
        verb.SetAction(result => Execute(result.GetValue(Json)));
        return verb;
    }

    static int Execute(bool json)
    {
        DeviceRow[] rows = [.. ComputeDevice.List().Select(Describe)];
        if (json)
        {
            Terminal.Print(JsonSerializer.Serialize(new DeviceList(1, ProgramVersion.Text, rows), DevicesJson.Default.DeviceList));
            return ExitCode.Ok;
        }
        // one column per fact: another fact about a device becomes another column here
        string[] head = ["device", "name", "same bits", "state"];
        string[][] table = [head, .. rows.Select(row => (string[])[row.Id, row.Name, SameBits(row), State(row)])];
        foreach (string line in Terminal.Columns(table)) Terminal.Print(line);
        return ExitCode.Ok;
    }

    // opens each device, since only the self-test of an open device tells whether it gives the same bits
    static DeviceRow Describe(DeviceDescription found)
    {
        var row = new DeviceRow(
            found.Id, DeviceInput.Named(found.Kind), found.Name, found.IsAvailable, found.Excluded, found.Note, null, null);
        if (!found.IsAvailable) return row;
        try
        {
            using ComputeDevice device = ComputeDevice.Open(found.Id);
            return row with
            {
                Note = device.Description.Note ?? found.Note,
                SameBits = device.SameBits,
                WhyNotSameBits = device.WhyNotSameBits,
            };
        }
        catch (Exception e) when (e is DeviceUnavailableException or DeviceException or DeviceOutOfMemoryException)
        {
            return row with { Available = false, Excluded = e.Message };
        }
    }

    static string SameBits(DeviceRow row) => row.SameBits switch
    {
        null => "-",
        true => "yes",
        false => $"close, not equal: {row.WhyNotSameBits}",
    };

    static string State(DeviceRow row) => row.Excluded is string reason ? $"excluded: {reason}"
        : row.Note is string note ? $"ready ({note})" : "ready";
}

/// <summary>What devices --json prints.</summary>
sealed record DeviceList(int SchemaVersion, string Version, DeviceRow[] Devices);

/// <summary>
/// One device. Excluded: why it cannot be opened. Note: what a user should know about it. SameBits: whether it gives the processor's bits.
/// </summary>
sealed record DeviceRow(
    string Id, string Kind, string Name, bool Available, string? Excluded, string? Note, bool? SameBits, string? WhyNotSameBits);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeviceList))]
sealed partial class DevicesJson : JsonSerializerContext;
