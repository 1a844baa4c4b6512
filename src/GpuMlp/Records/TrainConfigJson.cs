using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Settings;
using GpuMlp.Tables;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>A setting cannot be read; the message names it and says what is allowed.</summary>
sealed class SettingException(string message, Exception? inner = null) : JsonException(null, new FormatException(message, inner));

/// <summary>A run's settings as JSON, each with its option's name and in the option's form.</summary>
/// <remarks>
/// It is written by hand, because generated code would be compiled for each type of a setting at every start of the program, which takes
/// 0.1 s.
/// </remarks>
sealed class TrainConfigJson : JsonConverter<TrainConfig>
{
    public override void Write(Utf8JsonWriter json, TrainConfig config, JsonSerializerOptions options)
    {
        json.WriteStartObject();
        json.WriteString("data", config.Data);
        Write(json, "samples", config.Samples);
        Write(json, "noise", config.Noise);
        json.WriteNumber("seed", config.Seed);
        if (config.DataSeed is ulong dataSeed) json.WriteNumber("dataSeed", dataSeed);
        else json.WriteNull("dataSeed");
        json.WriteString("rng", TrainConfig.Sources.Of(config.Rng));
        json.WriteString("separator", TableReadOptions.NameOf(config.Separator));
        json.WriteString("decimal", TableReadOptions.NameOf(config.Decimal));
        json.WriteString("thousands", TableReadOptions.NameOf(config.Thousands));
        if (config.Header is bool header) json.WriteBoolean("header", header);
        else json.WriteNull("header");
        json.WriteNumber("skipRows", config.SkipRows);
        json.WriteString("label", config.Label);
        json.WriteString("features", config.Features);
        json.WriteString("ignore", config.Ignore);
        json.WriteString("missing", MissingRules.Names.Of(config.Missing));
        json.WriteString("derive", config.Derive);
        json.WriteBoolean("standardize", config.Standardize);
        json.WriteString("validation", config.Validation);
        Write(json, "validateEvery", config.ValidateEvery);
        Write(json, "patience", config.Patience);
        json.WriteNumber("minDelta", config.MinDelta);
        json.WriteString("test", config.Test);
        Write(json, "folds", config.Folds);
        json.WriteString("classWeight", config.ClassWeight);
        json.WriteString("net", config.Net.ToString());
        json.WriteString("activation", Activations.Names.Of(config.Activation));
        json.WriteString("init", Initializer.Names.Of(config.Init));
        json.WriteNumber("initScale", config.InitScale);
        json.WriteString("loss", config.Loss.Name);
        json.WriteString("optimizer", UpdateRules.Names.Of(config.Optimizer));
        json.WriteNumber("lr", config.Lr);
        Write(json, "momentum", config.Momentum);
        Write(json, "weightDecay", config.WeightDecay);
        json.WriteNumber("l1", config.L1);
        json.WriteString("schedule", config.Schedule.Name);
        json.WriteNumber("warmup", config.Warmup);
        Write(json, "clip", config.Clip);
        json.WriteNumber("steps", config.Steps);
        json.WriteNumber("batch", config.Batch);
        json.WriteString("engine", TrainingOptions.Engines.Of(config.Engine));
        json.WriteString("api", TrainConfig.Halves.Of(config.Api));
        json.WriteNumber("snapshotEvery", config.SnapshotEvery);
        json.WriteString("checkpointEvery", config.CheckpointEvery);
        json.WriteBoolean("allLosses", config.AllLosses);
        json.WriteString("style", TrainConfig.Styles.Of(config.Style));
        json.WriteString("window", config.Window?.ToString());
        json.WriteString("format", TrainConfig.Formats.Of(config.Format));
        json.WriteString("size", config.Size.ToString());
        json.WriteString("axes", config.Axes);
        json.WriteString("fix", config.Fix);
        json.WriteString("views", config.Views);
        json.WriteBoolean("noPlots", config.NoPlots);
        json.WriteString("device", config.Device);
        json.WriteEndObject();
    }

    public override TrainConfig Read(ref Utf8JsonReader json, Type type, JsonSerializerOptions options)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw new SettingException("config is no object, which is needed, with the settings in it");
        var config = new TrainConfig();
        var read = new HashSet<string>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            if (!read.Add(name)) throw new SettingException($"config.{Quoted.Cut(name)} stands there twice");
            json.Read();
            try
            {
                Set(config, name, ref json);
            }
            catch (FormatException e)
            {
                string value = json.TokenType == JsonTokenType.String ? json.GetString()! : NumberText(ref json);
                throw new SettingException($"config.{name} {Quoted.Cut(value)}: {e.Message}", e);
            }
            catch (InvalidOperationException e)
            {
                throw new SettingException($"config.{name} has a value of another type than the setting takes{Needed(e)}", e);
            }
        }
        return config;
    }

    // "Cannot get the value of a token type 'String' as a number."
    static string Needed(InvalidOperationException e) =>
        e.Message.Split(" as a ") is [_, string kind] ? $", a {kind.TrimEnd('.')}" : "";

    static void Set(TrainConfig config, string name, ref Utf8JsonReader json)
    {
        switch (name)
        {
            case "data": config.Data = Text(ref json); break;
            case "samples": config.Samples = IsNull(ref json) ? null : Number(ref json, Ranges.Samples); break;
            case "noise": config.Noise = IsNull(ref json) ? null : Number(ref json, Ranges.Noise); break;
            case "seed": config.Seed = Number(ref json, Ranges.Seed); break;
            case "dataSeed": config.DataSeed = IsNull(ref json) ? null : Number(ref json, Ranges.Seed); break;
            case "rng": config.Rng = TrainConfig.Sources.Parse(Text(ref json)); break;
            case "separator": config.Separator = Character(ref json); break;
            case "decimal": config.Decimal = Character(ref json); break;
            case "thousands": config.Thousands = Character(ref json); break;
            case "header": config.Header = IsNull(ref json) ? null : json.GetBoolean(); break;
            case "skipRows": config.SkipRows = Number(ref json, Ranges.SkipRows); break;
            case "label": config.Label = json.GetString(); break;
            case "features": config.Features = json.GetString(); break;
            case "ignore": config.Ignore = json.GetString(); break;
            case "missing": config.Missing = MissingRules.Names.Parse(Text(ref json)); break;
            case "derive": config.Derive = json.GetString(); break;
            case "standardize": config.Standardize = json.GetBoolean(); break;
            case "validation": config.Validation = ReadValidation(json.GetString()); break;
            case "validateEvery": config.ValidateEvery = IsNull(ref json) ? null : Number(ref json, Ranges.ValidateEvery); break;
            case "patience": config.Patience = IsNull(ref json) ? null : Number(ref json, Ranges.Patience); break;
            case "minDelta": config.MinDelta = Number(ref json, Ranges.MinDelta); break;
            case "test": config.Test = json.GetString(); break;
            case "folds": config.Folds = IsNull(ref json) ? null : Number(ref json, Ranges.Folds); break;
            case "classWeight": config.ClassWeight = json.GetString(); break;
            case "net": config.Net = NetworkSpec.Parse(Text(ref json)); break;
            case "activation": config.Activation = Activations.Names.Parse(Text(ref json)); break;
            case "init": config.Init = Initializer.Names.Parse(Text(ref json)); break;
            case "initScale": config.InitScale = Number(ref json, Ranges.InitScale); break;
            case "loss": config.Loss = Loss.Names.Parse(Text(ref json)); break;
            case "optimizer": config.Optimizer = UpdateRules.Names.Parse(Text(ref json)); break;
            case "lr": config.Lr = Number(ref json, Ranges.LearningRate); break;
            case "momentum": config.Momentum = IsNull(ref json) ? null : Number(ref json, Ranges.Momentum); break;
            case "weightDecay": config.WeightDecay = IsNull(ref json) ? null : Number(ref json, Ranges.WeightDecay); break;
            case "l1": config.L1 = Number(ref json, Ranges.L1); break;
            case "schedule": config.Schedule = Schedule.Names.Parse(Text(ref json)); break;
            case "warmup": config.Warmup = Number(ref json, Ranges.Warmup); break;
            case "clip": config.Clip = IsNull(ref json) ? null : Number(ref json, Ranges.ClipNorm); break;
            case "steps": config.Steps = Number(ref json, Ranges.Steps); break;
            case "batch": config.Batch = Number(ref json, Ranges.Batch); break;
            case "engine": config.Engine = TrainingOptions.Engines.Parse(Text(ref json)); break;
            case "api": config.Api = TrainConfig.Halves.Parse(Text(ref json)); break;
            case "allLosses": config.AllLosses = json.GetBoolean(); break;
            case "checkpointEvery": config.CheckpointEvery = ReadPeriod(json.GetString()); break;
            case "snapshotEvery": config.SnapshotEvery = Number(ref json, Ranges.SnapshotEvery); break;
            case "style": config.Style = TrainConfig.Styles.Parse(Text(ref json)); break;
            case "window": config.Window = IsNull(ref json) ? null : Window.Parse(Text(ref json)); break;
            case "format": config.Format = TrainConfig.Formats.Parse(Text(ref json)); break;
            case "size": config.Size = PictureSize.Parse(Text(ref json)); break;
            case "axes": config.Axes = json.GetString(); break;
            case "fix": config.Fix = json.GetString(); break;
            case "views": config.Views = json.GetString(); break;
            case "noPlots": config.NoPlots = json.GetBoolean(); break;
            case "device": config.Device = Text(ref json); break;
            default: throw new SettingException($"{Quoted.Quote(name)} is not a setting of config{NearestName.Advice(name, Names())}");
        }
    }

    static string? ReadPeriod(string? text)
    {
        if (text is not null) TrainConfig.PeriodOf(text);
        return text;
    }

    static string? ReadValidation(string? text)
    {
        if (text is not null) TrainConfig.ShareOf(text);
        return text;
    }

    static string[] Names() => [.. RunRecord.ToJson(new TrainConfig()).EnumerateObject().Select(setting => setting.Name)];

    static bool IsNull(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.Null;

    static char? Character(ref Utf8JsonReader json) => IsNull(ref json) ? null : TableReadOptions.ParseCharacter(Text(ref json));

    static string Text(ref Utf8JsonReader json) =>
        json.GetString() ?? throw new InvalidOperationException("a text is needed, and there is a null");

    static T Number<T>(ref Utf8JsonReader json, NumberRange<T> range) where T : struct, INumber<T> =>
        json.TokenType == JsonTokenType.Number ? range.Parse(NumberText(ref json))
            : throw new InvalidOperationException("it is needed as a number");

    static string NumberText(ref Utf8JsonReader json) => Encoding.UTF8.GetString(json.ValueSpan);

    static void Write(Utf8JsonWriter json, string name, int? value)
    {
        if (value is int number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    static void Write(Utf8JsonWriter json, string name, float? value)
    {
        if (value is float number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is double number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
