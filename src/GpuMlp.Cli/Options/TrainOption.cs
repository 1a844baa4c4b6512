using System.Globalization;
using GpuMlp.Cli.Shell;
using GpuMlp.Data;
using GpuMlp.Formats;
using GpuMlp.Records;

namespace GpuMlp.Cli.Options;

/// <summary>An option of train whose value a config holds.</summary>
/// <param name="Group">The heading above it in the help.</param>
/// <param name="Name">The option's name without dashes.</param>
/// <param name="Takes">The placeholder for its value in the help; null for a flag.</param>
/// <param name="Help">What it is for, in one line.</param>
/// <param name="Otherwise">What happens without the option, for the help; null where that is the value in a default config.</param>
/// <param name="Text">Gives a config's value as the option takes it; null where the config has none.</param>
/// <param name="Read">
/// Reads a text and returns what sets that value in a config; throws a <see cref="FormatException"/> that says what is allowed.
/// </param>
/// <param name="Check">Throws a <see cref="FormatException"/> where a config's value is not allowed.</param>
sealed record TrainOption(string Group, string Name, string? Takes, string Help, string? Otherwise,
    Func<TrainConfig, string?> Text, Func<string, Func<TrainConfig, TrainConfig>> Read, Action<TrainConfig> Check)
{
    static readonly TrainConfig Defaults = new();

    /// <summary>Makes an option whose value has any type.</summary>
    public static TrainOption Of<T>(string group, string name, string? takes, string help,
        Func<TrainConfig, T> get, Func<TrainConfig, T, TrainConfig> set, Values<T> values, string? otherwise = null) =>
        new(group, name, takes, help, otherwise, config => values.Text(get(config)),
            text =>
            {
                T value = values.Read(text);
                return config => set(config, value);
            },
            config => values.Check(get(config)));

    /// <summary>What the option is for, with what happens without it.</summary>
    public string HelpLine => Takes is null ? Help : $"{Help} [{Otherwise ?? Text(Defaults)}]";

    /// <summary>Reads a text and returns what sets that value in a config.</summary>
    /// <exception cref="UsageException">The value is not allowed.</exception>
    public Func<TrainConfig, TrainConfig> Parse(string text)
    {
        try { return Read(text); }
        catch (FormatException e) { throw UsageException.For(Name, text, e.Message, e); }
    }
}

/// <summary>The values that one kind of option takes.</summary>
/// <param name="Read">Reads a value; a <see cref="FormatException"/> says what is allowed.</param>
/// <param name="Text">Writes a value as <paramref name="Read"/> takes it; null where there is none.</param>
/// <param name="Check">Throws a <see cref="FormatException"/> where a value is not allowed.</param>
sealed record Values<T>(Func<string, T> Read, Func<T, string?> Text, Action<T> Check);

/// <summary>The values of each kind of option.</summary>
static class Values
{
    delegate bool Parser<T>(string text, out T value);

    public static Values<string> Text { get; } = Names(text => text);

    public static Values<bool> Flag { get; } = new(
        text => bool.TryParse(text, out bool value) ? value : throw new FormatException("allowed are true and false"),
        value => value ? "true" : "false",
        _ => { });

    public static Values<ulong> Seed { get; } = Ruled<ulong>(
        (text, out value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        _ => true,
        $"a seed is a whole number from 0 to {ulong.MaxValue}");

    public static Values<float> Rate { get; } = Number(value => value > 0 && float.IsFinite(value), "a learning rate is a positive number");

    public static Values<float> Scale { get; } = Number(value => value > 0 && float.IsFinite(value),
        "a scale is a positive number; a network that begins with zeros alone does not learn");

    public static Values<float?> Share { get; } = OrNone(Number(value => value is > 0 and < 1, "momentum is a number above 0 and below 1"));

    public static Values<float?> Decay { get; } =
        OrNone(Number(value => value >= 0 && float.IsFinite(value), "weight decay is a number of 0 or more"));

    public static Values<float> Strength { get; } =
        Number(value => value >= 0 && float.IsFinite(value), "the strength of L1 is a number of 0 or more");

    public static Values<float?> Norm { get; } = OrNone(
        Number(value => value > 0 && float.IsFinite(value), "a norm to clip at is a positive number, or off"), none: "off");

    public static Values<double?> Deviation { get; } = OrNone(AnyDeviation() with
    {
        Read = text => WithinFloat32(AnyDeviation().Read(text)),
        Check = value =>
        {
            AnyDeviation().Check(value);
            WithinFloat32(value);
        },
    });

    static Values<double> AnyDeviation() => Ruled<double>(
        (text, out value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value),
        value => value >= 0 && double.IsFinite(value),
        "noise is a standard deviation, a number of 0 or more");

    static double WithinFloat32(double noise)
    {
        if (noise <= DataSets.MostNoise) return noise;
        string most = DataSets.MostNoise.ToString(CultureInfo.InvariantCulture);
        throw new FormatException($"the points are beyond float32; noise is at most {most}");
    }

    public static Values<int> Whole(string what, int least, int most = int.MaxValue) => Ruled<int>(
        (text, out value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        value => value >= least && value <= most, $"{what} is a whole number from {least} to {most}");

    /// <summary>The names of a table.</summary>
    public static Values<T> Of<T>(Names<T> names) where T : notnull => new(names.Parse, names.Of, _ => { });

    /// <summary>Texts that a reader accepts.</summary>
    public static Values<string> Names(Func<string, string> read) => new(read, text => text, text => { if (text is not null) read(text); });

    /// <summary>Values that have their own reader and writer of text.</summary>
    public static Values<T> Form<T>(Func<string, T> read, Func<T, string?> text) => new(read, text, _ => { });

    /// <summary>Values of a setting that a config may leave out; the text <paramref name="none"/> stands for that.</summary>
    public static Values<T?> OrNone<T>(Values<T> values, string? none = null) where T : struct => new(
        text => text == none ? null : values.Read(text),
        value => value is T some ? values.Text(some) : null,
        value => { if (value is T some) values.Check(some); });

    static Values<float> Number(Func<float, bool> allows, string rule) =>
        Ruled((text, out value) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value), allows, rule);

    static Values<T> Ruled<T>(Parser<T> parse, Func<T, bool> allows, string rule)
    {
        void Check(T value)
        {
            if (!allows(value)) throw new FormatException(rule);
        }
        return new(text =>
        {
            if (!parse(text, out T value)) throw new FormatException(rule);
            Check(value);
            return value;
        }, value => Convert.ToString(value, CultureInfo.InvariantCulture), Check);
    }
}
