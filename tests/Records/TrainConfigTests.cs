using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuMlp.Records;
using GpuMlp.Tests.Support;

namespace GpuMlp.Tests.Records;

/// <summary>A config file gives the settings that are in it; each of the others has its default.</summary>
public class TrainConfigTests
{
    static readonly PropertyInfo[] Settings = [.. typeof(TrainConfig).GetProperties().Where(p => p.CanWrite)];

    public static TheoryData<string> Names() => [.. Settings.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ASettingThatAFileLeavesOutHasItsDefault(string name)
    {
        PropertyInfo setting = typeof(TrainConfig).GetProperty(name)!;
        TrainConfig others = Read([.. Settings.Where(p => p.Name != name)]);
        Assert.Equal(Text(setting, new TrainConfig()), Text(setting, Read([])));
        TrainConfig usual = name == "Lr" ? new TrainConfig { Optimizer = others.Optimizer } : new TrainConfig();     // each has its own
        Assert.Equal(Text(setting, usual), Text(setting, others));
        foreach (PropertyInfo other in Settings.Where(p => p.Name != name))
            Assert.Equal(JsonSerializer.Serialize(InFile(other)), Text(other, others));
    }

    static TrainConfig Read(PropertyInfo[] settings)
    {
        using var folder = new ScratchFolder();
        var config = new JsonObject();
        foreach (PropertyInfo setting in settings)
            config[JsonNamingPolicy.CamelCase.ConvertName(setting.Name)] = JsonSerializer.SerializeToNode(InFile(setting));
        File.WriteAllText(folder.File("c.json"), new JsonObject { ["config"] = config }.ToJsonString());
        return RunRecord.ReadConfig(folder.File("c.json"));
    }

    static string Text(PropertyInfo setting, TrainConfig config) =>
        RunRecord.ToJson(config).GetProperty(JsonNamingPolicy.CamelCase.ConvertName(setting.Name)).GetRawText();

    // a value of the setting's type that is no setting's default, as a file holds it
    static object InFile(PropertyInfo setting) => setting.Name switch
    {
        "Rng" => "numpy",
        "Net" => "7-7-1",
        "Activation" => "gelu",
        "Init" => "xavier",
        "Loss" => "mse",
        "Optimizer" => "adamw",
        "Schedule" => "cosine",
        "Engine" => "layers",
        "Api" => "modules",
        "Style" => "notebook",
        "Format" => "svg",
        "Missing" => "median",
        "Window" => "7:77,7:77",
        "Size" => "777x777",
        "Momentum" => 0.7f,
        "CheckpointEvery" => "7s",
        _ => (Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType) switch
        {
            Type type when type == typeof(string) => "unusual",
            Type type when type == typeof(bool) => true,
            Type type when type == typeof(char) => "%",
            Type type => Convert.ChangeType(77, type, System.Globalization.CultureInfo.InvariantCulture),
        },
    };
}
