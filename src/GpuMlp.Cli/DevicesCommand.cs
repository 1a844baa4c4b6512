using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Devices;

namespace GpuMlp.Cli;

/// <summary>The verb devices: what this machine has, and what was left out, with the reason.</summary>
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
        IReadOnlyList<DeviceDescription> devices = ComputeDevice.List();
        if (json)
        {
            var list = new DeviceList(1, Program.Version, [.. devices.Select(d => new DeviceRow(d.Id, Named(d.Kind), d.Name, d.IsAvailable, d.Excluded, d.Note))]);
            Console.Out.WriteLine(JsonSerializer.Serialize(list, DevicesJson.Default.DeviceList));
            return ExitCode.Ok;
        }
        // one column a fact: what else there is to say of a device becomes another here
        string[][] rows = [["device", "name", "state"], .. devices.Select(d => (string[])[d.Id, d.Name, State(d)])];
        foreach (string line in Terminal.Columns(rows)) Console.Out.WriteLine(line);
        return ExitCode.Ok;
    }

    static string State(DeviceDescription device) => device.Excluded is string reason ? $"excluded: {reason}"
        : device.Note is string note ? $"ready ({note})" : "ready";

    /// <summary>A kind's name in records: that of --device without an index.</summary>
    public static string Named(DeviceKind kind) => kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.CpuIlgpu => "cpu:ilgpu",
        DeviceKind.OpenCL => "opencl",
        DeviceKind.Cuda => "cuda",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of device"),
    };
}

/// <summary>What devices --json prints.</summary>
sealed record DeviceList(int SchemaVersion, string Version, DeviceRow[] Devices);

/// <summary>One device: excluded says why it cannot be opened, note what one should know about it.</summary>
sealed record DeviceRow(string Id, string Kind, string Name, bool Available, string? Excluded, string? Note);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeviceList))]
sealed partial class DevicesJson : JsonSerializerContext;
