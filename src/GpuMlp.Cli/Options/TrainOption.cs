using System.CommandLine;
using System.Globalization;
using System.Numerics;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;
using GpuMlp.Records;
using GpuMlp.Settings;
using GpuMlp.Tables;

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
sealed record TrainOption(string Group, string Name, string? Takes, string Help, string? Otherwise,
    Func<TrainConfig, string?> Text, Func<string, Func<TrainConfig, TrainConfig>> Read)
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
            })
        { Choices = values.Choices };

    /// <summary>The names that it takes, all of them or among other values.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What the option is for, with what happens without it.</summary>
    public string HelpLine => Takes is null ? Help : $"{Help} [{Otherwise ?? Text(Defaults)}]";

    /// <summary>The option and its line in the help.</summary>
    public (string, string) HelpRow => ($"--{Name} {Takes}".TrimEnd(), HelpLine);

    /// <summary>Makes the option for a command.</summary>
    public Option NewOption()
    {
        Option option = Takes is null ? new Option<bool>($"--{Name}") : new Option<string>($"--{Name}");
        if (Choices.Count > 0) option.CompletionSources.Add([.. Choices]);
        return option;
    }

    /// <summary>What sets the value that a command line gives; null where it gives none.</summary>
    /// <exception cref="UsageException">The value is not allowed.</exception>
    public Func<TrainConfig, TrainConfig>? Given(ParseResult line, Option option) =>
        line.GetResult(option) is { Implicit: false } given ? Parse(given.Tokens is [var token] ? token.Value : "true") : null;

    /// <summary>Reads a text and returns what sets that value in a config.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the command calls the option; by default its name.</param>
    /// <exception cref="UsageException">The value is not allowed.</exception>
    public Func<TrainConfig, TrainConfig> Parse(string text, string? name = null)
    {
        try { return Read(text); }
        catch (FormatException e) { throw UsageException.For(name ?? Name, text, e.Message, e); }
    }
}

/// <summary>The values that one kind of option takes.</summary>
/// <param name="Read">Reads a value; a <see cref="FormatException"/> says what is allowed.</param>
/// <param name="Text">Writes a value as <paramref name="Read"/> takes it; null where there is none.</param>
sealed record Values<T>(Func<string, T> Read, Func<T, string?> Text)
{
    /// <summary>The values that are names.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>The values of each kind of option.</summary>
static class Values
{
    public static Values<string> Text { get; } = Checked(text => text);

    /// <summary>Characters, by themselves or by name.</summary>
    public static Values<char?> Character { get; } = new(text => TableReadOptions.ParseCharacter(text), TableReadOptions.NameOf);

    public static Values<bool> Flag { get; } = new(
        text => bool.TryParse(text, out bool value) ? value : throw new FormatException("allowed are true and false"),
        value => value ? "true" : "false");

    /// <summary>The numbers of a range.</summary>
    public static Values<T> Of<T>(NumberRange<T> range) where T : struct, INumber<T> =>
        new(range.Parse, value => value.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>The names of a table.</summary>
    public static Values<T> Of<T>(Names<T> names) where T : notnull => new(names.Parse, names.Of) { Choices = names.All };

    /// <summary>Texts that a reader accepts; shells complete the words among them.</summary>
    public static Values<string> Checked(Func<string, string> read, params IReadOnlyList<string> words) =>
        new(read, text => text) { Choices = words };

    /// <summary>Values of a setting that a config may leave out; the text <paramref name="none"/> stands for that.</summary>
    public static Values<T?> OrNone<T>(Values<T> values, string? none = null) where T : struct => new(
        text => text == none ? null : values.Read(text),
        value => value is T some ? values.Text(some) : null);
}
