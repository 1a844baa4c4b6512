using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Records;

namespace GpuMlp.Cli.Options;

/// <summary>One option of train that a config holds.</summary>
/// <param name="Group">The heading that it stands under in the help.</param>
/// <param name="Name">The option's name without dashes.</param>
/// <param name="Takes">What its value looks like; null for a flag.</param>
/// <param name="Help">What it is for, in a line.</param>
/// <param name="Default">What a config without it does, for the help.</param>
/// <param name="Text">The value in a config as the option would take it; null where there is none.</param>
/// <param name="Read">A config with the value of a text; throws a <see cref="FormatException"/> that says what is allowed.</param>
sealed record TrainOption(string Group, string Name, string? Takes, string Help, string? Default,
    Func<TrainConfig, string?> Text, Func<TrainConfig, string, TrainConfig> Read)
{
    static readonly TrainConfig Defaults = new();

    /// <summary>An option of any type.</summary>
    public static TrainOption Of<T>(string group, string name, string? takes, string help,
        Func<TrainConfig, T> get, Func<TrainConfig, T, TrainConfig> set, Func<string, T> read, string? otherwise = null) =>
        new(group, name, takes, help, otherwise ?? (takes is null ? null : AsText(get(Defaults))),
            config => AsText(get(config)), (config, text) => set(config, read(text)));

    /// <summary>A config with this option's value.</summary>
    /// <exception cref="UsageException">The value is not allowed.</exception>
    public TrainConfig Apply(TrainConfig config, string text)
    {
        try { return Read(config, text); }
        catch (FormatException e) { throw UsageException.For(Name, text, e.Message, e); }
    }

    static string? AsText<T>(T value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

/// <summary>How option values are read: each returns a reader whose <see cref="FormatException"/> says what is allowed.</summary>
static class Readers
{
    public static Func<string, int> Whole(string what, int least, int most = int.MaxValue) => text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value : throw new FormatException($"{what} is a whole number from {least} to {most}");

    public static ulong Seed(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value : throw new FormatException($"a seed is a whole number from 0 to {ulong.MaxValue}");

    public static float Rate(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value > 0 && float.IsFinite(value)
            ? value : throw new FormatException("a learning rate is a positive number");

    public static float Scale(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value > 0 && float.IsFinite(value)
            ? value : throw new FormatException("a scale is a positive number; a network that begins with zeros alone does not learn");

    public static float Share(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value is > 0 and < 1
            ? value : throw new FormatException("momentum is a number above 0 and below 1");

    public static float Decay(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= 0 && float.IsFinite(value)
            ? value : throw new FormatException("weight decay is a number of 0 or more");

    public static float Strength(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= 0 && float.IsFinite(value)
            ? value : throw new FormatException("the strength of L1 is a number of 0 or more");

    public static float? Norm(string text) => text == "off" ? null
        : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value > 0 && float.IsFinite(value)
            ? value : throw new FormatException("a norm to clip at is a positive number, or off");

    public static double Deviation(string text) =>
        !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value >= 0 && double.IsFinite(value))
            ? throw new FormatException("noise is a standard deviation, a number of 0 or more")
            : value > DataSets.MostNoise ? throw new FormatException($"the points are beyond float32; noise is at most {DataSets.MostNoise.ToString(CultureInfo.InvariantCulture)}") : value;

    public static Func<string, string> OneOf(IEnumerable<string> names) => text =>
        names.Contains(text) ? text : throw new FormatException($"allowed are {string.Join(", ", names)}");

    /// <summary>The text itself, once a parser has taken it.</summary>
    public static Func<string, string> Checked<T>(Func<string, T> parse) => text =>
    {
        parse(text);
        return text;
    };

    public static bool Flag(string text) => bool.TryParse(text, out bool value) ? value : throw new FormatException("allowed are true and false");
}
