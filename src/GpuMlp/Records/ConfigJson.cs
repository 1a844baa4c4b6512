using System.Text.Json;
using System.Text.Json.Serialization;
using GpuMlp.Formats;
using GpuMlp.Grids;
using GpuMlp.Layers;
using GpuMlp.Losses;
using GpuMlp.Optimizers;
using GpuMlp.Training;

namespace GpuMlp.Records;

/// <summary>A text in a JSON file that stands for nothing; the message says what is allowed.</summary>
sealed class ConfigValueException(string message) : Exception(message);

/// <summary>Values that JSON holds as the text that options take.</summary>
abstract class TextJson<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        string text = reader.GetString()!;
        try { return parse(text); }
        catch (FormatException e) { throw new JsonException(e.Message, new ConfigValueException($"{Quoted.Cut(text)}: {e.Message}")); }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
}

/// <summary>Values that a table names.</summary>
abstract class NameJson<T>(Names<T> names) : TextJson<T>(names.Parse, names.Of) where T : notnull;

sealed class ActivationJson() : NameJson<Activation>(Activations.Names);

sealed class InitializationJson() : NameJson<Initialization>(Initializer.Names);

sealed class LossJson() : TextJson<Loss>(Loss.Names.Parse, loss => loss.Name);

sealed class OptimizerJson() : NameJson<OptimizerKind>(UpdateRules.Names);

sealed class ScheduleJson() : TextJson<ScheduleOfRun>(Schedule.Names.Parse, schedule => schedule.Name);

sealed class EngineJson() : NameJson<EngineChoice>(TrainingOptions.Engines);

sealed class SourceJson() : NameJson<RandomSource>(TrainConfig.Sources);

sealed class HalfJson() : NameJson<TutorialHalf>(TrainConfig.Halves);

sealed class StyleJson() : NameJson<PictureStyle>(TrainConfig.Styles);

sealed class NetJson() : TextJson<NetworkSpec>(text => NetworkSpec.Parse(text), net => net.ToString());

sealed class WindowJson() : TextJson<Window>(Window.Parse, window => window.ToString());
