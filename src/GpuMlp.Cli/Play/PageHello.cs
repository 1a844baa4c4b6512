using System.Text.Json;
using GpuMlp.Cli.Input;
using GpuMlp.Cli.Shell;
using GpuMlp.Devices;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Records;

namespace GpuMlp.Cli.Play;

/// <summary>What a page is told about the program: the names that its settings take.</summary>
static class PageHello
{
    /// <summary>The first message.</summary>
    public static byte[] Message()
    {
        var message = new PageMessage("hello");
        Utf8JsonWriter json = message.Json;
        json.WriteString("version", ProgramVersion.Text);
        Names(json, "data", TrainData.Names);
        Names(json, "activation", Activations.Names.All);
        Names(json, "init", Initializer.Names.All);
        Names(json, "loss", Loss.Names.All);
        Names(json, "optimizer", UpdateRules.Names.All);
        Names(json, "momentum", UpdateRules.All.Where(rule => rule.HasMomentum).Select(rule => rule.Name));
        json.WriteStartObject("rates");
        foreach (UpdateRule rule in UpdateRules.All) json.WriteNumber(rule.Name, rule.DefaultLearningRate);
        json.WriteEndObject();
        json.WritePropertyName("defaults");
        RunRecord.ToJson(TrainData.Resolve(new TrainConfig())).WriteTo(json);
        return message.ToBytes();
    }

    static void Names(Utf8JsonWriter json, string name, IEnumerable<string> names)
    {
        json.WriteStartArray(name);
        foreach (string one in names) json.WriteStringValue(one);
        json.WriteEndArray();
    }

    /// <summary>The devices of this machine that can be used, a line each: the identifier, a tab, the name.</summary>
    public static string Devices() => string.Join('\n', ComputeDevice.List().Where(device => device.IsAvailable)
        .Select(device => $"{device.Id}\t{device.Name}"));

    /// <summary>What a page is told about its training.</summary>
    public static void Describe(Utf8JsonWriter json, PageTraining training, IReadOnlyList<string> notes)
    {
        json.WriteNumber("parameters", training.Input.Spec.ParameterCount);
        json.WriteString("device", $"{training.Device.Description.Id} ({training.Device.Name})");
        json.WriteString("engine", training.Session.Engine);
        json.WriteNumber("step", training.Session.Steps);
        if (training.ChangedAt is int step) json.WriteNumber("changedAt", step);
        else json.WriteNull("changedAt");
        Names(json, "inputs", Enumerable.Range(0, training.Input.Raw.Features).Select(k => PictureAxes.NameOf(training.Input.Raw, k)));
        Names(json, "notes", notes);
    }
}
